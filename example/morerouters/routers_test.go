package morerouters

import (
	"net/http"
	"net/url"
	"testing"

	"twitterlogin.example/twitterauth"
)

// sites are the app on each router.
var sites = map[string]struct {
	start  func(*testing.T) *site
	folder string
}{
	"gorilla/mux": {func(t *testing.T) *site { return start(t, "", onGorillaMux) }, ""},
	"httprouter":  {func(t *testing.T) *site { return start(t, "", onHTTPRouter) }, ""},
	"Echo v4":     {func(t *testing.T) *site { return start(t, "", onEcho4) }, ""},
	"Fiber v3":    {func(t *testing.T) *site { return startFiber(t, onFiber) }, ""},
	"chi's Mount": {func(t *testing.T) *site { return start(t, "", onChiMount) }, ""},
	"StripPrefix": {func(t *testing.T) *site {
		return start(t, "/shop", func(auth *twitterauth.Auth[*User]) http.Handler { return below("/shop", onServeMux(auth)) })
	}, "/shop"},
}

func onEachRouter(t *testing.T, test func(t *testing.T, s *site, folder string)) {
	for name, of := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, of.start(t), of.folder)
		})
	}
}

// A whole login, by the form and by a visit to a guarded page, and the logout.
func TestLogin(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, s *site, folder string) {
		c := newBrowser(t)
		if a := s.do(t, c, "GET", folder+"/", nil); a.status != 200 || a.body != "home" {
			t.Errorf("home: %+v", a)
		}
		a := s.do(t, c, "POST", folder+"/auth/twitter/login", url.Values{"return_to": {folder + "/account?a=1&b=%2F"}, "stayLoggedIn": {"true"}, "data": {"an invite"}})
		if a.status != 200 || a.body != "ada" || a.at != folder+"/account?a=1&b=%2F" {
			t.Fatalf("%+v", a)
		}
		if !a.stays {
			t.Error("the wish to stay logged in was lost")
		}
		if data, _ := s.store.seen(); len(data) != 1 || data[0] != "an invite" {
			t.Errorf("data: %q", data)
		}
		if a := s.do(t, c, "GET", folder+"/auth/twitter/session", nil); a.status != 200 {
			t.Errorf("session: %+v", a)
		}
		if a := s.do(t, c, "POST", folder+"/auth/twitter/logout", nil); a.at != "/" {
			t.Errorf("logout: %+v", a)
		}
		if a := s.do(t, c, "GET", folder+"/auth/twitter/session", nil); a.status != 401 {
			t.Errorf("after the logout: %+v", a)
		}

		visitor := newBrowser(t)
		if a := s.do(t, visitor, "GET", folder+"/account?from=a%20mail", nil); a.status != 200 || a.body != "ada" || a.at != folder+"/account?from=a%20mail" {
			t.Errorf("a visit: %+v", a)
		}
	})
}

// What is no login is answered alike on each router.
func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, s *site, folder string) {
		c := newBrowser(t)
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, test := range []struct {
			method, path string
			status       int
			location     string
		}{
			{"GET", "/account", 303, "/auth/twitter/login?return_to="},
			{"GET", "/nowhere", 404, ""},
			{"GET", "/auth/twitter/nothing", 404, ""},
			{"GET", "/auth/twitter/login/x", 404, ""},
			{"PUT", "/auth/twitter/login", 405, ""},
			{"DELETE", "/auth/twitter/session", 405, ""},
			{"GET", "/auth/twitter/callback", 400, ""},
			{"GET", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", 403, ""},
		} {
			a := s.do(t, c, test.method, folder+test.path, nil)
			location := ""
			if test.location != "" {
				location = folder + test.location + url.QueryEscape(folder+test.path)
			}
			if a.status != test.status || a.header.Get("Location") != location {
				t.Errorf("%s %s: %+v, want %d to %q", test.method, test.path, a, test.status, location)
			}
			if test.status == 405 && a.header.Get("Allow") == "" {
				t.Errorf("%s %s: no Allow", test.method, test.path)
			}
		}
	})
}
