package twitterauth

import "time"

// SetClock replaces the clock by which logins under way expire.
func (a *Auth[U]) SetClock(now func() time.Time) { a.flows.now = now }

// SetBudget replaces how long one request of a login may take.
func (a *Auth[U]) SetBudget(d time.Duration) { a.budget = d }

// CheckReturnTo is what a login does to a return_to.
func (a *Auth[U]) CheckReturnTo(target string) string { return a.returns.check(target) }

// AttemptRoundTrip encodes and decodes an attempt with that return_to and data.
func AttemptRoundTrip(returnTo, data string, stay bool) (gotReturnTo, gotData string, gotStay bool, err error) {
	t, err := decodeAttempt(attempt{Started: time.Now(), Key: "k", Secret: "s", ReturnTo: returnTo, Data: data, Stay: stay}.encode())
	return t.ReturnTo, t.Data, t.Stay, err
}

// DecodeAttempt decodes junk.
func DecodeAttempt(b []byte) error {
	_, err := decodeAttempt(b)
	return err
}

// ReadQuery is what a callback's query is held to.
func ReadQuery(raw string) bool {
	_, e := readQuery(raw)
	return e == nil
}
