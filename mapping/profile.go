package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Profile is a profile as X sent it, in v1.1 or v2 form: JSON with integers as
// int64, other numbers as float64, and an integer beyond int64 as json.Number.
type Profile map[string]any

// UnmarshalJSON reads a JSON object and nothing else.
func (p *Profile) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil {
		return errors.New("mapping: the profile is not a JSON object")
	}
	if object == nil {
		return errors.New("mapping: the profile is null")
	}
	*p, _ = exact(object).(map[string]any)
	return nil
}

// exact replaces json.Number throughout, in place.
func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			v[k] = exact(member)
		}
	case []any:
		for i, member := range v {
			v[i] = exact(member)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if strings.ContainsAny(string(v), ".eE") {
			if f, err := v.Float64(); err == nil {
				return f
			}
		}
	}
	return v
}
