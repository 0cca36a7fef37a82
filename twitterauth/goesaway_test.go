package twitterauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/internal/xapi"
	"twitterlogin.example/twitterauth/twittertest"
)

// Some tests here are not parallel, because they look at the goroutines of the
// process.

// watched is an app whose answers are counted, byte by byte.
type watched struct {
	http.Handler
	ended   chan struct{} // one for each request that is over
	written atomic.Int64  // headers and bodies
}

func (w *watched) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	defer func() { w.ended <- struct{}{} }()
	w.Handler.ServeHTTP(&countingWriter{rw, &w.written}, r)
}

type countingWriter struct {
	http.ResponseWriter
	written *atomic.Int64
}

func (w *countingWriter) Write(b []byte) (int, error) {
	w.written.Add(1)
	return w.ResponseWriter.Write(b)
}

func (w *countingWriter) WriteHeader(status int) {
	w.written.Add(1)
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// underWay are the packages whose functions are on the stack of a login that has
// not ended, and of an X that still works on it. TestClientGoesAway shows that
// they are seen.
var underWay = []string{
	reflect.TypeFor[twitterauth.Config]().PkgPath() + ".",
	reflect.TypeFor[xapi.Config]().PkgPath() + ".",
	reflect.TypeFor[twittertest.Server]().PkgPath() + ".",
}

func nothingUnderWay() bool {
	all := stacks()
	for _, part := range underWay {
		if strings.Contains(all, part) {
			return false
		}
	}
	return true
}

// A visitor who gives up ends what is done for them, wherever it is, and gets
// nothing; the next one is served.
func TestClientGoesAway(t *testing.T) {
	before := runtime.NumGoroutine()
	for name, step := range map[string]twittertest.Step{
		"at request_token": atRequestToken, "at access_token": atAccessToken, "at the profile": atProfile,
		"at UserForLogin": "", "at UserByID": "",
	} {
		for _, fault := range []twittertest.Fault{twittertest.Hang(), twittertest.Drip(time.Millisecond)} {
			t.Run(name, func(t *testing.T) {
				s := newSite(t)
				app := &watched{Handler: s.auth, ended: make(chan struct{}, 10)}
				server := httptest.NewServer(app)
				t.Cleanup(server.Close)
				b := s.browser(t)

				method, path := "POST", "/auth/twitter/login"
				if step != atRequestToken {
					method, path = "GET", strings.TrimPrefix(b.approve(b.start(nil), ada), s.URL)
				}
				s.x.ResetRequests()
				s.x.Fail(step, fault)
				reached := func() bool { return s.x.Count(step) == 1 }
				asked, seen := make(chan struct{}, 1), make(chan error, 1)
				wait := func(ctx context.Context) {
					asked <- struct{}{}
					<-ctx.Done()
					seen <- ctx.Err()
				}
				switch name { // stores that do not care that their caller has gone
				case "at UserForLogin":
					s.users.onLogin = func(ctx context.Context, _ twitterauth.Login) (string, error) {
						wait(ctx)
						return "u1", nil
					}
					reached = func() bool { return len(asked) == 1 }
				case "at UserByID":
					s.users.onByID = func(ctx context.Context, _ string) (*user, error) {
						wait(ctx)
						return &user{ID: "u1"}, nil
					}
					reached = func() bool { return len(asked) == 1 }
				}

				ctx, goAway := context.WithCancel(t.Context())
				r, err := http.NewRequestWithContext(ctx, method, server.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				gone := make(chan error, 1)
				go func() {
					resp, err := b.http.Do(r)
					if err == nil {
						resp.Body.Close()
					}
					gone <- err
				}()
				eventually(t, "the request did not get there", reached)
				if nothingUnderWay() {
					t.Error("this test does not see what still runs")
				}
				goAway()
				if err := <-gone; !errors.Is(err, context.Canceled) {
					t.Errorf("the client saw %v", err)
				}
				<-app.ended
				if n := app.written.Load(); n != 1 {
					t.Errorf("%d writes instead of a status alone", n)
				}
				if step == "" {
					if err := <-seen; !errors.Is(err, context.Canceled) {
						t.Errorf("the store saw %v", err)
					}
				} else if n := s.x.Count(step); n != 1 {
					t.Errorf("X was asked %d times", n)
				}
				eventually(t, "something goes on", nothingUnderWay)
				if log := s.log.String(); !strings.Contains(log, "the client went away") || strings.Contains(log, "level=ERROR") {
					t.Errorf("the log says %s", log)
				}
				if b.hasSession() {
					t.Error("a session was begun")
				}

				s.x.Recover()
				s.users.onLogin, s.users.onByID = nil, nil
				b.login(ada, nil)
			})
		}
	}
	eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before })
}

// A client that gives up in the queue before X is not waited for, and takes no
// place.
func TestClientGoesAwayInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64 // calls to X, each of which hangs
		cfg := goodConfig()
		cfg.MaxLogins = 1
		cfg.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		auth, err := twitterauth.New(newMemory(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		begin := func(ctx context.Context) <-chan *httptest.ResponseRecorder {
			answer := make(chan *httptest.ResponseRecorder, 1)
			go func() { answer <- record(auth, newRequest("POST", "/auth/twitter/login").WithContext(ctx)) }()
			synctest.Wait() // until it waits for X, or for its place
			return answer
		}
		first, ends := context.WithCancel(t.Context())
		firstAnswer := begin(first)
		second, goAway := context.WithCancel(t.Context())
		secondAnswer := begin(second)
		if n := asked.Load(); n != 1 {
			t.Fatalf("X was asked %d times, so nothing waits in the queue", n)
		}
		goAway()
		if w := <-secondAnswer; w.Code != 503 || w.Body.Len() != 0 || len(w.Result().Cookies()) != 0 || asked.Load() != 1 {
			t.Errorf("%d %v %s; X was asked %d times", w.Code, w.Header(), w.Body, asked.Load())
		}
		ends()
		<-firstAnswer
		third, ends := context.WithCancel(t.Context())
		thirdAnswer := begin(third)
		if n := asked.Load(); n != 2 {
			t.Errorf("the place is not free: X was asked %d times", n)
		}
		ends()
		<-thirdAnswer
	})
}

// No client is left: the response is a status alone, and X's call ends.
func TestClientGoesAwayDuringTheExchange(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		g := gate{make(chan string), make(chan struct{})}
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: passing{g, p.exchange}} }))
		b := s.browser(t)
		r := newRequest("GET", pathAndQuery(b.approve(b.start(nil), ada)))
		for name, value := range b.cookies() {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-g.reached; cancel() }()
		w := record(s.auth, r.WithContext(ctx))
		if w.Code != 503 || len(w.Result().Cookies()) != 0 || w.Body.Len() != 0 || s.x.Count(p.exchange) != 0 || len(s.users.all()) != 0 {
			t.Errorf("%d %v %s", w.Code, w.Result().Cookies(), w.Body)
		}
		close(g.open)
		if r := b.get(r.URL.String()); r.StatusCode != http.StatusSeeOther { // X was not reached: the address is still good
			t.Errorf("again: %d %s", r.StatusCode, r.body)
		}
	})
}

// passing is a gate for one step's calls.
type passing struct {
	gate gate
	step twittertest.Step
}

func (t passing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, string(t.step)) {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.gate.RoundTrip(r)
}

// A client that goes away while the store is asked causes no alarm.
func TestClientGoesAwayFromAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.login(ada, nil)
	for name, guard := range map[string]func(http.Handler) http.Handler{"RequireUser": s.auth.RequireUser, "LoadUser": s.auth.LoadUser} {
		ctx, cancel := context.WithCancel(t.Context())
		s.users.onByID = func(ctx context.Context, _ string) (*user, error) {
			cancel()
			return nil, ctx.Err()
		}
		r := newRequest("GET", "/").WithContext(ctx)
		for cookie, value := range b.cookies() {
			r.AddCookie(&http.Cookie{Name: cookie, Value: value})
		}
		if w := record(guard(http.HandlerFunc(s.page)), r); len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: %v", name, w.Result().Cookies())
		}
	}
	if log := s.log.String(); strings.Contains(log, "level=ERROR") || strings.Count(log, "the client went away") != 2 {
		t.Errorf("the log says %s", log)
	}
}

// Visitors without a session share one error, of which nothing may be changed, also
// where they have gone. The race detector finds what is.
func TestAnonymousVisitorsGoAwayAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	account := s.auth.RequireUser(http.HandlerFunc(s.page))
	gone, goAway := context.WithCancel(t.Context())
	goAway()
	var visitors sync.WaitGroup
	for range 8 {
		visitors.Go(func() {
			if w := record(account, newRequest("GET", "/account").WithContext(gone)); w.Code != http.StatusServiceUnavailable || w.Body.Len() > 0 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	visitors.Wait()
}

// After each fault nothing of that login runs on, here or at X, while X and the
// app stay up; and when they are gone, nothing at all.
func TestFaultsLeaveNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("faults", func(t *testing.T) {
		for name, fault := range faultsOfX(t) {
			t.Run(name, func(t *testing.T) { // whose servers are closed before the next, because each stack is read
				x := twittertest.NewTLSServer()
				for _, step := range fault.steps {
					s := newFaultySite(t, x, fault, step)
					b := s.browser(t)
					if r := s.reach(b); r.StatusCode != fault.status {
						t.Errorf("at %s: %d", step, r.StatusCode)
					}
					eventually(t, "at "+string(step)+" something is left", nothingUnderWay)
					s.mend()
				}
			})
		}
	})
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() <= before })
}
