//go:build unix

package peerbench

import (
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// The benchmarks of this file measure two handlers in turns, a short round of each,
// so that what else the machine does slows both down alike. A ratio is that of the
// first to the second in one and the same round: its median over all rounds, and the
// quartiles. Times are what this process computes, in the garbage collector too, and
// not what it waits for a processor.

// besideRound is about how long a turn is.
const besideRound = 10 * time.Millisecond

// beside runs two functions in turns and reports the ratio of their times.
func beside(b *testing.B, first, second func()) {
	b.Helper()
	calls := [2]func(){first, second}
	n := [2]int{callsFor(first), callsFor(second)}
	var times [2][]float64 // of a call, in each round
	for round := 0; b.Loop(); round++ {
		for turn := range calls {
			i := (turn + round) % 2 // so that neither always runs on what the other leaves to the collector
			before := computed(b)
			for range n[i] {
				calls[i]()
			}
			times[i] = append(times[i], float64(computed(b)-before)/float64(n[i]))
		}
	}
	var ratios, differences []float64
	for round, one := range times[0] {
		other := times[1][round]
		ratios, differences = append(ratios, one/other), append(differences, one-other)
	}
	b.ReportMetric(quantile(times[0], 50), "ns/first")
	b.ReportMetric(quantile(times[1], 50), "ns/second")
	b.ReportMetric(quantile(differences, 50), "ns/difference")
	b.ReportMetric(quantile(ratios, 50), "ratio")
	b.ReportMetric(quantile(ratios, 25), "ratio-q1")
	b.ReportMetric(quantile(ratios, 75), "ratio-q3")
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

// callsFor returns how many calls make a turn.
func callsFor(call func()) int {
	n, begun := 0, time.Now()
	for time.Since(begun) < besideRound {
		call()
		n++
	}
	return n
}

func quantile(values []float64, percent int) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[(len(values)-1)*percent/100]
}

// BenchmarkBesideLogin is a whole login, at an X that costs nothing.
func BenchmarkBesideLogin(b *testing.B) {
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
	b.Run("lib=twitterauth/beside=gologin", func(b *testing.B) { beside(b, ours, login(newGologinApp(k, false))) })
	b.Run("lib=oauth1/beside=gologin", func(b *testing.B) { beside(b, login(newSigningApp(k, x)), login(newGologinApp(k, false))) })
	b.Run("lib=twitterauth/beside=goth", func(b *testing.B) { beside(b, ours, login(newGothApp(k))) })
}
