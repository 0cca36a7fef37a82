package mapping

import (
	"bytes"
	"encoding/json"
)

// Profile is a profile as X sent it, in v1.1 or v2 form: what encoding/json
// makes of an object, but with integers as int64. Numbers written with a
// fraction or an exponent are float64, also where they are whole, and numbers too
// large for both are json.Number. A Profile made by hand may hold int as well.
type Profile map[string]any

// UnmarshalJSON reads a JSON object; anything else is an error, null included,
// and leaves p as it was. Of a member that is there twice the last one counts.
func (p *Profile) UnmarshalJSON(b []byte) error {
	if !json.Valid(b) {
		return reason("mapping: the profile is not JSON")
	}
	text := validJSON{text: b}
	if text.next() != '{' {
		return reason("mapping: the profile is not a JSON object")
	}
	*p = text.object(min(bytes.Count(b, []byte(","))+1, maxRoom))
	return nil
}

// maxRoom bounds the members for which room is made before they are read: X's profiles
// have some fifty.
const maxRoom = 64
