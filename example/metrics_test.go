package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// scraped returns what Prometheus gets of a running example.
func (r *running) scraped(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	addr, err := r.app.metrics.serve(ctx, "127.0.0.1:0", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get("http://" + addr.String() + "/metrics")
	status, page := text(t, resp, err)
	if status != http.StatusOK || !strings.Contains(page, "go_goroutines ") {
		t.Fatalf("%d %s", status, page)
	}
	resp, err = http.Get("http://" + addr.String() + "/")
	if status, _ := text(t, resp, err); status != http.StatusNotFound {
		t.Errorf("another path: %d", status)
	}
	return page
}

// A login, a cancelled login, a failed login and a logout are in the numbers, and
// nothing of a person is.
func TestMetrics(t *testing.T) {
	t.Parallel()
	for _, router := range routerNames() {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			r := start(t, nil, "-router", router)
			c, userID := r.signedInUser(t)
			session := r.cookie(t, c).Value
			other := r.browser(t)
			callback := r.begin(t, other, url.Values{})
			r.x.Fail(twittertest.AccessToken, twittertest.HTML(503))
			resp, err := other.Get(callback)
			text(t, resp, err)
			resp, err = c.PostForm(r.URL+"/auth/twitter/logout", nil)
			text(t, resp, err)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+"/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(&http.Cookie{Name: "twitterauth_session", Value: session}) // ended
			resp, err = http.DefaultClient.Do(req)
			text(t, resp, err)

			page := r.scraped(t)
			for _, line := range []string{
				`twitterauth_logins_started_total{protocol="1.0a"} 2`,
				`twitterauth_logins_started_total{protocol="2.0"} 0`,
				`twitterauth_logins_total{outcome="ok",protocol="1.0a"} 1`,
				`twitterauth_logins_total{outcome="provider_unavailable",protocol="1.0a"} 1`,
				`twitterauth_x_call_seconds_count{outcome="ok",step="request_token"} 2`,
				`twitterauth_x_call_seconds_count{outcome="ok",step="access_token"} 1`,
				`twitterauth_x_call_seconds_count{outcome="provider_unavailable",step="access_token"} 1`,
				`twitterauth_logouts_total 1`,
				`twitterauth_sessions_refused_total 1`,
				`twitterauth_tokens_refreshed_total 0`,
			} {
				if !strings.Contains(page, "\n"+line+"\n") {
					t.Errorf("no line %s in\n%s", line, page)
				}
			}
			for _, line := range strings.Split(page, "\n") {
				bound := strings.Contains(line, `le="`)
				for _, secret := range []string{session, `"` + userID + `"`, "ada", "oauth_"} {
					if strings.HasPrefix(line, "twitterauth_") && !bound && strings.Contains(line, secret) {
						t.Errorf("%q is in %s", secret, line)
					}
				}
			}
			resp, err = http.Get(r.URL + "/metrics") // the public's
			if status, page := text(t, resp, err); status != http.StatusNotFound || strings.Contains(page, "twitterauth_") {
				t.Errorf("on the site itself: %d %s", status, page)
			}
		})
	}
}

// The numbers are served until the program ends, and the log says where others may
// read them.
func TestMetricsListener(t *testing.T) {
	t.Parallel()
	for address, warned := range map[string]bool{"127.0.0.1:0": false, "[::1]:0": false, ":0": true} {
		var log syncBuffer
		ctx, stop := context.WithCancel(t.Context())
		addr, err := newMetrics().serve(ctx, address, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(log.String(), "let only Prometheus reach that port") != warned {
			t.Errorf("%s: the log says %s", address, log.String())
		}
		stop()
		err = await(t.Context(), nil, func(ctx context.Context) error {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
			if err != nil {
				return nil //nolint:nilerr // nothing listens there any more
			}
			conn.Close()
			return errors.New("it is still served")
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(log.String(), "no longer served") {
			t.Errorf("%s: the log says %s", address, log.String())
		}
	}
}

// Every event has a number.
func TestEveryEventIsCounted(t *testing.T) {
	t.Parallel()
	kinds := regexp.MustCompile(`(?m)^\tEvent\w+ +EventKind = "(\w+)"`).FindAllStringSubmatch(readFile(t, "twitterauth/event.go"), -1)
	if len(kinds) != 8 {
		t.Fatalf("%d kinds", len(kinds))
	}
	for _, m := range kinds {
		numbers := newMetrics()
		before := numbersOf(t, numbers)
		numbers.observe(t.Context(), twitterauth.Event{Kind: twitterauth.EventKind(m[1]), Protocol: "2.0", Took: time.Second})
		if slices.Equal(before, numbersOf(t, numbers)) {
			t.Errorf("%s changes nothing", m[1])
		}
	}
}

// numbersOf returns the library's numbers as texts.
func numbersOf(t *testing.T, m *metrics) (texts []string) {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "twitterauth_") {
			texts = append(texts, f.String())
		}
	}
	return texts
}

// dashboard is what a test reads of the file for Grafana.
type dashboard struct {
	Panels []struct {
		ID      int
		Title   string
		Targets []struct{ Expr string }
		GridPos struct{ X, Y, W, H int }
	}
}

// Each number that the dashboard asks for is served, with each label, and no panel
// is on another.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var d dashboard
	if err := json.Unmarshal([]byte(readFile(t, "example/deploy/grafana-dashboard.json")), &d); err != nil {
		t.Fatal(err)
	}
	m := newMetrics()
	for _, kind := range []twitterauth.EventKind{twitterauth.EventLoginStarted, twitterauth.EventLoginFinished, twitterauth.EventLinked, twitterauth.EventProviderCalled} {
		m.observe(t.Context(), twitterauth.Event{Kind: kind, Protocol: "2.0"})
	}
	labels := map[string][]string{} // by the names that queries use
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		own := []string{}
		for _, pair := range f.GetMetric()[0].GetLabel() {
			own = append(own, pair.GetName())
		}
		labels[f.GetName()] = own
		if f.GetMetric()[0].GetHistogram() != nil {
			labels[f.GetName()+"_bucket"], labels[f.GetName()+"_count"] = append([]string{"le"}, own...), own
			delete(labels, f.GetName())
		}
	}
	name := regexp.MustCompile(`\btwitterauth_\w+`)
	used := regexp.MustCompile(`by \(([\w, ]+)\)|\{(\w+)[!=~]+"`)
	asked := map[string]bool{}
	for i, p := range d.Panels {
		if p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d has no title or no query", p.ID)
		}
		for _, target := range p.Targets {
			names := name.FindAllString(target.Expr, -1)
			if len(names) == 0 {
				t.Errorf("%s: %s asks for nothing", p.Title, target.Expr)
			}
			for _, n := range names {
				asked[n] = true
				if labels[n] == nil {
					t.Errorf("%s: there is no %s", p.Title, n)
				}
				for _, m := range used.FindAllStringSubmatch(target.Expr, -1) {
					for _, label := range strings.Split(m[1]+m[2], ", ") {
						if !slices.Contains(labels[n], label) {
							t.Errorf("%s: %s has no label %s", p.Title, n, label)
						}
					}
				}
			}
		}
		for _, other := range d.Panels[:i] {
			a, b := p.GridPos, other.GridPos
			if p.ID == other.ID || a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%s is on %s", p.Title, other.Title)
			}
		}
	}
	for n := range labels {
		if strings.HasPrefix(n, "twitterauth_") && !asked[n] {
			t.Errorf("no panel shows %s", n)
		}
	}
}
