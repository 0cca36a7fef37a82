package mapping

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Fields are the properties that a profile had values for, by their names. The
// getters report false for one that is not there or is of another type; a nil
// Fields has none.
type Fields map[string]any

// String returns a property that is text.
func (f Fields) String(property string) (string, bool) {
	s, ok := f[property].(string)
	return s, ok
}

// Int returns a property that is a whole number.
func (f Fields) Int(property string) (int64, bool) {
	switch v := f[property].(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	case float64: // what JSON turns the others into on the way through a database
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return int64(v), true
		}
	}
	return 0, false
}

// Bool returns a property that is true or false.
func (f Fields) Bool(property string) (value, ok bool) {
	value, ok = f[property].(bool)
	return value, ok
}

// Time returns a property that is a time.Time or a date of X's, in UTC.
func (f Fields) Time(property string) (time.Time, bool) {
	v, err := Time(f[property])
	if err != nil {
		return time.Time{}, false
	}
	return v.(time.Time), true
}

// Decode fills a struct, to which v points, by its json tags. What is not in
// Fields stays as it is, so Decode over a loaded user updates it.
func (f Fields) Decode(v any) error {
	b, err := json.Marshal(map[string]any(f))
	if err != nil {
		return fmt.Errorf("mapping: properties that are no JSON: %w", err)
	}
	if f == nil {
		b = []byte("{}")
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("mapping: properties do not fit %T: %w", v, err)
	}
	return nil
}
