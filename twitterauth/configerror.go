package twitterauth

// ConfigError is what is wrong with one field of a [Config], and what to do. No
// secret is in it.
type ConfigError struct {
	Field  string // as in Config; "Session.Keys" for a field of Session, "store" for the UserStore
	Reason string
}

func (e *ConfigError) Error() string { return "twitterauth: " + e.Field + " " + e.Reason }
