package peerbench

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// The benchmarks of this file measure two handlers in turns, a short round of each,
// so that what else the machine does slows both down alike. The ratio is that of
// the first to the second in one and the same round: its median over all rounds,
// and the quartiles.

// besideRound is how long one turn is.
const besideRound = 10 * time.Millisecond

// beside runs two functions in turns and reports the ratio of their times.
func beside(b *testing.B, first, second func()) {
	b.Helper()
	n := [2]int{callsFor(first), callsFor(second)}
	turn := func(i int, call func()) float64 {
		begun := time.Now()
		for range n[i] {
			call()
		}
		return float64(time.Since(begun)) / float64(n[i])
	}
	var times [2][]float64
	var ratios, differences []float64
	for b.Loop() {
		var one, other float64
		if len(ratios)%2 == 0 { // neither always runs on what the other leaves to the collector
			one, other = turn(0, first), turn(1, second)
		} else {
			other, one = turn(1, second), turn(0, first)
		}
		times[0], times[1] = append(times[0], one), append(times[1], other)
		ratios, differences = append(ratios, one/other), append(differences, one-other)
	}
	b.ReportMetric(quantile(times[0], 50), "ns/first")
	b.ReportMetric(quantile(times[1], 50), "ns/second")
	b.ReportMetric(quantile(differences, 50), "ns/difference")
	b.ReportMetric(quantile(ratios, 50), "ratio")
	b.ReportMetric(quantile(ratios, 25), "ratio-q1")
	b.ReportMetric(quantile(ratios, 75), "ratio-q3")
	b.ReportMetric(0, "ns/op") // of a pair of turns, which says nothing
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
	b.Run("lib=twitterauth/beside=goth", func(b *testing.B) { beside(b, ours, login(newGothApp(k))) })
}
