package mapping

import (
	"errors"
	"fmt"
	"strings"
)

// ErrRequired is the cause of an [Error] whose property a rule requires and X
// gave no value for.
var ErrRequired error = reason("X gave no value for a required property")

// reason is an error of this package's own words, which hold nothing of a
// profile and so may be shown.
type reason string

func (r reason) Error() string { return string(r) }

// Error is why a profile could not be mapped.
//
// Its text is fit for logs: nothing of the profile is in it. The cause that a
// converter of another package returned is left out, because it may quote its
// input, as that of strconv.Atoi does; Err has it.
type Error struct {
	Property string
	Field    string // as the table names it
	Err      error  // [ErrRequired], or what Convert returned
}

func (e *Error) Error() string {
	why := reason("Convert refused the value")
	errors.As(e.Err, &why)
	return fmt.Sprintf("mapping: %s (from %s): %s", e.Property, e.Field, why)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ConfigError is what is wrong with one pair of a table, and what to do.
type ConfigError struct {
	From, To string
	Reason   string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("mapping: %q → %q: %s", shown(e.From), shown(e.To), e.Reason)
}

// maxShown bounds how much of a name an error shows, in bytes: a client's
// fieldsMapping may be long, and escapes make it longer.
const maxShown = 64

func shown(name string) string {
	if len(name) <= maxShown {
		return name
	}
	return strings.ToValidUTF8(name[:maxShown], "") + "…"
}
