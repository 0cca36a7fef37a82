package morerouters

import (
	"html"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

var csrfKey = []byte("a key of thirty-two bytes length")

// fronts are the app behind each middleware. Where reads is true the middleware
// has read the form before the library does.
var fronts = map[string]struct {
	reads bool
	app   func(*twitterauth.Auth[*User]) http.Handler
}{
	"none": {false, func(a *twitterauth.Auth[*User]) http.Handler { return withSignIn(a, noField) }},
	"gorilla/csrf, exempt": {false, func(a *twitterauth.Auth[*User]) http.Handler {
		return gorillaCSRF(csrfKey, withSignIn(a, gorillaCSRFField))
	}},
	"gorilla/csrf": {true, func(a *twitterauth.Auth[*User]) http.Handler {
		return gorillaCSRFEverywhere(csrfKey, withSignIn(a, gorillaCSRFField))
	}},
	"nosurf, exempt":                 {false, func(a *twitterauth.Auth[*User]) http.Handler { return noSurf(withSignIn(a, noSurfField)) }},
	"nosurf":                         {true, func(a *twitterauth.Auth[*User]) http.Handler { return noSurfEverywhere(withSignIn(a, noSurfField)) }},
	"Echo's CSRF, exempt":            {false, func(a *twitterauth.Auth[*User]) http.Handler { return echoCSRF(onServeMux(a), true) }},
	"Echo's CSRF":                    {true, func(a *twitterauth.Auth[*User]) http.Handler { return echoCSRF(onServeMux(a), false) }},
	"gorilla/handlers' override":     {true, func(a *twitterauth.Auth[*User]) http.Handler { return methodOverride(withSignIn(a, noField)) }},
	"a middleware that parses forms": {true, func(a *twitterauth.Auth[*User]) http.Handler { return parseForm(withSignIn(a, noField)) }},
}

func behindEachFront(t *testing.T, test func(t *testing.T, s *site)) {
	for name, front := range fronts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, "", front.app))
		})
	}
}

var (
	input   = regexp.MustCompile(`<input[^>]*>`)
	attribs = regexp.MustCompile(`(name|value|type)="([^"]*)"`)
)

// fields reads the form of the app's sign-in page, with its box ticked.
func (s *site) fields(t *testing.T, c *http.Client) url.Values {
	t.Helper()
	page := s.do(t, c, "GET", "/sign-in", nil)
	if page.status != 200 {
		t.Fatalf("%+v", page)
	}
	form := url.Values{}
	for _, tag := range input.FindAllString(page.body, -1) {
		is := map[string]string{}
		for _, m := range attribs.FindAllStringSubmatch(tag, -1) {
			is[m[1]] = html.UnescapeString(m[2])
		}
		form.Set(is["name"], is["value"])
	}
	return form
}

// What the form of a login asks for survives a middleware that has read it.
func TestLoginBehindMiddleware(t *testing.T) {
	t.Parallel()
	behindEachFront(t, func(t *testing.T, s *site) {
		c := newBrowser(t)
		a := s.do(t, c, "POST", "/auth/twitter/login", s.fields(t, c))
		if a.status != 200 || a.body != "ada" || a.at != "/account?from=form" {
			t.Errorf("return_to is lost: %+v", a)
		}
		if !a.stays {
			t.Error("stayLoggedIn is lost")
		}
		if data, _ := s.store.seen(); !slices.Equal(data, []string{"an invite"}) {
			t.Errorf("data is lost: %q", data)
		}
	})
}

// A guest who links stays who they are.
func TestLinkBehindMiddleware(t *testing.T) {
	t.Parallel()
	behindEachFront(t, func(t *testing.T, s *site) {
		c := newBrowser(t)
		s.do(t, c, "POST", "/test/guest", nil)
		form := s.fields(t, c)
		form.Set("link", "true")
		a := s.do(t, c, "POST", "/auth/twitter/login", form)
		data, linked := s.store.seen()
		if a.status != 200 || a.body != "linked to ada" || !slices.Equal(linked, []string{"guest"}) || len(data) != 0 {
			t.Errorf("%+v; linked %q, logins %q", a, linked, data)
		}
	})
}

// The library's own buttons have no token of the middleware, so they work only
// where its routes are exempt. So the documents exempt them.
func TestOwnButtonBehindMiddleware(t *testing.T) {
	t.Parallel()
	for name, front := range fronts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, "", front.app)
			a := s.do(t, newBrowser(t), "POST", "/auth/twitter/login", url.Values{"return_to": {"/account"}})
			works := a.status == 200 && a.body == "ada"
			needsToken := front.reads && (strings.Contains(name, "csrf") || strings.Contains(name, "CSRF") || name == "nosurf")
			if works == needsToken {
				t.Errorf("%+v", a)
			}
		})
	}
}

// A page elsewhere cannot post to the library, exempt or not.
func TestExemptRoutesAreGuarded(t *testing.T) {
	t.Parallel()
	behindEachFront(t, func(t *testing.T, s *site) {
		for _, route := range []string{"login", "logout", "token"} {
			req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+folder+route, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", "https://evil.example")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode < 400 {
				t.Errorf("%s: %s", route, resp.Status)
			}
		}
	})
}

// The app's own forms are still guarded where the library's routes are exempt.
func TestOwnFormsAreGuarded(t *testing.T) {
	t.Parallel()
	for name, app := range map[string]func(http.Handler) http.Handler{
		"gorilla/csrf": func(h http.Handler) http.Handler { return gorillaCSRF(csrfKey, h) },
		"nosurf":       noSurf,
		"Echo's CSRF":  func(h http.Handler) http.Handler { return echoCSRF(h, true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, "", func(a *twitterauth.Auth[*User]) http.Handler {
				mux := withSignIn(a, func(*http.Request) template.HTML { return "" }).(*http.ServeMux)
				mux.HandleFunc("POST /order", home)
				return app(mux)
			})
			if a := s.do(t, newBrowser(t), "POST", "/order", nil); a.status < 400 {
				t.Errorf("%+v", a)
			}
		})
	}
}
