package twitterauth

import "time"

// SetClock replaces the clock by which logins under way expire.
func (a *Auth[U]) SetClock(now func() time.Time) { a.flows.now = now }

// SetBudget replaces how long one request of a login may take.
func (a *Auth[U]) SetBudget(d time.Duration) { a.budget = d }

// CheckReturnTo is what a login does to a return_to.
func (a *Auth[U]) CheckReturnTo(target string) string { return a.returns.check(target) }

// AttemptRoundTrip encodes and decodes an attempt and says whether it came out
// as it went in.
func AttemptRoundTrip(key, secret, returnTo, data string, stay, overOAuth2, less bool) (same bool, err error) {
	in := attempt{Started: time.UnixMicro(time.Now().UnixMicro()), Key: key, Secret: secret, ReturnTo: returnTo, Data: data, Stay: stay, Less: less, LinkTo: userDigest(data)}
	if overOAuth2 {
		in.Protocol = oauth2
	}
	out, err := decodeAttempt(in.encode())
	return out == in, err
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
