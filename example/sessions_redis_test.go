package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gomodule/redigo/redis"
)

func TestSessionsInRedis(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	r := start(t, nil, "-sessions", server.url)
	db, err := redis.DialURLContext(t.Context(), server.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	stored := func() []string {
		t.Helper()
		keys, err := redis.Strings(db.Do("KEYS", "twitterlogin_*"))
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	r.x.SignInAs("6253282")
	login := func(stay string) (*http.Client, *http.Cookie) {
		t.Helper()
		c := r.browser(t)
		resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/healthz"}, "stayLoggedIn": {stay}})
		if status, body := text(t, resp, err); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		for last := resp.Request; last != nil && last.Response != nil; last = last.Response.Request {
			for _, cookie := range last.Response.Cookies() {
				if cookie.Name == "twitterauth_session" {
					return c, cookie
				}
			}
		}
		t.Fatal("no session cookie")
		return nil, nil
	}

	for stay, want := range map[string]struct{ maxAge, ttl int }{"false": {0, 24 * 3600}, "true": {30 * 24 * 3600, 30 * 24 * 3600}} {
		c, cookie := login(stay)
		if cookie.MaxAge-want.maxAge > 1 || want.maxAge-cookie.MaxAge > 1 || (want.maxAge == 0) != cookie.Expires.IsZero() {
			t.Errorf("stayLoggedIn=%s: %v", stay, cookie)
		}
		keys := stored()
		if len(keys) != 1 {
			t.Fatalf("%d sessions in Redis", len(keys))
		}
		ttl, err := redis.Int(db.Do("TTL", keys[0]))
		if err != nil || ttl > want.ttl || ttl < want.ttl-60 {
			t.Errorf("stayLoggedIn=%s: Redis keeps it for %d s, want %d; %v", stay, ttl, want.ttl, err)
		}
		if status, me := r.me(t, c); status != http.StatusOK || me["screenName"] != "ada" {
			t.Errorf("%d %v", status, me)
		}

		// A copy of the cookie is dead once its owner has logged out.
		thief := &http.Client{Transport: withCookie{cookie}}
		if status, _ := r.me(t, thief); status != http.StatusOK {
			t.Errorf("the copy before the logout: %d", status)
		}
		resp, err := c.PostForm(r.URL+"/auth/twitter/logout", nil)
		text(t, resp, err)
		if status, _ := r.me(t, thief); status != http.StatusUnauthorized {
			t.Errorf("the copy after the logout: %d", status)
		}
		if keys := stored(); len(keys) != 0 {
			t.Errorf("left in Redis after the logout: %v", keys)
		}
	}

	// A second login of one browser drops the first session.
	c, first := login("true")
	resp, err := c.PostForm(r.URL+"/auth/twitter/login", nil)
	text(t, resp, err)
	if keys := stored(); len(keys) != 1 {
		t.Errorf("after two logins of one browser: %v", keys)
	}
	if status, _ := r.me(t, &http.Client{Transport: withCookie{first}}); status != http.StatusUnauthorized {
		t.Errorf("the first session after the second login: %d", status)
	}

	// Emptied: nobody is logged in, nothing breaks.
	if _, err := db.Do("FLUSHALL"); err != nil {
		t.Fatal(err)
	}
	if status, _ := r.me(t, c); status != http.StatusUnauthorized {
		t.Errorf("after Redis was emptied: %d", status)
	}

	// Down: RequireUser is 503, public pages are served, no cookie is cleared.
	c, _ = login("false")
	server.kill()
	if status, me := r.me(t, c); status != http.StatusServiceUnavailable || me["code"] != "store_unavailable" {
		t.Errorf("/me without Redis: %d %v", status, me)
	}
	resp, err = c.Get(r.URL + "/")
	if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Sign in with X") || len(resp.Cookies()) > 0 {
		t.Errorf("/ without Redis: %d %v %s", status, resp.Cookies(), page)
	}
	resp, err = c.Get(r.URL + "/healthz")
	if status, _ := text(t, resp, err); status != http.StatusServiceUnavailable {
		t.Errorf("/healthz without Redis: %d", status)
	}
}

// A hundred browsers sign in and out at once.
func TestManySessionsInRedis(t *testing.T) {
	t.Parallel()
	r := start(t, nil, "-sessions", startRedis(t).url)
	token, secret := r.x.TokenPair("6253282")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			c := r.browser(t)
			resp, err := c.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			if status, body := text(t, resp, err); status != http.StatusOK {
				t.Errorf("%d %s", status, body)
				return
			}
			resp, err = c.Get(r.URL + "/me")
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "@ada") {
				t.Errorf("%d %s", status, page)
			}
			resp, err = c.PostForm(r.URL+"/auth/twitter/logout", nil)
			text(t, resp, err)
			resp, err = c.Get(r.URL + "/auth/twitter/session")
			if status, body := text(t, resp, err); status != http.StatusUnauthorized {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wg.Wait()
}

func TestRedisThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	set := settings{Sessions: "redis://me:canary@127.0.0.1:1"}
	if _, err := openSessions(set, nil); err == nil || !strings.Contains(err.Error(), "-sessions") || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
}

// withCookie sends that cookie and no other.
type withCookie struct{ cookie *http.Cookie }

func (w withCookie) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Cookie", w.cookie.Name+"="+w.cookie.Value)
	return http.DefaultTransport.RoundTrip(r)
}
