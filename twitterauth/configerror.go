package twitterauth

import "errors"

// ConfigError is what is wrong with one field of a [Config], and what to do. No
// secret is in it.
type ConfigError struct {
	Field  string // as in [Config]; "Session.Keys" for a field of Session, "store" for the [UserStore]
	Reason string
}

func (e *ConfigError) Error() string { return "twitterauth: " + e.Field + " " + e.Reason }

// configErrors collects what is wrong, so that New returns all of it at once.
type configErrors struct{ list []error }

func (f *configErrors) refuse(field, reason string) {
	f.list = append(f.list, &ConfigError{Field: field, Reason: reason})
}

func (f *configErrors) err() error { return errors.Join(f.list...) }

func quoted(s string) string { return "\"" + s + "\"" }
