package session_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// noTouch checks that Touch refuses with that error, and sends no cookie but what
// the response had before.
func noTouch(t *testing.T, what string, m *session.Manager, w *httptest.ResponseRecorder, r *http.Request, s session.Session, want error) {
	t.Helper()
	before := slices.Clone(w.Header()["Set-Cookie"])
	if got, err := m.Touch(w, r, s); !errors.Is(err, want) || got != (session.Session{}) {
		t.Errorf("%s: Touch: %+v, %v, want %v", what, got, err, want)
	}
	if got, token, err := m.TouchWithToken(w, r, s); !errors.Is(err, want) || got != (session.Session{}) || token != "" {
		t.Errorf("%s: TouchWithToken: %+v, %q, %v, want %v", what, got, token, err, want)
	}
	if after := w.Header()["Set-Cookie"]; !slices.Equal(after, before) {
		t.Errorf("%s: cookies %q, were %q", what, after, before)
	}
}

func touch(t *testing.T, m *session.Manager, r *http.Request, s session.Session) (session.Session, *http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	touched, err := m.Touch(w, r, s)
	if err != nil {
		t.Fatalf("Touch: %v", err)
	}
	return touched, oneCookie(t, w)
}

func bearing(token string, cookies ...*http.Cookie) *http.Request {
	r := request(cookies...)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// serverStores are the kinds that keep their sessions on the server.
func serverStores(t *testing.T) map[string]sessions.Store {
	all := stores(t)
	delete(all, "sealed cookie")
	delete(all, "gorilla's CookieStore, as it is")
	return all
}

func onEachServerStore(t *testing.T, test func(t *testing.T, cfg session.Config)) {
	for kind, store := range serverStores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				test(t, session.Config{Store: store, Lifetime: 20 * time.Hour, IdleTimeout: time.Hour, Bearer: true})
			})
		})
	}
}

// The cookie is the same in all but its value, and what the app sends stays.
func TestTouchSendsTheSameCookie(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.StayIdleTimeout = day
		m := newManager(t, cfg)
		s, c := start(t, m, "user", true)
		time.Sleep(time.Hour)
		w := httptest.NewRecorder()
		http.SetCookie(w, &http.Cookie{Name: "other", Value: "kept"})
		for range 2 {
			if _, err := m.Touch(w, request(c), s); err != nil {
				t.Fatal(err)
			}
		}
		cookies := w.Result().Cookies()
		if len(cookies) != 2 || cookies[0].Name != "other" {
			t.Fatalf("cookies %v", cookies)
		}
		attributes := func(c *http.Cookie) string {
			return fmt.Sprint(c.Name, c.Path, c.Domain, c.MaxAge, c.Expires.IsZero(), c.Secure, c.HttpOnly, c.SameSite)
		}
		renewed := cookies[1]
		if renewed.Value == c.Value || attributes(renewed) != attributes(c) {
			t.Errorf("%s, was %s", renewed.Raw, c.Raw)
		}
	})
}

func TestTouchOfWhatIsNoSession(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.IdleTimeout = time.Hour
		m := newManager(t, cfg)
		s, c := start(t, m, "user", false)
		changed := func(change func(s *session.Session)) session.Session {
			s := s
			change(&s)
			return s
		}
		for what, bad := range map[string]session.Session{
			"zero":               {},
			"no ID":              changed(func(s *session.Session) { s.ID = "" }),
			"a shorter ID":       changed(func(s *session.Session) { s.ID = s.ID[1:] }),
			"a longer ID":        changed(func(s *session.Session) { s.ID += "A" }),
			"no user and no ID":  changed(func(s *session.Session) { s.ID, s.UserID = "", "" }),
			"an app's own times": {ID: "1", UserID: "user", ExpiresAt: time.Now().Add(time.Hour)},
		} {
			noTouch(t, what, m, httptest.NewRecorder(), request(c), bad, session.ErrNoSession)
		}
		time.Sleep(time.Hour)
		noTouch(t, "unused", m, httptest.NewRecorder(), request(c), s, session.ErrNoSession)

		s, c = start(t, m, "user", false)
		for time.Until(s.ExpiresAt) > time.Hour {
			time.Sleep(59 * time.Minute)
			s, c = touch(t, m, request(c), s)
		}
		time.Sleep(time.Until(s.ExpiresAt))
		noTouch(t, "at its absolute end", m, httptest.NewRecorder(), request(c), s, session.ErrNoSession)
	})
}

// A handler that ends or replaces the session has the last word, whatever
// middleware does afterwards.
func TestTouchAfterEndOrStartInTheSameResponse(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.IdleTimeout = time.Hour
		m := newManager(t, cfg)
		s, c := start(t, m, "user", false)
		w := httptest.NewRecorder()
		if err := m.End(w, request(c)); err != nil {
			t.Fatal(err)
		}
		noTouch(t, "after End", m, w, request(c), s, session.ErrNoSession)

		older, c := start(t, m, "user", false)
		w = httptest.NewRecorder()
		newer, err := m.Start(w, request(c), "another", false)
		if err != nil {
			t.Fatal(err)
		}
		noTouch(t, "after Start", m, w, request(c), older, session.ErrNoSession)
		time.Sleep(time.Minute)
		touched, err := m.Touch(w, request(c), newer) // its cookie is in no request yet
		if err != nil || touched.ID != newer.ID || touched.UserID != "another" {
			t.Errorf("the session of this response: %+v, %v", touched, err)
		}
		if got, err := m.Load(request(oneCookie(t, w))); err != nil || got != touched {
			t.Errorf("%+v, %v, want %+v", got, err, touched)
		}
	})
}

func TestParallelRequestsWithTheOlderCookie(t *testing.T) {
	t.Parallel()
	onEachServerStore(t, func(t *testing.T, cfg session.Config) {
		m := newManager(t, cfg)
		first, c := start(t, m, "user", false)
		older := c
		for range 10 {
			time.Sleep(50 * time.Minute)
			s, err := m.Load(request(older))
			if err != nil || s.ID != first.ID {
				t.Fatalf("the oldest cookie: %+v, %v", s, err)
			}
			touched, newer := touch(t, m, request(c), s)
			for _, c := range []*http.Cookie{older, c, newer} {
				if got, err := m.Load(request(c)); err != nil || got != touched {
					t.Errorf("%+v, %v, want %+v", got, err, touched)
				}
			}
			c = newer
		}
		if memory, ok := cfg.Store.(*memoryStore); ok && memory.count() != 1 {
			t.Errorf("%d records", memory.count())
		}
	})
}

func TestTouchKeepsTheRecordsName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemoryStore("delete")
		m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour, Audience: "site"})
		s, c := start(t, m, "user", false)
		names := slices.Sorted(maps.Keys(store.records))
		time.Sleep(time.Minute)
		touch(t, m, request(c), s)
		if got := slices.Sorted(maps.Keys(store.records)); len(names) != 1 || !slices.Equal(got, names) {
			t.Errorf("records %q, were %q", got, names)
		}
		for _, rec := range store.records {
			if rec.values["twitterauth audience"] != "site" || len(rec.values) != 2 {
				t.Errorf("values %v", rec.values)
			}
		}
	})
}

// A logout on another machine is noticed, even if the session was loaded before.
func TestTouchAfterALogoutElsewhere(t *testing.T) {
	t.Parallel()
	onEachServerStore(t, func(t *testing.T, cfg session.Config) {
		here, there := newManager(t, cfg), newManager(t, cfg)
		for what, end := range map[string]func(r *http.Request) error{
			"this machine's End":    func(r *http.Request) error { return here.End(httptest.NewRecorder(), r) },
			"another machine's End": func(r *http.Request) error { return there.End(httptest.NewRecorder(), r) },
			"another login": func(r *http.Request) error {
				_, err := there.Start(httptest.NewRecorder(), r, "user", true)
				return err
			},
		} {
			s, c := start(t, here, "user", false)
			_, c = touch(t, here, request(c), s)
			r := request(c)
			s, err := here.Load(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := end(request(c)); err != nil {
				t.Fatal(err)
			}
			noTouch(t, what, here, httptest.NewRecorder(), r, s, session.ErrNoSession)
			if got, err := here.Load(request(c)); !errors.Is(err, session.ErrNoSession) {
				t.Errorf("%s: Touch brought back %+v, %v", what, got, err)
			}
		}
	})
}

func TestTouchRacesEnd(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour})
			for range 20 {
				s, c := start(t, m, "user", false)
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() {
						w := httptest.NewRecorder()
						touched, err := m.Touch(w, request(c), s)
						if err != nil && !errors.Is(err, session.ErrNoSession) || (err == nil) != (len(w.Result().Cookies()) == 1) {
							t.Errorf("%v, cookies %v", err, w.Result().Cookies())
						}
						if err == nil && touched.ID != s.ID {
							t.Errorf("touched %+v of %+v", touched, s)
						}
					})
				}
				wg.Go(func() {
					if err := m.End(httptest.NewRecorder(), request(c)); err != nil {
						t.Errorf("End: %v", err)
					}
				})
				wg.Wait()
			}
		})
	}
}

// The last look at the record is immediately before it is saved.
func TestTouchAsksTheStore(t *testing.T) {
	t.Parallel()
	var calls []string // by one request at a time
	store := hookedStore{newMemoryStore("delete"), func(call string, _ *http.Request) { calls = append(calls, call) }}
	m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour})
	s, c := start(t, m, "user", false)
	_, other := start(t, m, "user", false)
	calls = nil
	touch(t, m, request(other, c, other), s)
	if got := strings.Join(calls, " "); got != "fetch fetch save" {
		t.Errorf("calls %s", got)
	}
	w := httptest.NewRecorder()
	if err := m.End(w, request(c)); err != nil {
		t.Fatal(err)
	}
	calls = nil
	noTouch(t, "ended in this response", m, w, request(c), s, session.ErrNoSession)
	noTouch(t, "too long", m, httptest.NewRecorder(), request(&http.Cookie{Name: c.Name, Value: strings.Repeat("A", 5000)}), s, session.ErrNoSession)
	if len(calls) > 0 {
		t.Errorf("calls %q for what cannot be a session", calls)
	}
}

func TestTouchFindsTheRecordByItsSession(t *testing.T) {
	t.Parallel()
	onEachServerStore(t, func(t *testing.T, cfg session.Config) {
		m := newManager(t, cfg)
		first, a := start(t, m, "user", false)
		second, b := start(t, m, "user", false)
		foreign, x := start(t, m, "attacker", false)
		junk := &http.Cookie{Name: a.Name, Value: "junk"}
		time.Sleep(time.Minute)
		untouched := map[*http.Cookie]session.Session{a: first, x: foreign}
		for name, r := range map[string]*http.Request{
			"alone":                     request(b),
			"behind another":            request(a, b),
			"the fourth":                request(junk, junk, a, b),
			"behind another user's":     request(x, b),
			"by a token":                bearing("twa_" + b.Value),
			"by a token, behind others": bearing("twa_"+b.Value, a, junk, x, junk, junk),
		} {
			time.Sleep(time.Second)
			touched, c := touch(t, m, r, second)
			if touched.ID != second.ID || !touched.LastSeen.Equal(time.Now()) {
				t.Errorf("%s: %+v", name, touched)
			}
			if got, err := m.Load(request(c)); err != nil || got != touched {
				t.Errorf("%s: %+v, %v, want %+v", name, got, err, touched)
			}
			for c, want := range untouched {
				if got, err := m.Load(request(c)); err != nil || got != want {
					t.Errorf("%s: another session is %+v, %v, was %+v", name, got, err, want)
				}
			}
		}
		cfg.Bearer = false
		withoutBearer := newManager(t, cfg)
		for name, r := range map[string]*http.Request{
			"no cookie":                request(),
			"junk":                     request(junk),
			"another session":          request(a, x),
			"the fifth":                request(junk, junk, junk, junk, b),
			"a token that is not ours": bearing(b.Value),
			"a cookie that is not one": request(&http.Cookie{Name: a.Name, Value: strings.Repeat("A", 5000)}),
		} {
			noTouch(t, name, m, httptest.NewRecorder(), r, second, session.ErrNoSession)
		}
		noTouch(t, "a token without Bearer", withoutBearer, httptest.NewRecorder(), bearing("twa_"+b.Value), second, session.ErrNoSession)
	})
}

func TestTouchLeavesRecordsOfOtherSitesAlone(t *testing.T) {
	t.Parallel()
	onEachServerStore(t, func(t *testing.T, cfg session.Config) {
		other := newManager(t, cfg)
		cfg.Audience = "https://a.example/"
		m := newManager(t, cfg)
		s, c := start(t, m, "user", false)
		time.Sleep(time.Minute)
		noTouch(t, "another site", other, httptest.NewRecorder(), request(c), s, session.ErrNoSession)
		if got, err := m.Load(request(c)); err != nil || got != s {
			t.Errorf("%+v, %v, want %+v", got, err, s)
		}
	})
}

func TestTouchWithAStoreThatIsDown(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for _, when := range []string{"fetch", "save"} {
		var failing string
		store := failingStore{newMemoryStore("delete"), func(call string) error {
			if call == failing {
				return down
			}
			return nil
		}}
		m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour})
		s, c := start(t, m, "user", false)
		failing = when
		noTouch(t, when, m, httptest.NewRecorder(), request(c), s, down)
		if _, err := m.Touch(httptest.NewRecorder(), request(c), s); errors.Is(err, session.ErrNoSession) {
			t.Errorf("%s: %v", when, err)
		}
		failing = ""
		if got, err := m.Load(request(c)); err != nil || got != s {
			t.Errorf("once it is back: %+v, %v", got, err)
		}
	}
}

// failingStore returns an error instead of a call to a memoryStore.
type failingStore struct {
	*memoryStore
	err func(call string) error
}

func (s failingStore) New(r *http.Request, name string) (*sessions.Session, error) {
	if err := s.err("fetch"); err != nil {
		return nil, err
	}
	return s.memoryStore.New(r, name)
}

func (s failingStore) Save(r *http.Request, w http.ResponseWriter, gs *sessions.Session) error {
	if err := s.err("save"); err != nil {
		return err
	}
	return s.memoryStore.Save(r, w, gs)
}

func TestTouchWaitsFiveSecondsAtMost(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]map[string]time.Duration{
		"as it finds": {"fetch": ever},
		"as it saves": {"save": ever},
		"in both":     {"fetch": 3 * time.Second, "save": 3 * time.Second},
		"not":         {"fetch": 2 * time.Second, "save": 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slow, store := newSlowStore()
				m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour})
				s, c := start(t, m, "user", false)
				slow.set(delay)
				began, w := time.Now(), httptest.NewRecorder()
				_, err := m.Touch(w, request(c), s)
				if name != "not" {
					outOfTime(t, name, began, 5*time.Second, err)
				} else if err != nil {
					t.Error(err)
				}
				if (len(w.Result().Cookies()) == 0) != (err != nil) {
					t.Errorf("%v, cookies %v", err, w.Result().Cookies())
				}
				time.Sleep(2 * ever)
			})
		})
	}
}

// A session that ends while the store answers is kept for a moment. To stores,
// MaxAge 0 means "delete" or "for ever".
func TestASessionThatEndsAsItIsSaved(t *testing.T) {
	t.Parallel()
	for _, zero := range []string{"delete", "forever"} {
		for _, takes := range []time.Duration{time.Second, 1500 * time.Millisecond, 3 * time.Second} {
			synctest.Test(t, func(t *testing.T) {
				slow, store := newSlowStore()
				slow.zero = zero
				slow.set(map[string]time.Duration{"new": takes})
				m := newManager(t, session.Config{Store: store, Lifetime: time.Second, StayLifetime: time.Second})
				if _, c := start(t, m, "user", true); c.MaxAge != 1 || c.Value == "" {
					t.Errorf("%s, after %v: cookie %s", zero, takes, c.Raw)
				}
				for _, rec := range slow.records {
					if time.Until(rec.until) != time.Second {
						t.Errorf("%s, after %v: kept until %v", zero, takes, rec.until)
					}
				}
			})
		}
	}
}

func TestTouchReportsWhyASessionEnded(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		if _, ok := store.(*memoryStore); ok {
			continue // it forgets the record at the same moment
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newManager(t, session.Config{Store: store, IdleTimeout: time.Hour})
				s, c := start(t, m, "user", false)
				_, other := start(t, m, "user", false)
				time.Sleep(time.Hour)
				noTouch(t, "unused", m, httptest.NewRecorder(), request(other, c, other), s, session.ErrExpired)
			})
		})
	}
}

// A user ID that fits the layout without an idle timeout, and not the other one.
func TestTouchOfACookieThatBecomesTooLong(t *testing.T) {
	t.Parallel()
	keys := []session.Key{session.NewKey()}
	without := newManager(t, session.Config{Keys: keys})
	with := newManager(t, session.Config{Keys: keys, IdleTimeout: time.Hour})
	var s session.Session
	var c *http.Cookie
	for n := 2900; ; n++ {
		w := httptest.NewRecorder()
		longer, err := without.Start(w, request(), strings.Repeat("u", n), false)
		if err != nil {
			break
		}
		s, c = longer, w.Result().Cookies()[0]
	}
	noTouch(t, "too long", with, httptest.NewRecorder(), request(c), s, session.ErrCookieTooLong)
	if _, err := with.Load(request(c)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestTouchWithToken(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.Bearer, cfg.IdleTimeout = true, time.Hour
		m := newManager(t, cfg)
		started, token, err := m.StartWithToken(httptest.NewRecorder(), request(), "user", false)
		if err != nil || started.FromToken() {
			t.Fatalf("%+v, %v", started, err)
		}
		time.Sleep(50 * time.Minute)
		r := bearing(token)
		s, err := m.Load(r)
		if err != nil || !s.FromToken() || stored(s) != started {
			t.Fatalf("%+v, %v, want %+v", s, err, started)
		}
		w := httptest.NewRecorder()
		touched, newer, err := m.TouchWithToken(w, r, s)
		if err != nil || !strings.HasPrefix(newer, "twa_") || newer == token || len(w.Header()) != 0 {
			t.Errorf("token %q, header %v, %v", newer, w.Header(), err)
		}
		if touched.ID != s.ID || !touched.IdleUntil.Equal(time.Now().Add(time.Hour)) || !touched.FromToken() {
			t.Errorf("touched %+v of %+v", touched, s)
		}
		for _, token := range []string{token, newer} {
			if got, err := m.Load(bearing(token)); err != nil || got.ID != s.ID {
				t.Errorf("before the idle end of both: %+v, %v", got, err)
			}
		}
		if got, err := m.Load(bearing(newer)); err != nil || got != touched {
			t.Errorf("%+v, %v, want %+v", got, err, touched)
		}
		time.Sleep(10 * time.Minute) // the older token's own idle end
		_, isKept := serverStores(t)[kindOf(cfg.Store)]
		if _, err := m.Load(bearing(token)); (err == nil) != isKept {
			t.Errorf("the older token at its idle end, on the server %t: %v", isKept, err)
		}
		if _, err := m.Load(bearing(newer)); err != nil {
			t.Errorf("the newer token: %v", err)
		}
		time.Sleep(50 * time.Minute)
		for _, token := range []string{token, newer} {
			if _, err := m.Load(bearing(token)); !errors.Is(err, session.ErrNoSession) {
				t.Errorf("unused: %v", err)
			}
		}
	})
}

// kindOf returns a name that serverStores has where sessions are kept on the
// server.
func kindOf(store sessions.Store) string {
	switch store.(type) {
	case *memoryStore:
		return "server, MaxAge 0 deletes"
	case *sessions.FilesystemStore:
		return "gorilla's FilesystemStore"
	}
	return ""
}

func TestTouchWithTokenWithoutBearer(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{IdleTimeout: time.Hour})
	s, c := start(t, m, "user", false)
	w := httptest.NewRecorder()
	if _, token, err := m.TouchWithToken(w, request(c), s); err != nil || token != "" || len(w.Header()) != 0 {
		t.Errorf("token %q, header %v, %v", token, w.Header(), err)
	}
}

func TestFromToken(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, idleTimeout := range []time.Duration{0, time.Hour} {
				m := newManager(t, session.Config{Store: store, Bearer: true, IdleTimeout: idleTimeout})
				w := httptest.NewRecorder()
				started, token, err := m.StartWithToken(w, request(), "user", false)
				if err != nil {
					t.Fatal(err)
				}
				c := oneCookie(t, w)
				for name, test := range map[string]struct {
					r    *http.Request
					want bool
				}{
					"cookie":                           {request(c), false},
					"token":                            {bearing(token), true},
					"token and cookie":                 {bearing(token, c), true},
					"the cookie beside an app's token": {bearing("app-token", c), false},
				} {
					s, err := m.Load(test.r)
					if err != nil || s.FromToken() != test.want {
						t.Errorf("%s: %t, %v", name, s.FromToken(), err)
					}
					touched, renewed := touch(t, m, test.r, s)
					if touched.FromToken() != test.want {
						t.Errorf("%s: touched %t", name, touched.FromToken())
					}
					if s, err := m.Load(request(renewed)); err != nil || s.FromToken() {
						t.Errorf("%s: stored with the session: %v", name, err)
					}
				}
				if started.FromToken() {
					t.Error("Start's session came by a token")
				}
			}
		})
	}
}

// What a store keeps of a touched session is the record and the site.
func TestRecordInAServerStore(t *testing.T) {
	t.Parallel()
	for idleTimeout, layout := range map[time.Duration]byte{0: 0x10, time.Hour: 0x20} {
		store := newMemoryStore("delete")
		m := newManager(t, session.Config{Store: store, IdleTimeout: idleTimeout})
		s, c := start(t, m, "user", false)
		touch(t, m, request(c), s)
		for _, rec := range store.records {
			text, _ := rec.values["twitterauth"].(string)
			b, err := base64.RawURLEncoding.DecodeString(text)
			if err != nil || len(rec.values) != 1 || b[0] != layout {
				t.Errorf("idle timeout %v: values %s, %v", idleTimeout, fmt.Sprint(rec.values), err)
			}
		}
	}
}
