package mapping

// Profile is a profile as X sent it, in v1.1 or v2 form: what encoding/json
// makes of an object, but with integers as int64. Numbers written with a
// fraction or an exponent are float64, also where they are whole, and numbers too
// large for both are json.Number. A Profile made by hand may hold int as well.
type Profile map[string]any

// UnmarshalJSON reads a JSON object; anything else is an error, null included,
// and leaves p as it was. Of a member that is there twice the last one counts.
func (p *Profile) UnmarshalJSON(b []byte) error {
	r := jsonReader{text: b}
	value, ok := r.value()
	if !ok {
		return reason("mapping: the profile is not JSON")
	}
	if r.skipSpace(); r.at < len(b) {
		return reason("mapping: there is something behind the profile")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return reason("mapping: the profile is not a JSON object")
	}
	*p = object
	return nil
}
