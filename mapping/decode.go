package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Decode fills a struct, to which v points, by its json tags. What is not in
// Fields stays as it is, so Decode over a loaded user updates it. Integers are
// exact: where the struct has a member of type any, they are json.Number. As always
// with encoding/json, "email" fills a member tagged "Email" unless a member has the
// very name.
//
// An error names the type that does not fit, and the property as far as
// encoding/json reports it, but no values; [errors.Unwrap] returns the cause,
// whose text may quote them. The struct may be partly filled then.
func (f Fields) Decode(v any) error {
	if f == nil {
		f = Fields{}
	}
	b, err := json.Marshal(map[string]any(f))
	if err != nil {
		return &decodeError{"mapping: a property has a value that JSON does not know", err}
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	err = dec.Decode(v)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return &decodeError{fmt.Sprintf("mapping: property %s does not fit %T, where it is %s", mismatch.Field, v, mismatch.Type), err}
	}
	return &decodeError{fmt.Sprintf("mapping: the properties do not fit %T, which must be a pointer to a struct with types to match", v), err}
}

// decodeError keeps its cause's text, which quotes values, out of its own.
type decodeError struct {
	text string
	err  error
}

func (e *decodeError) Error() string { return e.text }

// Unwrap returns the cause.
func (e *decodeError) Unwrap() error { return e.err }
