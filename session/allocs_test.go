//go:build !race

package session_test

import (
	"testing"

	"twitterlogin.example/session"
)

// The race detector allocates by itself, so this runs without it.
func TestAllocationsOfLoad(t *testing.T) {
	m := newManager(t, session.Config{Bearer: true})
	_, c := start(t, m, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
	signedIn, nobody := request(c), request()
	if got := testing.AllocsPerRun(100, func() { m.Load(signedIn) }); got > 1 {
		t.Errorf("%v allocations, at most 1 is allowed: the text of both IDs", got)
	}
	if got := testing.AllocsPerRun(100, func() { m.Load(nobody) }); got > 0 {
		t.Errorf("%v allocations without a cookie", got)
	}
}
