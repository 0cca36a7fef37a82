package main

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"twitterlogin.example/twitterauth"
)

// metrics count what Config.Observe is called with, for Prometheus. Labels are of
// closed sets: never a user, never a text of a client.
type metrics struct {
	registry *prometheus.Registry
	started  *prometheus.CounterVec
	ended    *prometheus.CounterVec
	linked   *prometheus.CounterVec
	calls    *prometheus.HistogramVec

	loggedOut, refused, refreshed prometheus.Counter
}

// succeeded is the label outcome where the event has no code.
const succeeded = "ok"

func newMetrics() *metrics {
	vector := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		started:  vector("twitterauth_logins_started_total", "Logins that began at X.", "protocol"),
		ended:    vector("twitterauth_logins_total", "Logins that ended, by outcome: ok, or the error's code.", "protocol", "outcome"),
		linked:   vector("twitterauth_linked_total", "X accounts that were linked to a user.", "protocol"),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "twitterauth_x_call_seconds",
			Help:    "How long calls to X took, by step and outcome.",
			Buckets: []float64{.05, .1, .2, .3, .5, .75, 1, 2, 5, 10},
		}, []string{"step", "outcome"}),
		loggedOut: counter("twitterauth_logouts_total", "Sessions that a logout ended."),
		refused:   counter("twitterauth_sessions_refused_total", "Requests whose session did not count."),
		refreshed: counter("twitterauth_tokens_refreshed_total", "Tokens of users that were renewed at X."),
	}
	m.registry.MustRegister(m.started, m.ended, m.linked, m.calls, m.loggedOut, m.refused, m.refreshed,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, protocol := range []string{"1.0a", "2.0"} { // a rate needs the zero before the first
		m.started.WithLabelValues(protocol)
		m.linked.WithLabelValues(protocol)
		m.ended.WithLabelValues(protocol, succeeded)
	}
	return m
}

// observe is Config.Observe.
func (m *metrics) observe(_ context.Context, e twitterauth.Event) {
	outcome := cmp.Or(e.Code, succeeded)
	switch e.Kind {
	case twitterauth.EventLoginStarted:
		m.started.WithLabelValues(e.Protocol).Inc()
	case twitterauth.EventLoginFinished, twitterauth.EventLoginFailed:
		m.ended.WithLabelValues(e.Protocol, outcome).Inc()
	case twitterauth.EventLinked:
		m.linked.WithLabelValues(e.Protocol).Inc()
	case twitterauth.EventLoggedOut:
		m.loggedOut.Inc()
	case twitterauth.EventSessionRefused:
		m.refused.Inc()
	case twitterauth.EventTokenRefreshed:
		m.refreshed.Inc()
	case twitterauth.EventProviderCalled:
		m.calls.WithLabelValues(cmp.Or(e.Step, "other"), outcome).Observe(e.Took.Seconds())
	}
}

// startMetrics serves the numbers on the address of -metrics, if it is set.
func startMetrics(ctx context.Context, set settings, m *metrics, logger *slog.Logger) error {
	if set.Metrics == "" {
		return nil
	}
	addr, err := m.serve(ctx, set.Metrics, logger)
	if err == nil {
		logger.Info("metrics for Prometheus", "address", "http://"+addr.String()+"/metrics")
	}
	return err
}

// serve answers /metrics on a listener of its own until ctx ends, so that no proxy
// which passes the site on passes the numbers on too.
func (m *metrics) serve(ctx context.Context, addr string, logger *slog.Logger) (net.Addr, error) {
	l, err := listen(ctx, "-metrics", addr)
	if err != nil {
		return nil, err
	}
	if ip := l.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() {
		logger.Warn("-metrics listens on more than this machine: let only Prometheus reach that port", "address", l.Addr().String())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry}))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() {
		if err := server.Serve(l); ctx.Err() == nil {
			logger.Error("the metrics are no longer served", "error", err)
		}
	}()
	return l.Addr(), nil
}
