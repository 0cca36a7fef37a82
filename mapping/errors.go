package mapping

import (
	"errors"
	"fmt"
)

// ErrRequired is the cause of an [Error] whose property a rule requires and X
// gave no value for.
var ErrRequired = errors.New("X gave no value for a required property")

// Error is why a profile could not be mapped. The value is not in it.
type Error struct {
	Property string
	Field    string // as the table names it
	Err      error  // ErrRequired, or what Convert returned
}

func (e *Error) Error() string {
	return fmt.Sprintf("mapping: %s (from %s): %v", e.Property, e.Field, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ConfigError is what is wrong with one pair of a table, and what to do.
type ConfigError struct {
	From, To string
	Reason   string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("mapping: %q → %q: %s", e.From, e.To, e.Reason)
}
