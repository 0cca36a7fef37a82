package twitterauth

import "time"

// SetClock replaces the clock by which pending logins and apps' codes expire.
func (a *Auth[U]) SetClock(now func() time.Time) {
	a.server.attempts, a.server.codes = a.server.attempts.At(now), a.server.codes.At(now)
}

// SetBudget replaces how long one request of a login may take.
func (a *Auth[U]) SetBudget(d time.Duration) { a.server.budget = d }

// RememberedEnds returns how many ended logins are remembered after n of them, and
// whether the login that was so many before the last can end again.
func RememberedEnds(n, before int) (remembered int, again bool) {
	ends := newLoginEnds()
	id := func(i int) loginID { return loginID{byte(i), byte(i >> 8), byte(i >> 16)} }
	for i := range n {
		ends.succeed(id(i))
	}
	return len(ends.newer) + len(ends.older), ends.succeed(id(n - 1 - before))
}
