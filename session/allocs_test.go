//go:build !race

package session_test

import (
	"net/http"
	"testing"
	"time"

	"twitterlogin.example/session"
)

// The race detector allocates by itself, so this runs without it.
func TestAllocationsOfLoad(t *testing.T) {
	key := session.NewKey()
	without := newManager(t, session.Config{Keys: []session.Key{key}, Bearer: true})
	with := newManager(t, session.Config{Keys: []session.Key{key}, Bearer: true, StayIdleTimeout: time.Hour})
	_, older := start(t, without, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
	_, newer := start(t, with, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
	for name, m := range map[string]*session.Manager{"without an idle timeout": without, "with an idle timeout": with} {
		for layout, c := range map[string]*http.Cookie{"old": older, "new": newer} {
			signedIn := request(c)
			if got := testing.AllocsPerRun(100, func() { m.Load(signedIn) }); got > 1 {
				t.Errorf("%s, %s layout: %v allocations, at most 1 is allowed: the text of both IDs", name, layout, got)
			}
		}
		nobody := request()
		if got := testing.AllocsPerRun(100, func() { m.Load(nobody) }); got > 0 {
			t.Errorf("%s: %v allocations without a cookie", name, got)
		}
	}
}
