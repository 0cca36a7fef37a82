package session_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/session"
)

const day = 24 * time.Hour

// visitor is a person's browser. It keeps one cookie for as long as its Max-Age
// says.
type visitor struct {
	m       *session.Manager
	cookie  *http.Cookie
	until   time.Time // zero: until the browser closes
	renewed int
}

func newVisitor(t *testing.T, m *session.Manager, stay bool) *visitor {
	v := &visitor{m: m}
	_, c := start(t, m, "user", stay)
	v.keep(c)
	return v
}

func (v *visitor) keep(c *http.Cookie) {
	v.cookie, v.until = c, time.Time{}
	if c.MaxAge > 0 {
		v.until = time.Now().Add(time.Duration(c.MaxAge) * time.Second)
	}
}

func (v *visitor) request() *http.Request {
	if !v.until.IsZero() && !time.Now().Before(v.until) {
		return request()
	}
	return request(v.cookie)
}

// visit is a page visit as package twitterauth serves it.
func (v *visitor) visit(t *testing.T) (session.Session, error) {
	t.Helper()
	r := v.request()
	s, err := v.m.Load(r)
	if err != nil || s.IdleUntil.IsZero() || time.Since(s.LastSeen) <= s.IdleUntil.Sub(s.LastSeen)/20 {
		return s, err
	}
	w := httptest.NewRecorder()
	touched, err := v.m.Touch(w, r, s)
	if err != nil {
		t.Fatalf("Touch: %v", err)
	}
	if touched.ID != s.ID || touched.UserID != s.UserID || !touched.IssuedAt.Equal(s.IssuedAt) || !touched.ExpiresAt.Equal(s.ExpiresAt) || touched.StayLoggedIn != s.StayLoggedIn {
		t.Fatalf("Touch made %+v of %+v", touched, s)
	}
	if !touched.LastSeen.Equal(time.Now()) || touched.IdleUntil.Before(s.IdleUntil) || touched.IdleUntil.After(s.ExpiresAt) {
		t.Fatalf("at %v, Touch made %+v of %+v", time.Now(), touched, s)
	}
	v.keep(oneCookie(t, w))
	v.renewed++
	if got, err := v.m.Load(v.request()); err != nil || got != touched {
		t.Fatalf("loaded %+v, %v, touched %+v", got, err, touched)
	}
	return touched, nil
}

func oneCookie(t *testing.T, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	return cookies[0]
}

// onEachStore runs a test in a bubble of its own for each kind of store.
func onEachStore(t *testing.T, test func(t *testing.T, cfg session.Config)) {
	for kind, store := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				test(t, session.Config{Keys: []session.Key{session.NewKey()}, Store: store})
			})
		})
	}
}

func TestDailyVisitsKeepAPersonSignedIn(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.StayLifetime, cfg.StayIdleTimeout = 365*day, 30*day
		v := newVisitor(t, newManager(t, cfg), true)
		end := time.Now().Add(365 * day)
		for range 364 {
			time.Sleep(day)
			if s, err := v.visit(t); err != nil || !s.ExpiresAt.Equal(end) {
				t.Fatalf("%v before the absolute end: %+v, %v", time.Until(end), s, err)
			}
		}
		if v.renewed < 180 || v.renewed > 364 {
			t.Errorf("%d renewals", v.renewed)
		}
		time.Sleep(time.Until(end) - time.Second)
		if s, err := v.visit(t); err != nil || !s.IdleUntil.Equal(end) {
			t.Errorf("a second before the absolute end: %+v, %v", s, err)
		}
		time.Sleep(time.Second)
		if _, err := v.visit(t); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("at the absolute end: %v", err)
		}
		// Nothing but the cookie's own end hides the session's end.
		if _, err := v.m.Load(request(v.cookie)); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("at the absolute end, the cookie was copied: %v", err)
		}
	})
}

func TestTimeAway(t *testing.T) {
	t.Parallel()
	for _, used := range []time.Duration{0, day, 36 * time.Hour, 100 * day} { // up to 36 hours nothing is renewed
		for away, signedIn := range map[time.Duration]bool{28 * day: true, 31 * day: false} {
			onEachStore(t, func(t *testing.T, cfg session.Config) {
				cfg.StayLifetime, cfg.StayIdleTimeout = 365*day, 30*day
				v := newVisitor(t, newManager(t, cfg), true)
				for began := time.Now(); time.Since(began) < used; {
					time.Sleep(12 * time.Hour)
					if _, err := v.visit(t); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(away)
				copied := request(v.cookie)
				if _, err := v.m.Load(copied); (err == nil) != signedIn || err != nil && !errors.Is(err, session.ErrNoSession) {
					t.Errorf("used for %v, away for %v: %v", used, away, err)
				}
				if _, err := v.visit(t); (err == nil) != signedIn {
					t.Errorf("used for %v, away for %v: %v", used, away, err)
				}
			})
		}
	}
}

// The end by disuse has the cause that the absolute end has.
func TestUnusedSessionsHaveExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, session.Config{IdleTimeout: time.Minute})
		s, c := start(t, m, "user", false)
		time.Sleep(time.Until(s.IdleUntil) - time.Microsecond)
		if got, err := m.Load(request(c)); err != nil || got != s {
			t.Errorf("just before its idle end: %+v, %v", got, err)
		}
		time.Sleep(time.Microsecond)
		if _, err := m.Load(request(c)); !errors.Is(err, session.ErrExpired) || !errors.Is(err, session.ErrNoSession) {
			t.Errorf("at its idle end: %v", err)
		}
	})
}

func TestIdleTimeoutWithoutStayLoggedIn(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.IdleTimeout = 30 * time.Minute
		m := newManager(t, cfg)
		v := newVisitor(t, m, false)
		for began := time.Now(); time.Since(began) < day-20*time.Minute; {
			time.Sleep(20 * time.Minute)
			if _, err := v.visit(t); err != nil {
				t.Fatalf("after %v: %v", time.Since(began), err)
			}
			if v.cookie.MaxAge != 0 || !v.cookie.Expires.IsZero() {
				t.Fatalf("the cookie outlives the browser: %s", v.cookie.Raw)
			}
		}
		time.Sleep(20 * time.Minute)
		if _, err := v.visit(t); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("at the absolute end: %v", err)
		}
		v = newVisitor(t, m, false)
		time.Sleep(30 * time.Minute)
		if _, err := v.visit(t); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("unused: %v", err)
		}
		v = newVisitor(t, m, true) // StayIdleTimeout is not set
		time.Sleep(29 * day)
		if s, err := v.visit(t); err != nil || !s.IdleUntil.IsZero() || !s.LastSeen.Equal(s.IssuedAt) {
			t.Errorf("with stayLoggedIn: %+v, %v", s, err)
		}
	})
}

func TestMaxAgeFollowsTheSessionsEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stay     bool
		idle     time.Duration // of both kinds
		after    time.Duration // the time of the renewal
		started  time.Duration // Max-Age, and how long a server-side store keeps the record
		touched  time.Duration
		browsers bool // the cookie has a Max-Age
	}{
		"stay":                        {true, 10 * day, day, 10 * day, 10 * day, true},
		"stay, close to the idle end": {true, 10 * day, 9*day + 23*time.Hour + 500*time.Millisecond, 10 * day, 10 * day, true},
		"stay, no idle timeout":       {true, 0, day, 30 * day, 29 * day, true},
		"stay, no idle timeout, after half a day": {true, 0, day/2 + time.Millisecond, 30 * day, 29*day + day/2, true},
		"not stay":                  {false, time.Hour, time.Minute, time.Hour, time.Hour, false},
		"not stay, no idle timeout": {false, 0, time.Hour, day, 23 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"sealed", "server"} {
				synctest.Test(t, func(t *testing.T) {
					cfg, memory := session.Config{StayIdleTimeout: test.idle}, newMemoryStore("delete")
					if !test.stay {
						cfg = session.Config{IdleTimeout: test.idle}
					}
					if kind == "server" {
						cfg.Store = memory
					}
					m := newManager(t, cfg)
					check := func(what string, c *http.Cookie, lasts time.Duration) {
						t.Helper()
						maxAge := int(lasts / time.Second)
						if !test.browsers {
							maxAge = 0
						}
						if c.MaxAge != maxAge || c.Expires.IsZero() == test.browsers {
							t.Errorf("%s, %s: Max-Age %d, Expires %v, want %d", kind, what, c.MaxAge, c.Expires, maxAge)
						}
						for _, rec := range memory.records {
							if kept := time.Until(rec.until); kept != lasts {
								t.Errorf("%s: the record is kept for %v, want %v", what, kept, lasts)
							}
						}
					}
					s, c := start(t, m, "user", test.stay)
					check("Start", c, test.started)
					time.Sleep(test.after)
					w := httptest.NewRecorder()
					if _, err := m.Touch(w, request(c), s); err != nil {
						t.Fatal(err)
					}
					check("Touch", oneCookie(t, w), test.touched)
				})
			}
		})
	}
}

func TestMaxAgeAtTheAbsoluteEnd(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		cfg.StayIdleTimeout = 29 * day
		m := newManager(t, cfg)
		s, c := start(t, m, "user", true)
		time.Sleep(20*day + 500*time.Millisecond)
		w := httptest.NewRecorder()
		touched, err := m.Touch(w, request(c), s)
		if err != nil || !touched.IdleUntil.Equal(s.ExpiresAt) || !touched.ExpiresAt.Equal(s.ExpiresAt) {
			t.Errorf("%+v, %v", touched, err)
		}
		if got := oneCookie(t, w).MaxAge; got != 10*24*3600 { // half a second less, rounded up
			t.Errorf("Max-Age %d", got)
		}
	})
}

// Rolling deployment, and a change of the setting: whoever reads a session, with
// and without an idle timeout.
func TestLayoutsInEveryConfiguration(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		without, with, longer := cfg, cfg, cfg
		with.StayIdleTimeout, longer.StayIdleTimeout = 10*day, 20*day
		managers := map[string]*session.Manager{"no timeout": newManager(t, without), "10 days": newManager(t, with), "20 days": newManager(t, longer)}
		timeouts := map[string]time.Duration{"10 days": 10 * day, "20 days": 20 * day}
		for from, writer := range managers {
			for to, reader := range managers {
				s, c := start(t, writer, "user", true)
				time.Sleep(time.Hour)
				want := s
				if from == "no timeout" && to != "no timeout" { // it counts as seen now
					want.IdleUntil = time.Now().UTC().Add(timeouts[to])
				}
				got, err := reader.Load(request(c))
				if err != nil || got != want || !got.LastSeen.Equal(s.IssuedAt) {
					t.Errorf("from %s to %s: %+v, %v, want %+v", from, to, got, err, want)
				}
				w := httptest.NewRecorder()
				touched, err := reader.Touch(w, request(c), got)
				if to != "no timeout" {
					want.LastSeen, want.IdleUntil = time.Now().UTC(), time.Now().UTC().Add(timeouts[to])
				}
				if err != nil || touched != want {
					t.Errorf("from %s to %s: touched %+v, %v, want %+v", from, to, touched, err, want)
				}
				if got, err := reader.Load(request(oneCookie(t, w))); err != nil || got != want {
					t.Errorf("from %s to %s: after Touch %+v, %v, want %+v", from, to, got, err, want)
				}
			}
		}
	})
}

// A session from before counts as seen now until its first renewal, even close to
// its absolute end.
func TestSettingATimeoutSignsNobodyOut(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, cfg session.Config) {
		_, c := start(t, newManager(t, cfg), "user", true)
		cfg.StayIdleTimeout = 2 * time.Minute
		v := &visitor{m: newManager(t, cfg)}
		v.keep(c)
		time.Sleep(30*day - time.Minute)
		s, err := v.m.Load(v.request())
		if err != nil || !s.IdleUntil.Equal(s.ExpiresAt) || !s.LastSeen.Equal(s.IssuedAt) {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := v.visit(t); err != nil || v.renewed != 1 {
			t.Errorf("%d renewals, %v", v.renewed, err)
		}
		time.Sleep(time.Minute)
		if _, err := v.visit(t); !errors.Is(err, session.ErrNoSession) {
			t.Errorf("at the absolute end: %v", err)
		}
	})
}

func TestIdleTimeoutsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cfg   session.Config
		field string // "": accepted
		words string
	}{
		"none":                          {session.Config{}, "", ""},
		"a minute":                      {session.Config{IdleTimeout: time.Minute, StayIdleTimeout: time.Minute}, "", ""},
		"just below the lifetimes":      {session.Config{IdleTimeout: day - 1, StayIdleTimeout: 30*day - 1}, "", ""},
		"as long as the lifetime":       {session.Config{IdleTimeout: day}, "IdleTimeout", "longer Lifetime"},
		"longer than the lifetime":      {session.Config{Lifetime: time.Hour, IdleTimeout: 2 * time.Hour}, "IdleTimeout", "longer Lifetime"},
		"as long as the stay lifetime":  {session.Config{StayIdleTimeout: 30 * day}, "StayIdleTimeout", "longer StayLifetime"},
		"longer than the stay lifetime": {session.Config{StayIdleTimeout: 365 * day}, "StayIdleTimeout", "longer StayLifetime"},
		"less than a minute":            {session.Config{IdleTimeout: time.Minute - 1}, "IdleTimeout", "30*time.Minute"},
		"no unit":                       {session.Config{StayIdleTimeout: 30}, "StayIdleTimeout", "30*time.Minute"},
		"negative":                      {session.Config{IdleTimeout: -time.Hour}, "IdleTimeout", "0 for no idle timeout"},
		"negative, stay":                {session.Config{StayIdleTimeout: -1}, "StayIdleTimeout", "0 for no idle timeout"},
	} {
		test.cfg.Keys = []session.Key{session.NewKey()}
		_, err := session.New(test.cfg)
		var mistake *session.ConfigError
		switch {
		case test.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.field == "":
		case !errors.As(err, &mistake) || mistake.Field != test.field || !strings.Contains(mistake.Reason, test.words) || strings.Count(err.Error(), "\n") > 0:
			t.Errorf("%s: %v", name, err)
		}
	}
}
