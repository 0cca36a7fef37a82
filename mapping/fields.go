package mapping

import (
	"encoding/json"
	"math"
	"reflect"
	"time"
)

// Fields are the properties that a profile had values for, by their names. The
// getters report false for a property that is missing or has another type; a nil
// Fields is empty.
type Fields map[string]any

// String returns a property that is text.
func (f Fields) String(property string) (string, bool) {
	s, ok := f[property].(string)
	return s, ok
}

// Int returns a property that is a whole number within int64, of any type of
// number. A float64, which is what other packages' JSON makes of integers, must
// be below 2^53, where it is exact. Text does not count as a number. For
// anything else Int returns 0 and false.
func (f Fields) Int(property string) (int64, bool) {
	switch v := f[property].(type) {
	case int64:
		return v, true
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return 0, false // Int64 gives the nearest that fits
		}
		return n, true
	default:
		return wholeNumber(reflect.ValueOf(v))
	}
}

func wholeNumber(v reflect.Value) (int64, bool) {
	switch {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		if v.Uint() > math.MaxInt64 {
			return 0, false
		}
		return int64(v.Uint()), true
	case v.CanFloat():
		n := v.Float()
		if n != math.Trunc(n) || math.Abs(n) >= 1<<53 {
			return 0, false
		}
		return int64(n), true
	}
	return 0, false
}

// Bool returns a property that is true or false.
func (f Fields) Bool(property string) (value, ok bool) {
	value, ok = f[property].(bool)
	return value, ok
}

// Time returns a property that is a time.Time or a date as X writes it, in UTC: RFC
// 3339 or the form of API v1.1.
func (f Fields) Time(property string) (time.Time, bool) {
	v, err := Time(f[property])
	if err != nil {
		return time.Time{}, false
	}
	return v.(time.Time), true
}
