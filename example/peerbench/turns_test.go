//go:build unix

package peerbench

import (
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// The benchmarks of this file measure two handlers in turns, a short turn of each, so
// that what else the machine does slows both down alike. A ratio is the first's time
// divided by the second's in the same round. Its median over all rounds is reported,
// and the quartiles. Times are what this process computes, in the garbage collector
// too, and not what it waits for a processor.

// turnLength is about how long a turn is. A login's garbage is collected several
// times in it.
const turnLength = 50 * time.Millisecond

// inTurns runs two functions in turns and reports the ratio of their times.
func inTurns(b *testing.B, first, second func()) {
	b.Helper()
	calls := [2]func(){first, second}
	n := [2]int{callsFor(b, first), callsFor(b, second)}
	var times [2][]float64 // of a call, in each round
	for round := 0; b.Loop(); round++ {
		for turn := range calls {
			i := (turn + round) % 2
			runtime.GC() // because a turn must not pay for the other's garbage
			before := computed(b)
			for range n[i] {
				calls[i]()
			}
			times[i] = append(times[i], float64(computed(b)-before)/float64(n[i]))
		}
	}
	reportTurns(b, times, "")
}

// reportTurns reports the times of two functions, in nanoseconds for each round.
func reportTurns(b *testing.B, times [2][]float64, of string) {
	b.Helper()
	var ratios, differences []float64
	for round, one := range times[0] {
		other := times[1][round]
		ratios, differences = append(ratios, one/other), append(differences, one-other)
	}
	b.ReportMetric(quantile(times[0], 50), of+"ns/first")
	b.ReportMetric(quantile(times[1], 50), of+"ns/second")
	b.ReportMetric(quantile(differences, 50), of+"ns/difference")
	b.ReportMetric(quantile(ratios, 50), of+"ratio")
	b.ReportMetric(quantile(ratios, 25), of+"ratio-q1")
	b.ReportMetric(quantile(ratios, 75), of+"ratio-q3")
	b.ReportMetric(0, "ns/op") // of two turns, which says nothing
}

// computed returns the processor time that this process has used.
func computed(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// callsFor returns how many calls make a turn, by processor time: a call that had to
// wait for a processor would make its turns too short.
func callsFor(b *testing.B, call func()) int {
	const batch = 8
	n, before := 0, computed(b)
	for computed(b)-before < turnLength {
		for range batch {
			call()
		}
		n += batch
	}
	return n
}

func quantile(values []float64, percent int) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[(len(values)-1)*percent/100]
}

// BenchmarkTurnsLogin is a whole login, at an X that costs nothing.
func BenchmarkTurnsLogin(b *testing.B) {
	k, x := keys{"key", "secret"}, &memoryX{}
	asDefaultTransport(b, x)
	login := func(a app) func() {
		return func() {
			if err := a.login(approveAny); err != nil {
				b.Fatal(err)
			}
		}
	}
	ours := login(newTwitterauthApp(b, k, func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: x} }))
	b.Run("lib=twitterauth/against=gologin", func(b *testing.B) { inTurns(b, ours, login(newGologinApp(k, false))) })
	b.Run("lib=oauth1/against=gologin", func(b *testing.B) { inTurns(b, login(newSigningApp(k, x)), login(newGologinApp(k, false))) })
	b.Run("lib=twitterauth/against=goth", func(b *testing.B) { inTurns(b, ours, login(newGothApp(k))) })
}

// BenchmarkTurnsAnonymous is a page without a session through LoadUser, and a handler
// that sets one header and does nothing else.
func BenchmarkTurnsAnonymous(b *testing.B) {
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Vary", "Cookie") })
	loadUser := newAuth(b, newUsers(), nil).LoadUser(page)
	for _, with := range anonymousRequests {
		b.Run("cookies="+with.name+"/lib=twitterauth/against=one-header", func(b *testing.B) {
			r := pageRequest(with.cookies...)
			inTurns(b, serving(loadUser, r), serving(bare, r))
		})
	}
}

// BenchmarkTurnsSession is a page of a person who is logged in, and go-pkgz/auth's.
func BenchmarkTurnsSession(b *testing.B) {
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	store := newUsers(&user{ID: userID})
	idle := func(c *twitterauth.Config) { c.Session.StayIdleTimeout = 24 * time.Hour } // which does not become due here
	for _, with := range []struct {
		name   string
		store  twitterauth.UserStore[*user]
		change func(*twitterauth.Config)
	}{
		{"plain", store, nil},
		{"keeper", &keeper{users: store}, nil},
		{"idle-not-due", store, idle},
		{"keeper-idle-not-due", &keeper{users: store}, idle},
	} {
		b.Run("session="+with.name+"/lib=twitterauth/against=gopkgz", func(b *testing.B) {
			auth := newAuth(b, with.store, with.change)
			theirs, r, _ := gopkgzRequest(b)
			inTurns(b, serving(auth.RequireUser(page), pageRequest(sessionCookie(b, auth, userID))), serving(theirs, r))
		})
	}
}

// serving returns a function that serves a request.
func serving(h http.Handler, r *http.Request) func() {
	w := nullWriter{http.Header{}}
	return func() {
		clear(w.h)
		h.ServeHTTP(w, r)
	}
}

// BenchmarkTurnsRush is 200 browsers that log in at once over connections that are
// open, again and again. "wall-" is how long the rush takes, the answers of X, each
// after 50 ms, included; "cpu-" is what both sides of it compute.
func BenchmarkTurnsRush(b *testing.B) {
	log.SetOutput(io.Discard)
	b.Cleanup(func() { log.SetOutput(os.Stderr) })
	trustStandIn()
	b.Run("proto=h2/state=warm/lib=twitterauth/against=gologin", func(b *testing.B) {
		ours, theirs := lenientX(), lenientX()
		t, was := defaultTransportTo(theirs, true), http.DefaultTransport
		http.DefaultTransport = t
		b.Cleanup(func() {
			http.DefaultTransport = was
			t.CloseIdleConnections()
			ours.close()
			theirs.close()
		})
		apps := [2]app{rushLibs[0].app(b, ours), newGologinApp(theirs.keys, true)}
		var wall, cpu [2][]float64
		rushOf := func(i int) {
			runtime.GC() // because a rush must not pay for the other's garbage
			begun, before := time.Now(), computed(b)
			if each, err := rush(apps[i], [2]rushX{ours, theirs}[i]); len(each) < rushBrowsers {
				b.Fatal(err)
			}
			wall[i] = append(wall[i], float64(time.Since(begun)))
			cpu[i] = append(cpu[i], float64(computed(b)-before))
		}
		for i := range apps { // opens the connections
			rushOf(i)
			wall[i], cpu[i] = nil, nil
		}
		for round := 0; b.Loop(); round++ {
			rushOf(round % 2)
			rushOf((round + 1) % 2)
		}
		reportTurns(b, wall, "wall-")
		reportTurns(b, cpu, "cpu-")
	})
}
