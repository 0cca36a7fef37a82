package twitterauth_test

import (
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

// layout is an app's, which shows everything that a page has.
var layout = template.Must(template.New("").Parse(`<html lang="{{.Lang}}" dir="{{.Dir}}"><i>{{.Status}} {{.Code}}</i>
<h1>{{.Title}}</h1>{{.Message}}{{with .Form}}{{.HTML}}{{end}}<a href="{{.LoginPage}}">{{.LoginPageLink}}</a><a href="{{.Home}}">{{.HomeLink}}</a>`))

func inLayout(w io.Writer, _ *http.Request, p twitterauth.Page) error { return layout.Execute(w, p) }

// Every page is in the app's layout, with the library's status and headers.
func TestLayout(t *testing.T) {
	t.Parallel()
	s := newAppSite(t, oauth1, configured(func(c *twitterauth.Config) { c.Page, c.AfterLogout = inLayout, "/bye" }))
	front := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Cache-Control", "public")
		s.auth.ServeHTTP(w, r)
	})
	app := s.app(t, privateScheme)
	for path, want := range map[string][]string{
		"/auth/twitter/nothing":                               {"404 not_found", "<h1>Not found</h1>There is nothing here."},
		"/auth/twitter/callback?oauth_token=a":                {"400 bad_request", `<form`, "Sign in with X"},
		"/auth/twitter/logout":                                {"<i>200 </i>", "<h1>Log out</h1>You are about to log out of 127.0.0.1.", `action="/auth/twitter/logout"`},
		"/auth/twitter/login":                                 {"<i>200 </i>", "<h1>Sign in</h1>", `action="/auth/twitter/login"`},
		"/auth/twitter/authorize?" + app.request().Encode():   {"<i>200 </i>", "<h1>Sign in to the app</h1>", `action="/auth/twitter/authorize"`, `name="code_challenge"`},
		"/auth/twitter/callback?oauth_token=a&oauth_token=b&": {"400 bad_request"},
	} {
		r := newRequest("GET", path)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		w := record(front, r)
		for _, want := range append(want, `<html lang="en" dir="ltr">`, `<a href="/bye">Back to the site</a>`) {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: no %s in %d %s", path, want, w.Code, w.Body)
			}
		}
		h := w.Header()
		for name, value := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "strict-origin",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		} {
			if !slices.Equal(h[name], []string{value}) {
				t.Errorf("%s: %s is %q", path, name, h[name])
			}
		}
		if got := h["Content-Security-Policy"]; !slices.Equal(got, []string{"default-src 'self'", "frame-ancestors 'none'"}) {
			t.Errorf("%s: policy %q", path, got)
		}
	}
}

// The page back to an app has a code in it and is not given to the app's layout.
func TestBackToTheAppIsNotLaidOut(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p, configured(func(c *twitterauth.Config) {
			c.Page = func(w io.Writer, r *http.Request, page twitterauth.Page) error {
				if strings.Contains(r.URL.RawQuery, "oauth_verifier=") || strings.Contains(r.URL.RawQuery, "code=") {
					t.Errorf("laid out: %+v", page)
				}
				return inLayout(w, r, page)
			}
			c.Texts = func(*http.Request) *twitterauth.Texts { return &twitterauth.Texts{BackToAppLink: "Zurück zur App"} }
		}))
		app := s.app(t, privateScheme)
		r := app.browser.visit(app.browser.approve(app.open("/auth/twitter/authorize?"+app.request().Encode()), ada))
		if app.back(r).Get("code") == "" || !strings.Contains(r.body, ">Zurück zur App</a>") || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%v %s", r.Header, r.body)
		}
	})
}

// A layout that fails leaves no trace: the visitor gets the library's own page whole.
func TestLayoutFails(t *testing.T) {
	t.Parallel()
	type hook = func(io.Writer, *http.Request, twitterauth.Page) error
	for name, test := range map[string]struct {
		page hook
		log  string
	}{
		"fails half way": {func(w io.Writer, _ *http.Request, _ twitterauth.Page) error {
			io.WriteString(w, "<html>HALF")
			return errors.New("no such template")
		}, "no such template"},
		"panics half way": {func(w io.Writer, _ *http.Request, _ twitterauth.Page) error {
			io.WriteString(w, "<html>HALF")
			panic("boom")
		}, "panic: boom"},
		"spoils the form": {func(_ io.Writer, _ *http.Request, p twitterauth.Page) error {
			p.Form.Action, p.Form.Fields[0].Name = "https://evil.example", "HALF"
			return errors.New("spoiled")
		}, "spoiled"},
		"writes nothing": {func(io.Writer, *http.Request, twitterauth.Page) error { return nil }, "it wrote nothing"},
		"returns a nil pointer as error": {func(io.Writer, *http.Request, twitterauth.Page) error {
			var err *twitterauth.Error
			return err
		}, "nil pointer"},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.Page = test.page }))
		r := visitAs(s.auth, "/auth/twitter/callback?oauth_token=a")
		_, offered := offeredForm(r.body)
		if r.StatusCode != 400 || !strings.HasPrefix(r.body, "<!doctype html>") || !strings.HasSuffix(r.body, "</html>\n") || strings.Contains(r.body, "HALF") || !offered || !strings.Contains(r.body, `action="/auth/twitter/login"`) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		if got := r.Header["Content-Security-Policy"]; len(got) != 1 || !strings.HasPrefix(got[0], "default-src 'none'") {
			t.Errorf("%s: policy %q", name, got)
		}
		if log := s.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "Config.Page failed") || !strings.Contains(log, test.log) {
			t.Errorf("%s: the log is %s", name, log)
		}
	}
}

// ErrorHandler goes before Page, and WriteError uses Page and Texts for an Error of
// an Auth only.
func TestWriteErrorInLayout(t *testing.T) {
	t.Parallel()
	german := &twitterauth.Texts{Lang: "de", Messages: map[string]string{twitterauth.CodeNotFound: "Hier ist nichts.", twitterauth.CodeLoginRefused: "Nein."}}
	for name, test := range map[string]struct {
		handler func(http.ResponseWriter, *http.Request, *twitterauth.Error)
		want    string
		not     string
	}{
		"the Auth's": {twitterauth.WriteError, `<html lang="de" dir="ltr"><i>404 not_found</i>`, "nothing here"},
		"a copy": {func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
			c := *e
			c.Code, c.Message, c.Status = twitterauth.CodeLoginRefused, "", 0
			twitterauth.WriteError(w, r, &c)
		}, "<i>403 login_refused</i>\n<h1>You cannot sign in</h1>Nein.", "may not"},
		"the Auth's, with the app's words": {func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
			e.Message = "Own <b>words</b>."
			twitterauth.WriteError(w, r, e)
		}, "Own &lt;b&gt;words&lt;/b&gt;.", "<b>"},
		"the app's": {func(w http.ResponseWriter, r *http.Request, _ *twitterauth.Error) {
			twitterauth.WriteError(w, r, &twitterauth.Error{Code: twitterauth.CodeNotFound})
		}, "<p>There is nothing here.</p>", "<i>"},
		"not at all": {func(w http.ResponseWriter, _ *http.Request, _ *twitterauth.Error) {
			w.WriteHeader(404)
			io.WriteString(w, "mine")
		}, "mine", "<i>"},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.ErrorHandler, c.Page = test.handler, inLayout
			c.Texts = func(*http.Request) *twitterauth.Texts { return german }
		}))
		if r := visitAs(s.auth, "/auth/twitter/nothing"); !strings.Contains(r.body, test.want) || strings.Contains(r.body, test.not) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// With Config.LoginPage a layout can lead there, with the target, or show the form.
func TestLayoutWithLoginPage(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.Page, c.LoginPage = inLayout, "/signin" }))
		b := s.browser(t)
		callback, err := s.x.Cancel(b.start(url.Values{"return_to": {"/account?a=b"}}))
		if err != nil {
			t.Fatal(err)
		}
		r := b.visit(callback)
		fields, offered := offeredForm(r.body)
		if !strings.Contains(r.body, `<a href="/signin?return_to=%2Faccount%3Fa%3Db">Sign in</a>`) || !offered || fields.Get("return_to") != "/account?a=b" {
			t.Errorf("%s", r.body)
		}
	})
}

// The words of a request's visitor are in the form of the app's own page too, unless
// the app gives them.
func TestButtonInTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	asked := 0
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Texts = func(*http.Request) *twitterauth.Texts {
			asked++
			return &twitterauth.Texts{SignInButton: "Mit X anmelden", StayLoggedIn: "Angemeldet bleiben"}
		}
	}))
	carry := twitterauth.Carry(newRequest("GET", "/signin?return_to=/a"))
	for _, test := range []struct {
		opts            []twitterauth.ButtonOption
		label, checkbox string
		asks            int
	}{
		{nil, "Sign in with X", "", 0},
		{[]twitterauth.ButtonOption{twitterauth.StayLoggedInCheckbox("")}, "Sign in with X", "Keep me logged in", 0},
		{[]twitterauth.ButtonOption{carry, twitterauth.Label("")}, "Mit X anmelden", "", 1},
		{[]twitterauth.ButtonOption{twitterauth.StayLoggedInCheckbox(""), carry}, "Mit X anmelden", "Angemeldet bleiben", 1},
		{[]twitterauth.ButtonOption{carry, twitterauth.Label("A"), twitterauth.StayLoggedInCheckbox("")}, "A", "Angemeldet bleiben", 1},
		{[]twitterauth.ButtonOption{carry, twitterauth.Label("A"), twitterauth.StayLoggedInCheckbox("B")}, "A", "B", 0},
	} {
		asked = 0
		form := s.auth.SignInForm("", test.opts...)
		checkbox := ""
		for _, f := range form.Fields {
			checkbox += f.Label
		}
		if form.Label != test.label || checkbox != test.checkbox || asked != test.asks {
			t.Errorf("%+v: %q, %q, asked %d times", test, form.Label, checkbox, asked)
		}
	}
}

// A text of Refuse comes before Config.Texts', and the button of Retry is in the
// visitor's language.
func TestRefuseAndRetryWithTexts(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for refusal, want := range map[string]string{"Nur auf Einladung.": "Nur auf Einladung.", "": "Kein Zutritt."} {
			var retry *twitterauth.Form
			s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
				c.Texts = func(*http.Request) *twitterauth.Texts {
					return &twitterauth.Texts{SignInButton: "Mit X anmelden", Messages: map[string]string{twitterauth.CodeLoginRefused: "Kein Zutritt."}}
				}
				c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
					retry = e.Retry()
					twitterauth.WriteError(w, r, e)
				}
			}))
			s.users.onLogin = failingLogin(twitterauth.Refuse(refusal))
			b := s.browser(t)
			callback := b.approve(b.start(nil), ada)
			if r := b.visit(callback); !strings.Contains(r.body, "<p>"+want+"</p>") {
				t.Errorf("%q: %s", refusal, r.body)
			}
			if b.visit("/auth/twitter/callback"); retry == nil || retry.Label != "Mit X anmelden" {
				t.Errorf("Retry is %+v", retry)
			}
		}
	})
}
