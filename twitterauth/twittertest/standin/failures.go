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

	// What some kinds need in addition to the status.
	Code    int      `json:"code"`
	Seconds *float64 `json:"seconds"`
	Body    string   `json:"body"`
}

// kind is a way to fail.
type kind struct {
	status  int     // where the request has none; 0: there is no answer
	always  bool    // the kind has no other status
	seconds float64 // where the request has none; 0: the kind takes none
	code    bool    // the kind needs an error code of X
	text    bool    // the kind takes a body
	body    string  // where the request has none
	fault   func(f failure, d time.Duration) twittertest.Fault
}

// kinds are the failures of package twittertest.
var kinds = map[string]kind{
	"hang":             broken(twittertest.Hang),
	"drip":             lasting(0, 0.1, twittertest.Drip),
	"reset":            broken(twittertest.Reset),
	"answer-lost":      broken(twittertest.AnswerLost),
	"truncate":         broken(twittertest.Truncate),
	"truncate-chunked": broken(twittertest.TruncateChunked),
	"huge-body":        always(http.StatusOK, func() twittertest.Fault { return twittertest.HugeBody(hugeBody) }),
	"gzip-bomb":        always(http.StatusOK, func() twittertest.Fault { return twittertest.GzipBomb(hugeBody) }),

	"html":               answering(http.StatusServiceUnavailable, twittertest.HTML),
	"challenge":          answering(http.StatusForbidden, twittertest.Challenge),
	"old-xml":            answering(http.StatusUnauthorized, twittertest.OldXML),
	"empty":              always(http.StatusOK, twittertest.Empty),
	"rate-limited":       lasting(http.StatusTooManyRequests, 15*60, twittertest.RateLimited),
	"rate-limited-today": lasting(http.StatusTooManyRequests, 24*60*60, twittertest.RateLimitedToday),
	"usage-capped":       always(http.StatusTooManyRequests, twittertest.UsageCapped),
	"access-level":       always(http.StatusForbidden, twittertest.AccessLevel),
	"not-confirmed":      always(http.StatusOK, func() twittertest.Fault { return twittertest.NotConfirmed() }),
	"clock-skew":         lasting(0, 10*60, twittertest.ClockSkew),

	"error-code":     coded(func(status, code int) twittertest.Fault { return twittertest.ErrorCode(status, code) }),
	"xml-error-code": coded(func(status, code int) twittertest.Fault { return twittertest.XMLErrorCode(status, code) }),
	"oauth2-error": texted(http.StatusBadRequest, "invalid_request", func(status int, code string) twittertest.Fault {
		return twittertest.OAuth2Error(status, code, "A message.")
	}),
	"problem": texted(http.StatusForbidden, "about:blank", func(status int, problemType string) twittertest.Fault {
		return twittertest.Problem(status, problemType, "")
	}),
	"plain-text": texted(http.StatusUnauthorized, "A message.", twittertest.PlainText),
	"json-body": texted(http.StatusOK, "{}", func(_ int, body string) twittertest.Fault {
		return twittertest.JSONBody(body)
	}).withOneStatus(),
	"respond": texted(http.StatusOK, "{}", func(status int, body string) twittertest.Fault {
		return twittertest.Respond(status, "application/json;charset=utf-8", body)
	}),
	"redirect-to": texted(http.StatusFound, "https://x.com/", func(_ int, location string) twittertest.Fault {
		return twittertest.RedirectTo(location)
	}).withOneStatus(),
}

// hugeBody is in bytes.
const hugeBody = 64 << 20

func broken(fault func() twittertest.Fault) kind { return always(0, fault) }

func always(status int, fault func() twittertest.Fault) kind {
	return kind{status: status, fault: func(failure, time.Duration) twittertest.Fault { return fault() }}.withOneStatus()
}

func answering(status int, fault func(status int) twittertest.Fault) kind {
	return kind{status: status, fault: func(f failure, _ time.Duration) twittertest.Fault { return fault(f.Status) }}
}

func lasting(status int, seconds float64, fault func(time.Duration) twittertest.Fault) kind {
	return kind{status: status, seconds: seconds, fault: func(_ failure, d time.Duration) twittertest.Fault { return fault(d) }}.withOneStatus()
}

func coded(fault func(status, code int) twittertest.Fault) kind {
	return kind{status: http.StatusUnauthorized, code: true, fault: func(f failure, _ time.Duration) twittertest.Fault { return fault(f.Status, f.Code) }}
}

func texted(status int, body string, fault func(status int, body string) twittertest.Fault) kind {
	return kind{status: status, text: true, body: body, fault: func(f failure, _ time.Duration) twittertest.Fault { return fault(f.Status, f.Body) }}
}

func (k kind) withOneStatus() kind {
	k.always = true
	return k
}

// kindNamed finds a kind by its name, in which capitals, '-' and '_' do not count.
func kindNamed(name string) (kind, error) {
	squeezed := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	for known, k := range kinds {
		if squeezed(known) == squeezed(name) {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("there is no failure %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
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
	f.Status, f.Body = cmp.Or(f.Status, k.status), cmp.Or(f.Body, k.body)
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
	case f.Status != 0 && k.always && f.Status != k.status:
		return fmt.Errorf("%s takes no other status", f.Fault)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return errors.New("status must be from 200 to 599")
	case f.Seconds != nil && k.seconds == 0:
		return fmt.Errorf("%s takes no seconds", f.Fault)
	case f.Seconds != nil && (*f.Seconds < 0.001 || *f.Seconds > maxSeconds):
		return errors.New("seconds must be from 0.001 to a billion")
	case k.code != (f.Code != 0):
		return errors.New("error-code and xml-error-code need code, and nothing else takes it")
	case f.Body != "" && !k.text:
		return fmt.Errorf("%s takes no body", f.Fault)
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
