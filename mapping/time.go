package mapping

import (
	"errors"
	"time"
)

// v1Time is the form of dates in X's API v1.1; v2 uses RFC 3339.
const v1Time = "Mon Jan 02 15:04:05 -0700 2006"

// Time converts a date of X's, of either API, to a time.Time in UTC. It is
// meant for [Rule.Convert].
func Time(v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		return parseTime(v)
	}
	return nil, errors.New("not a date")
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, v1Time} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("not a date of X's")
}
