package main

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/antonlindstrom/pgstore"
	"github.com/gomodule/redigo/redis"
	"github.com/gorilla/sessions"
)

// sessionServer is a real server that keeps sessions, seen from behind.
type sessionServer struct {
	args  []string       // of the example
	store sessions.Store // or the store itself
	ttls  func() []int   // the seconds that each session is kept
	empty func()
	stop  func()
}

// sessionServers are the kinds that are proven here.
var sessionServers = map[string]func(testing.TB) sessionServer{
	"redis":    sessionsInRedis,
	"postgres": sessionsInPostgres,
}

func sessionsInRedis(t testing.TB) sessionServer {
	server := startRedis(t)
	db, err := redis.DialURLContext(t.Context(), server.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return sessionServer{
		args: []string{"-sessions", server.url},
		ttls: func() (ttls []int) {
			keys, err := redis.Strings(db.Do("KEYS", "*"))
			for _, key := range keys {
				ttl, ttlErr := redis.Int(db.Do("TTL", key))
				if ttlErr != nil {
					t.Fatal(ttlErr)
				}
				ttls = append(ttls, ttl)
			}
			if err != nil {
				t.Fatal(err)
			}
			return ttls
		},
		empty: func() {
			if _, err := db.Do("FLUSHALL"); err != nil {
				t.Fatal(err)
			}
		},
		stop: server.kill,
	}
}

func sessionsInPostgres(t testing.TB) sessionServer {
	server := startOwnPostgres(t)
	db, err := sql.Open("pgx", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	store, err := pgstore.NewPGStoreFromPool(db, []byte("a signing key of 32 bytes length"))
	if err != nil {
		t.Fatal(err)
	}
	return sessionServer{
		store: &lockedStore{store: store},
		ttls: func() (ttls []int) {
			rows, err := db.QueryContext(context.Background(), "SELECT extract(epoch FROM expires_on - now())::int FROM http_sessions")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var ttl int
				if err := rows.Scan(&ttl); err != nil {
					t.Fatal(err)
				}
				ttls = append(ttls, ttl)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return ttls
		},
		empty: func() {
			if _, err := db.ExecContext(context.Background(), "TRUNCATE http_sessions"); err != nil {
				t.Fatal(err)
			}
		},
		stop: server.Stop,
	}
}

// lockedStore is for pgstore, whose New writes to fields that all requests
// share.
type lockedStore struct {
	mu    sync.Mutex
	store sessions.Store
}

func (l *lockedStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Get(r, name)
}

func (l *lockedStore) New(r *http.Request, name string) (*sessions.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.New(r, name)
}

func (l *lockedStore) Save(r *http.Request, w http.ResponseWriter, s *sessions.Session) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Save(r, w, s)
}

// onEachSessionServer runs a test with sessions on each kind of server.
func onEachSessionServer(t *testing.T, test func(t *testing.T, r *running, kept sessionServer)) {
	for name, open := range sessionServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := open(t)
			test(t, startWith(t, kept.store, nil, kept.args...), kept)
		})
	}
}

// login signs in as Ada and returns the browser and its session cookie.
func (r *running) login(t *testing.T, c *http.Client, stay string) *http.Cookie {
	t.Helper()
	r.x.SignInAs("6253282")
	resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/healthz"}, "stayLoggedIn": {stay}})
	if status, body := text(t, resp, err); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	for last := resp.Request; last != nil && last.Response != nil; last = last.Response.Request {
		for _, cookie := range last.Response.Cookies() {
			if cookie.Name == "twitterauth_session" {
				return cookie
			}
		}
	}
	t.Fatal("no session cookie")
	return nil
}

// stayLoggedIn is a promise to the browser and to the server that keeps it.
func TestServerKeepsASessionAsLongAsPromised(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		for stay, want := range map[string]struct{ cookie, server int }{
			"false": {0, 24 * 3600},
			"true":  {30 * 24 * 3600, 30 * 24 * 3600},
		} {
			kept.empty()
			c := r.browser(t)
			cookie := r.login(t, c, stay)
			if cookie.MaxAge > want.cookie || cookie.MaxAge < want.cookie-2 || cookie.Expires.IsZero() != (want.cookie == 0) {
				t.Errorf("stayLoggedIn=%s: %v", stay, cookie)
			}
			if ttls := kept.ttls(); len(ttls) != 1 || ttls[0] > want.server || ttls[0] < want.server-60 {
				t.Errorf("stayLoggedIn=%s: kept for %v s, want one for %d", stay, ttls, want.server)
			}
			if status, me := r.me(t, c); status != http.StatusOK || me["screenName"] != "ada" {
				t.Errorf("%d %v", status, me)
			}
		}
	})
}

// A copy of a cookie is dead as soon as its owner logs out.
func TestServerForgetsASessionAtLogout(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		c := r.browser(t)
		thief := &http.Client{Transport: withCookie{r.login(t, c, "true")}}
		if status, _ := r.me(t, thief); status != http.StatusOK {
			t.Errorf("before the logout: %d", status)
		}
		resp, err := c.PostForm(r.URL+"/auth/twitter/logout", nil)
		text(t, resp, err)
		if status, _ := r.me(t, thief); status != http.StatusUnauthorized {
			t.Errorf("after the logout: %d", status)
		}
		if ttls := kept.ttls(); len(ttls) != 0 {
			t.Errorf("%d sessions are left", len(ttls))
		}
	})
}

// A second login of one browser has a fresh session and drops the first.
func TestServerDropsTheSessionBefore(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		c := r.browser(t)
		first := r.login(t, c, "true")
		second := r.login(t, c, "false")
		if first.Value == second.Value || len(kept.ttls()) != 1 {
			t.Errorf("%d sessions, same value: %t", len(kept.ttls()), first.Value == second.Value)
		}
		if status, _ := r.me(t, &http.Client{Transport: withCookie{first}}); status != http.StatusUnauthorized {
			t.Errorf("the first session: %d", status)
		}
		if status, _ := r.me(t, c); status != http.StatusOK {
			t.Errorf("the second session: %d", status)
		}
	})
}

// "Log out on all devices" ends sessions in these stores as in cookies.
func TestLogOutOnAllDevicesWithServerSessions(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		phone, laptop := r.browser(t), r.browser(t)
		r.login(t, phone, "true")
		r.login(t, laptop, "false")
		resp, err := phone.PostForm(r.URL+"/logout-everywhere", nil)
		text(t, resp, err)
		for name, c := range map[string]*http.Client{"phone": phone, "laptop": laptop} {
			if status, me := r.me(t, c); status != http.StatusUnauthorized {
				t.Errorf("%s: %d %v", name, status, me)
			}
		}
		r.login(t, phone, "false")
		if status, me := r.me(t, phone); status != http.StatusOK {
			t.Errorf("signed in again: %d %v", status, me)
		}
	})
}

// Emptied, the server knows nobody; stopped, RequireUser says 503, public
// pages are served, and no cookie is cleared.
func TestSessionServerEmptiedAndStopped(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		c := r.browser(t)
		r.login(t, c, "false")
		kept.empty()
		if status, me := r.me(t, c); status != http.StatusUnauthorized || me["code"] != "login_required" {
			t.Errorf("emptied: %d %v", status, me)
		}
		r.login(t, c, "false")
		kept.stop()
		if status, me := r.me(t, c); status != http.StatusServiceUnavailable || me["code"] != "store_unavailable" {
			t.Errorf("stopped: %d %v", status, me)
		}
		resp, err := c.Get(r.URL + "/")
		if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Sign in with X") || len(resp.Cookies()) > 0 {
			t.Errorf("/ while it is stopped: %d %v %s", status, resp.Cookies(), page)
		}
		resp, err = c.PostForm(r.URL+"/auth/twitter/logout", nil)
		if status, body := text(t, resp, err); status != http.StatusServiceUnavailable || len(resp.Cookies()) > 0 {
			t.Errorf("logout while it is stopped: %d %v %s", status, resp.Cookies(), body)
		}
	})
}

// Every change of a cookie by one byte is no session, and never a fault.
func TestServerSessionsUnderAttack(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
		cookie := r.login(t, r.browser(t), "false")
		if len(cookie.Value) > 260 {
			t.Errorf("the cookie has %d bytes", len(cookie.Value))
		}
		values := []string{"", "junk", strings.Repeat("A", 5000), cookie.Value[:len(cookie.Value)/2]}
		for i := range cookie.Value {
			changed := []byte(cookie.Value)
			changed[i] ^= 1
			values = append(values, string(changed))
		}
		for _, value := range values {
			c := &http.Client{Transport: withCookie{&http.Cookie{Name: cookie.Name, Value: value}}}
			if status, me := r.me(t, c); status != http.StatusUnauthorized {
				t.Errorf("%q: %d %v", value, status, me)
			}
		}
		if status, _ := r.me(t, &http.Client{Transport: withCookie{cookie}}); status != http.StatusOK {
			t.Errorf("the cookie itself: %d", status)
		}
	})
}

// A hundred browsers sign in and out at once.
func TestManyServerSessions(t *testing.T) {
	t.Parallel()
	onEachSessionServer(t, func(t *testing.T, r *running, kept sessionServer) {
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
		if ttls := kept.ttls(); len(ttls) != 0 {
			t.Errorf("%d sessions are left", len(ttls))
		}
	})
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
