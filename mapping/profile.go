package mapping

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// Profile is a profile as X sent it, in v1.1 or v2 form: what encoding/json
// makes of an object, but with integers as int64. Numbers written with a
// fraction or an exponent are float64, also where they are whole, and numbers too
// large for both are json.Number. A Profile made by hand may hold int as well.
type Profile map[string]any

// UnmarshalJSON reads a JSON object; anything else is an error, null included,
// and leaves p as it was. Of a member that is there twice the last one counts.
func (p *Profile) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var value any // which encoding/json fills without reflection, unlike a map
	if dec.Decode(&value) != nil {
		return reason("mapping: the profile is not JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return reason("mapping: there is something behind the profile")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return reason("mapping: the profile is not a JSON object")
	}
	exactMembers(object)
	*p = object
	return nil
}

// exactMembers replaces json.Number throughout, in place.
func exactMembers(object map[string]any) {
	for name, member := range object {
		switch member.(type) {
		case string, bool, nil: // which most members are
		default:
			object[name] = exact(member)
		}
	}
}

// exact returns a value without json.Number.
func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		exactMembers(v)
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
