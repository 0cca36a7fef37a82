package twitterauth

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"twitterlogin.example/mapping"
)

// jsonProperties encodes the properties of a token login for its answer. It
// must run before the store is asked: a value that JSON cannot hold (an
// infinity, a channel, a cycle) would otherwise fail the answer of a login
// whose user has been made. A browser login writes no property as JSON, and its
// mapping may use any type.
//
// Such a value is the app's mistake, in a Convert of its mapping. The error
// names the property and the Go type, and nothing of the value.
func jsonProperties(fields mapping.Fields) (map[string]json.RawMessage, *Error) {
	properties := make(map[string]json.RawMessage, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		err := recovering(func() (err error) {
			properties[name], err = json.Marshal(fields[name])
			return err
		})
		if err != nil {
			return nil, newError(CodeStoreFailed, unencodable(name, fields[name], err))
		}
	}
	return properties, nil
}

// unencodable leaves the text of encoding/json's error out, because it can
// quote the value. A panic in the app's MarshalJSON keeps its stack.
func unencodable(name string, value any, err error) error {
	text := fmt.Sprintf("twitterauth: property %q is a %T that JSON cannot hold: let the mapping's Convert return another value", name, value)
	return &hiddenCause{text: text, err: err}
}

// hiddenCause has a text of its own and a cause that only errors.As finds.
type hiddenCause struct {
	text string
	err  error
}

func (e *hiddenCause) Error() string { return e.text }

func (e *hiddenCause) Unwrap() error { return e.err }
