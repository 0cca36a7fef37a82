package twitterauth_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

func TestMethodsAndPaths(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	all := map[string]http.Handler{"mounted": s.mux, "served whole": s.auth}
	for _, pattern := range []string{"GET /", "/", "/auth/", "GET /auth/twitter/{name}"} {
		mux := http.NewServeMux()
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the app's") })
		s.auth.Mount(mux)
		all["mounted beside "+pattern] = mux
	}
	for how, h := range all {
		for path, allow := range map[string]string{
			"/auth/twitter/login": "GET, POST", "/auth/twitter/callback": "GET", "/auth/twitter/logout": "GET, HEAD, POST", "/auth/twitter/token": "POST", "/auth/twitter/session": "GET, HEAD, POST",
		} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
				w := record(h, newRequest(method, path))
				allowed := strings.Contains(allow, method)
				if (w.Code == http.StatusMethodNotAllowed) == allowed || !allowed && w.Header().Get("Allow") != allow {
					t.Errorf("%s: %s %s: %d, Allow %q", how, method, path, w.Code, w.Header().Get("Allow"))
				}
			}
		}
	}
	for _, path := range []string{"/auth/twitter/", "/auth/twitter", "/auth/twitter/unknown", "/auth/twitter/login/", "/auth/twitter/login/x", "/auth/twitterx/login", "/login", "/"} {
		r := newRequest("GET", path)
		r.Header.Set("Accept", "application/json")
		if w := record(s.auth, r); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"not_found"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	off := newSite(t)
	if w := record(off.auth, newRequest("POST", "/auth/twitter/token")); w.Code != http.StatusNotFound {
		t.Errorf("token login that is off: %d", w.Code)
	}
}

func TestSwitchedOffRouteIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if r := s.browser(t).do("POST", "/auth/twitter/token", nil); r.StatusCode != 404 || r.code(t) != "not_found" {
		t.Errorf("POST token: %d %s", r.StatusCode, r.body)
	}
	if w := httptest.NewRecorder(); true {
		r := newRequest("GET", "/auth/twitter/nothing")
		r.Header.Set("Accept", "text/html")
		if s.auth.ServeHTTP(w, r); w.Code != 404 || !bytes.Contains(w.Body.Bytes(), []byte("127.0.0.1")) {
			t.Errorf("an unknown path: %d %s", w.Code, w.Body)
		}
	}
}

// A path that something in this program has shortened is not found, and one
// line of the log explains why.
func TestStripPrefixAroundTheHandler(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"the folder":    func(h http.Handler) http.Handler { return http.StripPrefix("/auth/twitter", h) },
		"a part of it":  func(h http.Handler) http.Handler { return http.StripPrefix("/auth", h) },
		"nothing of it": func(h http.Handler) http.Handler { return h },
	} {
		s := newSite(t)
		h := wrap(s.auth)
		stripped := name != "nothing of it"
		for range 3 {
			w := record(h, newRequest("GET", "/auth/twitter/session"))
			if (w.Code == 404) != stripped {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		record(h, newRequest("GET", "/auth/twitter/nothing"))
		if n := strings.Count(s.log.String(), "StripPrefix"); n != map[bool]int{true: 1}[stripped] {
			t.Errorf("%s: %d lines in the log", name, n)
		}
	}
}
