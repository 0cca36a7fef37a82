package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// failure is the body of POST fail.
type failure struct {
	Step   string `json:"step"`
	Fault  string `json:"fault"`  // of kinds; "": html, with a status
	Status int    `json:"status"` // 0: that of the kind
	Times  int    `json:"times"`  // 0: until POST recover

	// What some kinds take beside the status.
	Code    int      `json:"code"`
	Seconds *float64 `json:"seconds"`
	Body    string   `json:"body"`
}

// kind is a way to fail.
type kind struct {
	status  int     // where the request has none; 0: the kind takes none
	seconds float64 // the same
	code    bool    // the kind takes one of X's error codes, and needs it
	body    bool    // the kind takes a body
	fault   func(f failure, d time.Duration) twittertest.Fault
}

// kinds are the failures of package twittertest.
var kinds = map[string]kind{
	"hang":             plain(twittertest.Hang),
	"drip":             lasting(0.1, twittertest.Drip),
	"reset":            plain(twittertest.Reset),
	"answer-lost":      plain(twittertest.AnswerLost),
	"truncate":         plain(twittertest.Truncate),
	"truncate-chunked": plain(twittertest.TruncateChunked),

	"html":               answering(http.StatusServiceUnavailable, twittertest.HTML),
	"challenge":          answering(http.StatusForbidden, twittertest.Challenge),
	"old-xml":            answering(http.StatusUnauthorized, twittertest.OldXML),
	"empty":              plain(twittertest.Empty),
	"rate-limited":       lasting(15*60, twittertest.RateLimited),
	"rate-limited-today": lasting(24*60*60, twittertest.RateLimitedToday),
	"usage-capped":       plain(twittertest.UsageCapped),
	"access-level":       plain(twittertest.AccessLevel),
	"not-confirmed":      plain(func() twittertest.Fault { return twittertest.NotConfirmed() }),
	"clock-skew":         lasting(10*60, twittertest.ClockSkew),
	"error-code": {status: http.StatusUnauthorized, code: true, fault: func(f failure, _ time.Duration) twittertest.Fault {
		return twittertest.ErrorCode(f.Status, f.Code)
	}},
	"respond": {status: http.StatusOK, body: true, fault: func(f failure, _ time.Duration) twittertest.Fault {
		return twittertest.Respond(f.Status, "application/json;charset=utf-8", f.Body)
	}},
}

func plain(fault func() twittertest.Fault) kind {
	return kind{fault: func(failure, time.Duration) twittertest.Fault { return fault() }}
}

func answering(status int, fault func(status int) twittertest.Fault) kind {
	return kind{status: status, fault: func(f failure, _ time.Duration) twittertest.Fault { return fault(f.Status) }}
}

func lasting(seconds float64, fault func(time.Duration) twittertest.Fault) kind {
	return kind{seconds: seconds, fault: func(_ failure, d time.Duration) twittertest.Fault { return fault(d) }}
}

// kindNamed finds a kind by its name, in which capitals, '-' and '_' do not count.
func kindNamed(name string) (kind, error) {
	squeezed := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	for known, k := range kinds {
		if squeezed(known) == squeezed(name) {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("there is no fault %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
}

// injected returns what a request wants to be injected.
func (f failure) injected() (twittertest.Step, twittertest.Fault, error) {
	var none twittertest.Fault
	step, err := stepNamed(f.Step)
	if err != nil {
		return "", none, err
	}
	if f.Fault == "" && f.Status == 0 {
		return "", none, errors.New("fault or status is missing")
	}
	k, err := kindNamed(cmp.Or(f.Fault, "html"))
	if err != nil {
		return "", none, err
	}
	if err := f.check(k); err != nil {
		return "", none, err
	}
	f.Status = cmp.Or(f.Status, k.status)
	seconds := k.seconds
	if f.Seconds != nil {
		seconds = *f.Seconds
	}
	return step, k.fault(f, time.Duration(seconds*float64(time.Second))), nil
}

// maxSeconds keeps a duration far from its bound.
const maxSeconds = 1_000_000_000

// check returns what in a request its kind does not take.
func (f failure) check(k kind) error {
	switch {
	case f.Times < 0:
		return errors.New("times must not be negative")
	case f.Status != 0 && k.status == 0:
		return fmt.Errorf("the fault %s takes no status", f.Fault)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return errors.New("status must be from 200 to 599")
	case f.Seconds != nil && k.seconds == 0:
		return fmt.Errorf("the fault %s takes no seconds", f.Fault)
	case f.Seconds != nil && (*f.Seconds < 0.001 || *f.Seconds > maxSeconds):
		return errors.New("seconds must be from 0.001 to a billion")
	case k.code != (f.Code != 0):
		return errors.New("error-code, and no other fault, needs code")
	case f.Body != "" && !k.body:
		return fmt.Errorf("the fault %s takes no body", f.Fault)
	}
	return nil
}

// steps are those of package twittertest.
var steps = []twittertest.Step{
	twittertest.RequestToken, twittertest.Consent, twittertest.AccessToken, twittertest.Token,
	twittertest.VerifyCredentials, twittertest.UsersMe, twittertest.Tweets, twittertest.Settings,
	twittertest.Update, twittertest.Revocation, twittertest.InvalidateToken,
}

func stepNamed(name string) (twittertest.Step, error) {
	if slices.Contains(steps, twittertest.Step(name)) {
		return twittertest.Step(name), nil
	}
	return "", fmt.Errorf("there is no step %q; there are %v", name, steps)
}
