package mapping

import "time"

// v1Time is the form of dates in X's API v1.1; v2 uses RFC 3339.
const v1Time = "Mon Jan 02 15:04:05 -0700 2006"

// Time is a converter for [Rule.Convert] that turns a date of either API of X
// into a time.Time in UTC. It accepts a string or a time.Time; anything else is
// an error.
func Time(v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		t, err := parseTime(v)
		if err != nil {
			return nil, err
		}
		return t, nil
	}
	return nil, errNoDate
}

const errNoDate = reason("the value is not a date as X writes it")

// parseTime refuses a date that its time zone moves out of the years that
// RFC 3339 can write.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, v1Time} {
		t, err := time.Parse(layout, s)
		if t = t.UTC(); err == nil && 0 <= t.Year() && t.Year() <= 9999 {
			return t, nil
		}
	}
	return time.Time{}, errNoDate
}
