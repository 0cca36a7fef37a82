package main

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// traced adds spans to a Config: a client span for each call to X, below the span
// of the request that needs it, and a span for each whole login.
func traced(cfg twitterauth.Config, provider trace.TracerProvider) twitterauth.Config {
	cfg.HTTPClient = &http.Client{
		Timeout: 10 * time.Second,
		Transport: otelhttp.NewTransport(
			&http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxConnsPerHost: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: 90 * time.Second},
			otelhttp.WithTracerProvider(provider),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return "X " + r.URL.Path }),
		),
	}
	tracer := provider.Tracer("twitterlogin.example")
	cfg.Observe = func(ctx context.Context, e twitterauth.Event) {
		if e.Kind != twitterauth.EventLoginFinished && e.Kind != twitterauth.EventLoginFailed {
			return
		}
		// A login has several requests, perhaps at several machines, so its span is
		// a trace of its own, which is linked to the request that ended it.
		_, span := tracer.Start(ctx, "login with X", trace.WithNewRoot(), trace.WithLinks(trace.LinkFromContext(ctx)),
			trace.WithTimestamp(time.Now().Add(-e.Took)), trace.WithAttributes(attribute.String("login.protocol", e.Protocol)))
		if e.Code != "" {
			span.SetAttributes(attribute.String("error.type", e.Code))
			span.SetStatus(codes.Error, e.Code)
		}
		span.End()
	}
	return cfg
}

// everyone is a store whose users are the X accounts.
type everyone struct{}

func (everyone) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	return login.TwitterID, nil
}

func (everyone) UserByID(_ context.Context, userID string) (string, error) { return userID, nil }

func TestTracing(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	x := twittertest.NewServer()
	defer x.Close()
	x.SignInAs(x.People()[0].ID)
	mux := http.NewServeMux()
	server := httptest.NewServer(otelhttp.NewHandler(mux, "request", otelhttp.WithTracerProvider(provider)))
	defer server.Close()
	auth, err := twitterauth.New(everyone{}, traced(twitterauth.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		APIURL:         x.URL,
		CallbackURL:    server.URL + "/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
	}, provider))
	if err != nil {
		t.Fatal(err)
	}
	auth.Mount(mux)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	began := time.Now()
	for range 2 { // a login that finishes, and a login that fails
		resp, err := browser.Post(server.URL+"/auth/twitter/login", "application/x-www-form-urlencoded", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		x.Fail(twittertest.AccessToken, twittertest.HTML(503))
	}

	requests := map[trace.TraceID]bool{} // traces of requests to the app
	logins := 0
	var calls []string
	spans := exporter.GetSpans()
	for _, span := range spans {
		if span.SpanKind == trace.SpanKindServer {
			requests[span.SpanContext.TraceID()] = true
		}
	}
	for _, span := range spans {
		switch {
		case span.Name == "login with X":
			logins++
			isFailed := span.Status.Code == codes.Error && span.Status.Description == twitterauth.CodeProviderUnavailable
			if isFailed != (logins == 2) || span.StartTime.Before(began) || span.Parent.IsValid() || len(span.Links) != 1 || !requests[span.Links[0].SpanContext.TraceID()] {
				t.Errorf("login %d: %+v", logins, span)
			}
		case span.SpanKind == trace.SpanKindClient:
			calls = append(calls, span.Name)
			if !span.Parent.IsValid() || !requests[span.SpanContext.TraceID()] {
				t.Errorf("%s has no request", span.Name)
			}
		}
		for _, a := range span.Attributes {
			for _, secret := range []string{"oauth_", x.ConsumerSecret} { // the callback's query has the verifier
				if strings.Contains(a.Value.Emit(), secret) {
					t.Errorf("%s has the attribute %s with %q", span.Name, a.Key, secret)
				}
			}
		}
	}
	want := "X /oauth/request_token, X /oauth/access_token, X /1.1/account/verify_credentials.json, X /oauth/request_token, X /oauth/access_token"
	if got := strings.Join(calls, ", "); logins != 2 || got != want {
		t.Errorf("%d logins with %s", logins, got)
	}
}
