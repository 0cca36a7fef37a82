package xapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds on the wait that a rate limit asks for. Above maxWindowWait a reset
// of the ordinary windows is nonsense; above maxDayWait so is that of a 24-hour
// limit (https://docs.x.com/x-api/fundamentals/rate-limits).
const (
	maxWindowWait = 15 * time.Minute
	maxDayWait    = 24 * time.Hour
	unknownWait   = time.Minute // where X sends no reset, or the reset has passed
)

// Prefixes of the headers that count the calls that are left: "-remaining" is
// their number, "-reset" the Unix second at which it starts anew.
const windowLimit = "x-rate-limit"

var dayLimits = []string{"x-user-limit-24hour", "x-app-limit-24hour"}

// rateLimit types an answer by which X limits the calls. A 24-hour limit counts
// only where its remaining number is 0: X sends these headers also when the
// ordinary window is the reason. Of the limits that are used up the last to
// start anew decides, because the call fails until then.
func (e *Error) rateLimit(h http.Header) {
	e.Kind, e.Reason = RateLimited, "X's rate limit is reached"
	now := time.Now()
	window := untilReset(h, windowLimit, maxWindowWait, now)
	for _, limit := range dayLimits {
		if usedUp(h, limit) {
			e.Reason = "X's rate limit for 24 hours is reached"
			e.RetryAfter = max(e.RetryAfter, untilReset(h, limit, maxDayWait, now))
		}
	}
	if e.RetryAfter == 0 || usedUp(h, windowLimit) {
		e.RetryAfter = max(e.RetryAfter, window)
	}
}

// usedUp reports whether no call is left. A number that is missing, negative
// or not a number is no statement that one is used up.
func usedUp(h http.Header, limit string) bool {
	left, err := strconv.ParseInt(singleValue(h, limit+"-remaining"), 10, 64)
	return err == nil && left == 0
}

func untilReset(h http.Header, limit string, longest time.Duration, now time.Time) time.Duration {
	reset, err := strconv.ParseInt(singleValue(h, limit+"-reset"), 10, 64)
	if err != nil || reset <= now.Unix() {
		return unknownWait
	}
	left := reset - now.Unix() // in seconds, because a Duration would overflow on nonsense
	if left > int64(longest/time.Second) {
		return longest
	}
	return time.Duration(left) * time.Second
}

// singleValue returns a header's value, or "" where it has two different ones.
// It looks at names in any case, because a transport that the app brings may
// not write them as net/http does, and at lists, into which a proxy may join
// repeated lines (RFC 9110, section 5.3).
func singleValue(h http.Header, name string) (value string) {
	for key, lines := range h {
		if !strings.EqualFold(key, name) {
			continue
		}
		for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
			item = strings.TrimSpace(item)
			if value != "" && item != value {
				return ""
			}
			value = item
		}
	}
	return value
}
