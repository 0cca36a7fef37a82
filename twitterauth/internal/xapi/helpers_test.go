package xapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"twitterlogin.example/twitterauth/internal/xapi"
)

const callbackURL = "https://app.example.com/auth/twitter/callback"

// upstream is an X that answers as a test likes and counts its calls.
type upstream struct {
	*httptest.Server
	calls atomic.Int64
}

func newUpstream(t testing.TB, handler http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.calls.Add(1)
		body, _ := io.ReadAll(r.Body) // net/http sees that a client goes away only behind its body
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) client(cfg xapi.Config) *xapi.Client {
	cfg.APIURL = u.URL
	cfg.CallbackURL = callbackURL
	if cfg.ConsumerKey == "" {
		cfg.ConsumerKey, cfg.ConsumerSecret = "key", "secret"
	}
	if cfg.ClientID == "" {
		cfg.ClientID, cfg.ClientSecret = "client", "canary-client-secret"
	}
	return xapi.New(cfg)
}

// steps are the calls of a login, each as one function.
var steps = map[xapi.Step]func(ctx context.Context, c *xapi.Client) error{
	xapi.StepRequestToken: func(ctx context.Context, c *xapi.Client) error {
		_, err := c.RequestToken(ctx)
		return err
	},
	xapi.StepAccessToken: func(ctx context.Context, c *xapi.Client) error {
		_, err := c.AccessToken(ctx, xapi.RequestToken{Token: "token", Secret: "canary-secret"}, "canary-verifier")
		return err
	},
	xapi.StepToken: func(ctx context.Context, c *xapi.Client) error {
		_, err := c.BearerToken(ctx, "canary-code", "canary-verifier", nil)
		return err
	},
	xapi.StepVerifyCredentials: func(ctx context.Context, c *xapi.Client) error {
		_, err := c.Profile(ctx, "token", "canary-secret", xapi.Want{API: xapi.ProfileV1})
		return err
	},
	xapi.StepUsersMe: func(ctx context.Context, c *xapi.Client) error {
		_, err := c.Profile(ctx, "token", "canary-secret", xapi.Want{API: xapi.ProfileV2})
		return err
	},
}

// once holds the calls that are never made a second time.
var once = map[xapi.Step]bool{xapi.StepAccessToken: true, xapi.StepToken: true}

func asError(t testing.TB, err error) *xapi.Error {
	t.Helper()
	var e *xapi.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *xapi.Error", err)
	}
	return e
}
