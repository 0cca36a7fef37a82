package session_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/session"
)

// slowStore is a store whose calls last as long as delay says, whatever becomes
// of their request.
type slowStore struct {
	*memoryStore
	mu    sync.Mutex
	delay map[string]time.Duration // by call, as hookedStore names them
	calls atomic.Int64
}

func newSlowStore() (*slowStore, hookedStore) {
	s := &slowStore{memoryStore: newMemoryStore("delete")}
	return s, hookedStore{s.memoryStore, func(call string, _ *http.Request) {
		s.calls.Add(1)
		s.mu.Lock()
		d := s.delay[call]
		s.mu.Unlock()
		time.Sleep(d)
	}}
}

func (s *slowStore) set(delay map[string]time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = delay
}

const ever = 24 * time.Hour

// outOfTime checks that the waiting ended with the right error after that long.
func outOfTime(t *testing.T, what string, began time.Time, waits time.Duration, err error) {
	t.Helper()
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, session.ErrNoSession) || time.Since(began) != waits {
		t.Errorf("%s: after %v: %v", what, time.Since(began), err)
	}
}

func TestAStoreThatHangs(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]map[string]time.Duration{
		"in all calls":         {"new": ever, "fetch": ever, "save": ever, "delete": ever},
		"as it finds":          {"fetch": ever},
		"as it makes":          {"new": ever},
		"as it saves":          {"save": ever},
		"as it deletes":        {"delete": ever},
		"a little in all":      {"new": 2 * time.Second, "fetch": 2 * time.Second, "save": 2 * time.Second, "delete": 2 * time.Second},
		"not":                  {},
		"not for long, in all": {"new": time.Second, "fetch": time.Second, "save": time.Second, "delete": time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				slow, store := newSlowStore()
				m := newManager(t, session.Config{Store: store})
				_, c := start(t, m, "user", true)
				slow.set(delay)
				needs := func(calls ...string) (sum time.Duration) {
					for _, call := range calls {
						sum += delay[call]
					}
					return sum
				}
				check := func(what string, needs time.Duration, began time.Time, err error) {
					t.Helper()
					if needs > 5*time.Second {
						outOfTime(t, what, began, 5*time.Second, err)
					} else if err != nil || time.Since(began) != needs {
						t.Errorf("%s: after %v: %v", what, time.Since(began), err)
					}
				}
				began := time.Now()
				_, err := m.Load(request(c))
				check("Load", needs("fetch"), began, err)

				began = time.Now()
				w := httptest.NewRecorder()
				_, err = m.Start(w, request(c), "user", true)
				check("Start", needs("new", "save", "fetch", "delete"), began, err)
				if (len(w.Result().Cookies()) == 0) != (err != nil) {
					t.Errorf("Start: %v, cookies %v", err, w.Result().Cookies())
				}
				if err == nil {
					c = w.Result().Cookies()[0]
				}

				began = time.Now()
				w = httptest.NewRecorder()
				err = m.End(w, request(c))
				check("End", needs("fetch", "delete"), began, err)
				if (len(w.Result().Cookies()) == 0) != (err != nil) {
					t.Errorf("End: %v, cookies %v", err, w.Result().Cookies())
				}

				began = time.Now()
				if _, err := m.Load(request()); err != session.ErrNoSession || time.Since(began) != 0 {
					t.Errorf("a visitor without a cookie: after %v: %v", time.Since(began), err)
				}
				time.Sleep(2 * ever) // the bubble ends only if every goroutine does
			})
		})
	}
}

func TestCallsUnderOneBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow, store := newSlowStore()
		m := newManager(t, session.Config{Store: store})
		_, c := start(t, m, "user", true)
		slow.set(map[string]time.Duration{"fetch": 3 * time.Second})
		r := request(c).WithContext(storewait.WithBudget(t.Context(), 5*time.Second))
		if _, err := m.Load(r); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute) // no waiting for the store
		began := time.Now()
		_, err := m.Load(r)
		outOfTime(t, "the second Load", began, 2*time.Second, err)
		began = time.Now()
		err = m.End(httptest.NewRecorder(), r)
		outOfTime(t, "End", began, 0, err)
		if _, err := m.Load(request(c)); err != nil {
			t.Errorf("another request: %v", err)
		}
		time.Sleep(ever)
	})
}

func TestTheRequestEndsTheWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow, store := newSlowStore()
		m := newManager(t, session.Config{Store: store})
		_, c := start(t, m, "user", true)
		slow.set(map[string]time.Duration{"fetch": ever})

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := m.Load(request(c).WithContext(ctx))
		outOfTime(t, "its deadline", began, time.Second, err)

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		began = time.Now()
		_, err = m.Load(request(c).WithContext(ctx))
		if !errors.Is(err, context.Canceled) || errors.Is(err, session.ErrNoSession) || time.Since(began) != 2*time.Second {
			t.Errorf("its client goes away: after %v: %v", time.Since(began), err)
		}
		time.Sleep(ever)
	})
}

// A store that honours its request's context ends with it. What such a store
// returns then is not the news that there is no session.
func TestAStoreThatHonoursTheContext(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(s oddStore, name string, err error) (*sessions.Session, error){
		"by an error":      func(_ oddStore, _ string, err error) (*sessions.Session, error) { return nil, err },
		"by a new session": newSession,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newManager(t, session.Config{Store: contextStore{answer}})
				for range 200 { // now the store is first at the end of the time, now Load
					began := time.Now()
					_, err := m.Load(request(&http.Cookie{Name: m.CookieName(), Value: "x"}))
					outOfTime(t, "Load", began, 5*time.Second, err)
					synctest.Wait()
				}
			})
		})
	}
}

func newSession(s oddStore, name string, _ error) (*sessions.Session, error) {
	gs := sessions.NewSession(s, name)
	gs.IsNew = true
	return gs, nil
}

// contextStore waits until its request's context ends.
type contextStore struct {
	answer func(s oddStore, name string, err error) (*sessions.Session, error)
}

func (s contextStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return s.New(r, name)
}

func (s contextStore) New(r *http.Request, name string) (*sessions.Session, error) {
	<-r.Context().Done()
	return s.answer(oddStore{}, name, r.Context().Err())
}

func (s contextStore) Save(r *http.Request, _ http.ResponseWriter, _ *sessions.Session) error {
	return r.Context().Err()
}

func TestAbandonedCallsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow, store := newSlowStore()
		m := newManager(t, session.Config{Store: store})
		_, c := start(t, m, "user", true)
		slow.set(map[string]time.Duration{"fetch": ever})
		slow.calls.Store(0)
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				if _, err := m.Load(request(c)); err == nil || errors.Is(err, session.ErrNoSession) {
					t.Errorf("Load: %v", err)
				}
			})
		}
		wg.Wait()
		// 5 s of requests are waiting when the bound is reached.
		if got := slow.calls.Load(); got > 64+50 {
			t.Errorf("%d calls hang", got)
		}
		began := time.Now()
		if _, err := m.Load(request(c)); err == nil || errors.Is(err, session.ErrNoSession) || time.Since(began) != 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		slow.set(nil)
		time.Sleep(ever) // the calls return
		for range 100 {
			if _, err := m.Load(request(c)); err != nil {
				t.Fatalf("once the store has recovered: %v", err)
			}
		}
	})
}

func TestAStoreThatPanics(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"an error": errors.New("boom"), "ErrAbortHandler": http.ErrAbortHandler, "text": "boom"} {
		for _, after := range []time.Duration{0, time.Second, time.Hour} {
			t.Run(name+" after "+after.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var when string
					store := hookedStore{newMemoryStore("delete"), func(call string, _ *http.Request) {
						if call == when {
							time.Sleep(after)
							panic(value)
						}
					}}
					m := newManager(t, session.Config{Store: store})
					s, c := start(t, m, "user", true)
					for what, test := range map[string]struct {
						when string
						act  func() error
					}{
						"Load":                {"fetch", func() error { _, err := m.Load(request(c)); return err }},
						"Start":               {"save", func() error { _, err := m.Start(httptest.NewRecorder(), request(c), "user", true); return err }},
						"Touch":               {"fetch", func() error { _, err := m.Touch(httptest.NewRecorder(), request(c), s); return err }},
						"Touch as it saves":   {"save", func() error { _, err := m.Touch(httptest.NewRecorder(), request(c), s); return err }},
						"End":                 {"delete", func() error { return m.End(httptest.NewRecorder(), request(c)) }},
						"Start as it deletes": {"delete", func() error { _, err := m.Start(httptest.NewRecorder(), request(c), "user", true); return err }},
					} {
						when = test.when
						began := time.Now()
						var err error
						raised := func() (raised any) {
							defer func() { raised = recover() }()
							err = test.act()
							return nil
						}()
						if after < 5*time.Second && raised != value {
							t.Errorf("%s: raised %v, %v", what, raised, err)
						}
						if after > 5*time.Second {
							outOfTime(t, what, began, 5*time.Second, err)
						}
						time.Sleep(2 * after) // an abandoned call panics meanwhile
						synctest.Wait()
					}
				})
			})
		}
	}
}

// A call that was abandoned goes on with things of its own, while the handler
// goes on with the request. The race detector looks on.
func TestAnAbandonedCallSharesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hang atomic.Bool
		store := hookedStore{newMemoryStore("delete"), func(_ string, r *http.Request) {
			if hang.Load() {
				time.Sleep(time.Minute)
			}
			for range 100 {
				r.Header.Set("X-App", r.Header.Get("X-App")+r.URL.Path)
				r.Header.Add("Cookie", "x=y")
				r.URL.Path = "/store"
				r.ParseForm()
			}
		}}
		m := newManager(t, session.Config{Store: store})
		s, c := start(t, m, "user", true)
		hang.Store(true)
		r := request(c)
		r.Method, r.Body = "POST", io.NopCloser(strings.NewReader(strings.Repeat("a=b&", 1000)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-App", "x")
		w := httptest.NewRecorder()
		for _, act := range []func(r *http.Request) error{
			func(r *http.Request) error { _, err := m.Load(r); return err },
			func(r *http.Request) error { _, err := m.Start(w, r, "user", true); return err },
			func(r *http.Request) error { _, err := m.Touch(w, r, s); return err },
			func(r *http.Request) error { return m.End(w, r) },
		} {
			if err := act(r); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		time.Sleep(time.Minute - 20*time.Second) // the first of the calls goes on at this moment
		for range 100 {
			for _, name := range []string{"X-App", "Cookie"} {
				r.Header.Set(name, "the handler's")
				r.Header[name][0] = "changed"
			}
			r.URL.Path = "/handler"
			r.ParseForm()
			w.Header().Add("Set-Cookie", "a=b")
		}
		time.Sleep(time.Hour)
	})
}
