package storetest

import (
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// RunWithin is Run with another bound for a call of the store.
func RunWithin[U any](t *testing.T, patience time.Duration, open func(*testing.T) twitterauth.UserStore[U], opts ...Option[U]) {
	t.Helper()
	run(t, patience, open, opts...)
}
