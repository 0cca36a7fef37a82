package twitterauth

import (
	"crypto/rand"
	"time"
)

// SetClock replaces the clock by which pending logins and apps' codes expire.
func (a *Auth[U]) SetClock(now func() time.Time) {
	a.server.attempts, a.server.codes = a.server.attempts.At(now), a.server.codes.At(now)
}

// SetBudget replaces how long one request of a login may take.
func (a *Auth[U]) SetBudget(d time.Duration) { a.server.budget = d }

// EndOtherLogins makes n logins end that no request has begun.
func (a *Auth[U]) EndOtherLogins(n int) {
	for range n {
		var id loginID
		_, _ = rand.Read(id[:]) // which never fails
		a.server.ends.succeed(id)
	}
}
