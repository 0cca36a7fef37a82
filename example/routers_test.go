package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
)

// onEachRouter runs a test on every router, plain and behind the framework's
// own logger (the app itself uses its gzip and recover).
func onEachRouter(t *testing.T, test func(t *testing.T, r *running)) {
	for name := range routers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, nil, "-router", name))
		})
		front := fronts[name]
		if front == nil {
			continue
		}
		t.Run(name+" behind its own middleware", func(t *testing.T) {
			t.Parallel()
			r := start(t, nil, "-router", name)
			r.Config.Handler = front(r.Config.Handler)
			test(t, r)
		})
	}
}

// fronts are the middleware that each framework brings, as many apps have them.
var fronts = map[string]func(http.Handler) http.Handler{
	"chi": func(h http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(chimiddleware.RequestID, chimiddleware.RequestLogger(&chimiddleware.DefaultLogFormatter{Logger: discardLogger{}}),
			chimiddleware.Recoverer)
		r.NotFound(h.ServeHTTP)
		return r
	},
	"echo": func(h http.Handler) http.Handler {
		e := echo.New()
		e.Logger = slog.New(slog.DiscardHandler)
		e.Use(echomiddleware.RequestID(), echomiddleware.RequestLogger(), echomiddleware.Recover())
		e.Any("/*", echo.WrapHandler(h))
		return e
	},
	"gin": func(h http.Handler) http.Handler {
		g := gin.New()
		g.Use(gin.LoggerWithWriter(io.Discard), gin.Recovery())
		g.NoRoute(func(c *gin.Context) { c.Status(http.StatusOK); h.ServeHTTP(c.Writer, c.Request) })
		return g
	},
}

type discardLogger struct{}

func (discardLogger) Print(...any) {}

func TestEveryoneSignsIn(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		r.x.AddPerson(hostile)
		for _, p := range r.x.People() {
			c := r.browser(t)
			if status, me := r.me(t, c); status != http.StatusUnauthorized || me["code"] != "login_required" {
				t.Errorf("before the login: %d %v", status, me)
			}
			r.x.SignInAs(p.ID)
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/me"}})
			status, page := text(t, resp, err)
			if status != http.StatusOK || resp.Request.URL.Path != "/me" || strings.Contains(page, "<b>bold") {
				t.Errorf("%s: %d at %s: %s", p.Name, status, resp.Request.URL.Path, page)
			}
			_, me := r.me(t, c)
			want := map[string]any{"id": me["id"], "twitterId": p.ID, "screenName": p.ScreenName, "name": p.Name}
			if p.Email != "" {
				want["email"] = p.Email
			}
			want["profileImage"] = me["profileImage"]
			if len(me) != len(want) {
				t.Errorf("%v, want %v", me, want)
			}
			for name, value := range want {
				if me[name] != value {
					t.Errorf("%s is %v, want %v", name, me[name], value)
				}
			}
			resp, err = c.Get(r.URL + "/")
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "@"+p.ScreenName) {
				t.Errorf("home: %d %s", status, page)
			}
			resp, err = c.PostForm(r.URL+"/auth/twitter/logout", nil)
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Sign in with X") {
				t.Errorf("logout: %d %s", status, page)
			}
			if status, me := r.me(t, c); status != http.StatusUnauthorized {
				t.Errorf("after the logout: %d %v", status, me)
			}
		}
	})
}

func TestCancelOnEachRouter(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		r.x.CancelLogins()
		c := r.browser(t)
		resp, err := c.PostForm(r.URL+"/auth/twitter/login", nil)
		if status, page := text(t, resp, err); status != http.StatusForbidden || !strings.Contains(page, "access_denied") {
			t.Errorf("%d %s", status, page)
		}
		if status, _ := r.me(t, c); status != http.StatusUnauthorized {
			t.Errorf("signed in by a cancelled login: %d", status)
		}
	})
}

func TestTokenLoginOnEachRouter(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		token, secret := r.x.TokenPair("6253282")
		c := r.browser(t)
		resp, err := c.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
		if status, body := text(t, resp, err); status != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v %s", status, resp.Header, body)
		}
		if status, me := r.me(t, c); status != http.StatusOK || me["screenName"] != "ada" {
			t.Errorf("%d %v", status, me)
		}
		resp, err = c.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {"another"}})
		if status, body := text(t, resp, err); status != http.StatusUnauthorized || !strings.Contains(body, "token_invalid") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestAnswersOnEachRouter(t *testing.T) {
	t.Parallel()
	page := http.Header{"Accept": {"text/html"}, "Sec-Fetch-Dest": {"document"}, "Sec-Fetch-Site": {"none"}}
	fetch := http.Header{"Accept": {"application/json"}}
	crossSite := http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	onEachRouter(t, func(t *testing.T, r *running) {
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for _, test := range []struct {
			method, path string
			header       http.Header
			status       int
			code         string // of the library's error; "" for other answers
			allow        string
			location     string
		}{
			{"GET", "/me", page, 303, "", "", "/signin?return_to=%2Fme"},
			{"GET", "/me?tab=1&x=%2F", page, 303, "", "", "/signin?return_to=%2Fme%3Ftab%3D1%26x%3D%252F"},
			{"GET", "/me", fetch, 401, "login_required", "", ""},
			{"POST", "/logout-everywhere", fetch, 401, "login_required", "", ""},
			{"HEAD", "/", nil, 200, "", "", ""},
			{"HEAD", "/healthz", nil, 200, "", "", ""},
			{"HEAD", "/static/style.css", nil, 200, "", "", ""},
			{"HEAD", "/me", nil, 401, "", "", ""},
			{"POST", "/logout-everywhere", crossSite, 403, "", "", ""},
			{"GET", "/signin?return_to=%2Fme", page, 200, `name="return_to" value="/me"`, "", ""},
			{"GET", "/signin?return_to=https%3A%2F%2Fevil.example%2F", page, 200, `action="/guest"`, "", ""},
			{"GET", "/devices", page, 303, "", "", "/signin?return_to=%2Fdevices"},
			{"GET", "/live", page, 303, "", "", "/signin?return_to=%2Flive"},
			{"GET", "/live-events", http.Header{"Accept": {"text/event-stream"}}, 401, "login_required", "", ""},
			{"POST", "/sign-out-device", fetch, 401, "login_required", "", ""},
			{"POST", "/sign-out-device", crossSite, 403, "", "", ""},
			{"POST", "/sign-out-others", fetch, 401, "login_required", "", ""},
			{"POST", "/sign-out-others", crossSite, 403, "", "", ""},
			{"GET", "/auth/twitter", fetch, 404, "", "", ""},
			{"GET", "/me/", fetch, 404, "", "", ""},
			{"POST", "/auth%2ftwitter/login", fetch, 404, "", "", ""},
			{"GET", "/healthz", nil, 200, "", "", ""},
			{"GET", "/nowhere", page, 404, "", "", ""},
			{"GET", "/static/nothing.js", page, 404, "", "", ""},
			{"POST", "/me", fetch, 405, "", "", ""},
			{"POST", "/guest", crossSite, 403, "", "", ""},
			{"HEAD", "/auth/twitter/login", nil, 405, "", "GET, POST", ""},
			{"HEAD", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", nil, 405, "", "GET", ""},
			{"PUT", "/auth/twitter/login", fetch, 405, "method_not_allowed", "GET, POST", ""},
			{"GET", "/auth/twitter/logout", page, 200, "Log out", "", ""},
			{"PUT", "/auth/twitter/logout", fetch, 405, "method_not_allowed", "GET, HEAD, POST", ""},
			{"DELETE", "/auth/twitter/token", fetch, 405, "method_not_allowed", "POST", ""},
			{"OPTIONS", "/auth/twitter/session", fetch, 405, "method_not_allowed", "GET, HEAD, POST", ""},
			{"GET", "/auth/twitter/session", fetch, 401, "login_required", "", ""},
			{"GET", "/auth/twitter/nothing", fetch, 404, "", "", ""},
			{"GET", "/auth/twitter/login/", fetch, 404, "", "", ""},
			{"GET", "/auth/twitter/login/x", fetch, 404, "", "", ""},
			{"GET", "/auth/twitter/callback", fetch, 400, "bad_request", "", ""},
			{"GET", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", fetch, 403, "login_mismatch", "", ""},
			{"POST", "/auth/twitter/login", crossSite, 403, "", "", ""},
			{"POST", "/auth/twitter/logout", crossSite, 403, "", "", ""},
		} {
			req, err := http.NewRequestWithContext(t.Context(), test.method, r.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, values := range test.header {
				req.Header[name] = values
			}
			resp, err := c.Do(req)
			status, body := text(t, resp, err)
			what := test.method + " " + test.path
			if status != test.status || !strings.Contains(body, test.code) {
				t.Errorf("%s: %d %s, want %d %s", what, status, body, test.status, test.code)
			}
			// For its own routes each router has an order of its own.
			if allow := resp.Header.Get("Allow"); status == 405 && (allow == "" || test.allow != "" && allow != test.allow) {
				t.Errorf("%s: Allow: %q, want %q", what, allow, test.allow)
			}
			if test.location != "" && resp.Header.Get("Location") != test.location {
				t.Errorf("%s: sent to %q", what, resp.Header.Get("Location"))
			}
			if resp.Header.Get("Content-Security-Policy") == "" {
				t.Errorf("%s: no Content-Security-Policy", what)
			}
			if len(resp.Cookies()) > 0 {
				t.Errorf("%s: cookies %v", what, resp.Cookies())
			}
		}
		if n := r.x.Count("/oauth/request_token"); n != 0 {
			t.Errorf("X was asked %d times", n)
		}
	})
}

// Ways of writing a path that are not the path never start a login.
func TestPathNoiseOnEachRouter(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for _, path := range []string{"//auth/twitter/login", "/auth//twitter/login", "/auth/twitter/./login", "/auth/twitter/x/../login", "/AUTH/twitter/login", "/auth/twitter/login;x", "/auth/twitter/login%20"} {
			req, err := http.NewRequestWithContext(t.Context(), "POST", r.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Do(req)
			status, body := text(t, resp, err)
			moved := slices.Contains([]int{301, 307, 308}, status) && resp.Header.Get("Location") == "/auth/twitter/login"
			if status != 404 && !moved {
				t.Errorf("%s: %d to %q: %s", path, status, resp.Header.Get("Location"), body)
			}
			if len(resp.Cookies()) > 0 {
				t.Errorf("%s: cookies %v", path, resp.Cookies())
			}
		}
	})
}

// A handler that panics is the framework's to recover from, and the next
// request is served.
func TestPanicOnEachRouter(t *testing.T) {
	t.Parallel()
	for name := range routers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, nil, "-router", name)
			a := *r.app
			a.pages = nil // "/" panics
			h := a.router(&a)
			if name == "nethttp" {
				h = recovered(h) // net/http itself closes the connection
			}
			for range 2 {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", r.URL+"/", nil))
				if w.Code != http.StatusInternalServerError || bytes.Contains(w.Body.Bytes(), []byte("goroutine")) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", r.URL+"/healthz", nil))
			if w.Code != http.StatusOK {
				t.Errorf("afterwards: %d", w.Code)
			}
		})
	}
}

func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
