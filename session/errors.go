package session

import (
	"errors"
	"fmt"
)

// ErrNoSession is what [Manager.Load] gives, perhaps wrapped around a cause,
// when the request carries no session that counts: none at all, one that is
// over, or one that cannot be read. To a visitor these are all the same.
var ErrNoSession = errors.New("session: no session")

// Causes behind ErrNoSession, made once: an unreadable cookie is an everyday
// thing and must not cost more than a readable one.
var (
	errUnreadable = fmt.Errorf("%w: the cookie cannot be opened with any of the keys", ErrNoSession)
	errExpired    = fmt.Errorf("%w: it is over", ErrNoSession)
	errUnknown    = fmt.Errorf("%w: the store does not have it", ErrNoSession)
	errTwoUsers   = fmt.Errorf("%w: its token and its cookie name different users", ErrNoSession)
)

// ErrHeadersSent means that the handler had already begun its answer when the
// session was to be started or ended, so that the cookie could not be sent.
// Call Start and End before the first Write or WriteHeader.
var ErrHeadersSent = errors.New("session: the answer has already begun, its cookie can no longer be sent; call Start or End before writing")

// ErrCookieTooLong means that the cookie's name and value together pass 4096
// bytes, which browsers drop without a word (RFC 6265, section 6.1). Use
// shorter user IDs or a store that keeps its records on the server.
var ErrCookieTooLong = errors.New("session: the cookie's name and value pass 4096 bytes, browsers would drop it; use a shorter user ID or a server-side Store")

// ErrEmptyUserID means that Start was asked to log in nobody.
var ErrEmptyUserID = errors.New("session: the user ID is empty")

// ConfigError tells what is wrong with one field of a [Config] and what to do.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string { return "session: " + e.Field + " " + e.Reason }
