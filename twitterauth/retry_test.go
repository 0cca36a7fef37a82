package twitterauth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// retries are the forms that an app's own error pages got.
type retries struct {
	mu   sync.Mutex
	form *twitterauth.Form
	code string
}

// takeCode returns the code of the error since the last time.
func (r *retries) takeCode() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	code := r.code
	r.code = ""
	return code
}

func (r *retries) take() *twitterauth.Form {
	r.mu.Lock()
	defer r.mu.Unlock()
	form := r.form
	r.form = nil
	return form
}

// collecting is a site whose ErrorHandler asks for the form, spoils it, and goes on
// as the library does.
func collecting(r *retries) siteOption {
	return configured(func(c *twitterauth.Config) {
		c.ErrorHandler = func(w http.ResponseWriter, req *http.Request, e *twitterauth.Error) {
			r.mu.Lock()
			r.form, r.code = e.Retry(), e.Code
			r.mu.Unlock()
			if spoiled := e.Retry(); spoiled != nil && len(spoiled.Fields) > 0 {
				spoiled.Action, spoiled.Fields[0].Value = "/spoiled", "spoiled"
			}
			twitterauth.WriteError(w, req, e)
		}
	})
}

// fieldsOf returns a form's fields as they would be posted.
func fieldsOf(form *twitterauth.Form) url.Values {
	fields := url.Values{}
	for _, f := range form.Fields {
		fields.Add(f.Name, f.Value)
	}
	return fields
}

// What starting again carries, for each kind of login: on the library's page and in
// the form for the app's own page, with and without a LoginPage.
func TestRetryCarriesEverything(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		everything := func(more ...string) url.Values {
			form := url.Values{"return_to": {`/cart?x=<1>&y="é"`}, "stayLoggedIn": {"true"}}
			for i := 0; i < len(more); i += 2 {
				form.Set(more[i], more[i+1])
			}
			return form
		}
		for name, form := range map[string]url.Values{
			"a login":        everything(),
			"with data":      everything("data", `invite "<42>"`),
			"a link":         everything("link", "true"),
			"a link, data":   everything("link", "true", "data", "d"),
			"a confirmation": everything("reauth", "true"),
		} {
			for _, loginPage := range []string{"", "/sign-in"} {
				t.Run(name+" "+loginPage, func(t *testing.T) {
					t.Parallel()
					var got retries
					s := newSite(t, over(p), withStore(linkingMemory{newMemory()}), collecting(&got), configured(func(c *twitterauth.Config) { c.LoginPage = loginPage }))
					b := s.browser(t)
					label, want := "Sign in with X", form
					if form.Has("reauth") {
						b.login(ada, url.Values{"stayLoggedIn": {"true"}})
					}
					if form.Has("link") {
						s.signInWithoutX(t, b, "guest")
						label = "Connect your X account"
					}
					check := func(where string, page reply) {
						t.Helper()
						retry := got.take()
						if retry == nil || retry.Action != "/auth/twitter/login" || retry.Label != label || fieldsOf(retry).Encode() != want.Encode() {
							t.Errorf("%s: Retry is %+v, want %v", where, retry, want)
						}
						fields, ok := offeredForm(page.body)
						carries := form.Has("link") || form.Has("reauth") || form.Has("data")
						if ok != (loginPage == "" || carries) || ok && (fields.Encode() != want.Encode() || !strings.Contains(page.body, "<span>"+label+"</span>")) {
							t.Errorf("%s: %d, the form %v\n%s", where, page.StatusCode, fields, page.body)
						}
						if !ok && !strings.Contains(page.body, `href="/sign-in?return_to=`) {
							t.Errorf("%s: no link to the sign-in page\n%s", where, page.body)
						}
					}
					callback, err := s.x.Cancel(b.start(form))
					if err != nil {
						t.Fatal(err)
					}
					check("cancelled", b.visit(callback))
					check("cancelled, again", b.visit(callback))
					callback = b.approve(b.start(form), ada)
					for _, exchange := range []twittertest.Step{oauth1.exchange, oauth2.exchange} { // a confirmation may go over 1.0a
						s.x.Fail(exchange, twittertest.HTML(503))
					}
					check("X is down", b.visit(callback))
					s.x.Recover()
					s.users.onLogin, s.users.onLink = failingLogin(twitterauth.ErrStoreUnavailable), func(context.Context, string, twitterauth.Login) error { return twitterauth.ErrStoreUnavailable }
					check("the store is down", b.visit(b.approve(b.start(form), ada)))
					if !p.oauth2 {
						s.x.Fail(twittertest.RequestToken, twittertest.HTML(503))
						check("X is down at the start", b.do("POST", "/auth/twitter/login", form, "Accept", "text/html"))
					}
				})
			}
		}
	})
}

// A request that another site made chooses where the login ends, and nothing else.
func TestRetryOfAnotherSitesRequest(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for _, stay := range []bool{false, true} {
			var got retries
			_, b := newLinkingSite(t, p, collecting(&got), configured(func(c *twitterauth.Config) { c.StayLoggedIn = stay }))
			form := url.Values{"return_to": {"/account"}, "stayLoggedIn": {map[bool]string{true: "false", false: "true"}[stay]}, "link": {"true"}, "data": {"evil"}, "force": {"true"}, "screen_name": {"evil"}}
			want := url.Values{"return_to": {"/account"}, "stayLoggedIn": {map[bool]string{true: "true", false: "false"}[stay]}}
			for name, page := range map[string]func() reply{
				"a post": func() reply {
					return b.do("POST", "/auth/twitter/login", form, "Accept", "text/html", "Sec-Fetch-Site", "cross-site")
				},
				"a frame": func() reply {
					return b.get("/auth/twitter/login?"+form.Encode(), "Accept", "text/html", "Sec-Fetch-Dest", "iframe")
				},
				"a confirmation": func() reply {
					return b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/account"}, "reauth": {"true"}}, "Accept", "text/html", "Sec-Fetch-Site", "cross-site")
				},
			} {
				r := page()
				fields, ok := offeredForm(r.body)
				retry := got.take()
				if r.StatusCode != 403 || !ok || fields.Encode() != want.Encode() || retry == nil || fieldsOf(retry).Encode() != want.Encode() || retry.Label != "Sign in with X" {
					t.Errorf("%s, StayLoggedIn %t: %d %v", name, stay, r.StatusCode, fields)
				}
			}
		}
	})
}

// Where starting a login would not do what the person or the client wants, there is
// no form: neither on the page nor for the app's own.
func TestNoRetry(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		var got retries
		s := newAppSite(t, p, collecting(&got), configured(func(c *twitterauth.Config) { c.TokenLogin = c.ConsumerKey != "" }))
		b := s.guest(t)
		html := []string{"Accept", "text/html"}
		with := func(more ...string) []string { return append(more, html...) }
		refuse := func(err error) func() reply {
			return func() reply {
				s.users.onLogin = failingLogin(err)
				defer func() { s.users.onLogin = nil }()
				other := s.browser(t)
				return other.visit(other.approve(other.start(url.Values{"data": {"d"}}), ada))
			}
		}
		token := func(body string, header ...string) func() reply {
			return func() reply {
				req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tokenPath, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				for i := 0; i < len(header); i += 2 {
					req.Header.Set(header[i], header[i+1])
				}
				return s.browser(t).send(req)
			}
		}
		for name, test := range map[string]struct {
			request func() reply
			code    string
		}{
			"refused":             {refuse(twitterauth.ErrLoginRefused), "login_refused"},
			"refused with a text": {refuse(twitterauth.Refuse("No.")), "login_refused"},
			"a malformed form":    {func() reply { return b.postText("/auth/twitter/login", "link=true&%zz", html...) }, "bad_request"},
			"a logout of another site": {func() reply {
				return b.do("POST", "/auth/twitter/logout", nil, with("Sec-Fetch-Site", "cross-site")...)
			}, "cross_origin"},
			"a token without a code":   {token(`{"link":true}`, html...), "bad_request"},
			"a token of another site":  {token(`{}`, with("Sec-Fetch-Site", "cross-site")...), "cross_origin"},
			"a code that is not valid": {token(`{"code":"AAAA","codeVerifier":"`+strings.Repeat("v", 43)+`"}`, html...), "login_mismatch"},
			"a link, signed out": {func() reply {
				return s.browser(t).do("POST", "/auth/twitter/login", url.Values{"link": {"true"}}, html...)
			}, "login_required"},
			"no such token route":        {func() reply { return b.get("/auth/twitter/token", html...) }, "method_not_allowed"},
			"an app's malformed request": {func() reply { return b.get("/auth/twitter/authorize?a=b", html...) }, "bad_request"},
		} {
			r := test.request()
			if code := got.takeCode(); code != test.code {
				t.Errorf("%s: %s, want %s", name, code, test.code)
			}
			if _, ok := offeredForm(r.body); ok || got.take() != nil || r.StatusCode < 400 || strings.Contains(r.body, "<form") {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
		if (&twitterauth.Error{Code: twitterauth.CodeAccessDenied}).Retry() != nil {
			t.Error("an Error of the app's own has a form")
		}
	})
}

// When the store cannot be reached the logout cannot succeed, and signing in is not
// what the person wanted.
func TestNoRetryOfALogout(t *testing.T) {
	t.Parallel()
	var got retries
	store := &mapStore{values: map[string]map[any]any{}}
	s := newSite(t, collecting(&got), configured(func(c *twitterauth.Config) { c.Session.Store = store }))
	b := s.browser(t)
	b.login(ada, nil)
	store.mu.Lock()
	store.failSave = context.DeadlineExceeded
	store.mu.Unlock()
	if r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "text/html"); r.StatusCode != 503 || strings.Contains(r.body, "<form") || got.take() != nil || !b.hasSession() {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

// A page that cannot be shown because the store is down is where starting again
// leads.
func TestRetryWhenTheStoreIsDown(t *testing.T) {
	t.Parallel()
	for _, stay := range []bool{false, true} {
		var got retries
		s := newSite(t, collecting(&got), configured(func(c *twitterauth.Config) { c.StayLoggedIn = stay }))
		b := s.browser(t)
		b.login(ada, nil)
		s.users.onByID = func(context.Context, string) (*user, error) { return nil, twitterauth.ErrStoreUnavailable }
		want := url.Values{"return_to": {"/account?a=1"}, "stayLoggedIn": {map[bool]string{true: "true", false: "false"}[stay]}}
		page := b.visit("/account?a=1")
		if fields, ok := offeredForm(page.body); page.StatusCode != 503 || !ok || fields.Encode() != want.Encode() || fieldsOf(got.take()).Encode() != want.Encode() {
			t.Errorf("%d %v", page.StatusCode, fields)
		}
		page = b.do("POST", "/account", url.Values{"a": {"1"}}, "Accept", "text/html")
		if fields, ok := offeredForm(page.body); page.StatusCode != 503 || !ok || fields.Has("return_to") {
			t.Errorf("a post: %d %v", page.StatusCode, fields)
		}
	}
}

// An app's own error page posts the form as it is.
func TestRetryForm(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p, configured(func(c *twitterauth.Config) {
			c.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, e *twitterauth.Error) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.WriteHeader(e.Status)
				if form := e.Retry(); form != nil {
					w.Write([]byte(form.HTML()))
				}
			}
		}))
		callback, err := s.x.Cancel(b.start(chosen(true)))
		if err != nil {
			t.Fatal(err)
		}
		fields, _ := offeredForm(b.visit(callback).body)
		r := b.get(b.approve(b.start(fields), ada))
		if r.location() != `/cart?x=<1>&y="%C3%A9"` || b.whoami() != "user guest @ada" {
			t.Errorf("%d %q, %s", r.StatusCode, r.location(), b.whoami())
		}
	})
}

// postText posts a body that a form may not be.
func (b *browser) postText(target, body string, header ...string) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.site.URL+target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return b.send(req)
}
