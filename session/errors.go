package session

import (
	"errors"
	"fmt"
)

// ErrNoSession is what [Manager.Load] returns, perhaps wrapped by a cause, when
// the request carries no valid session: no cookie, an expired session, or a
// cookie that cannot be read. A visitor sees no difference between them.
var ErrNoSession = errors.New("session: no session")

// Causes for logs and counters. Each wraps [ErrNoSession], and [Manager.Load] and
// [Manager.Touch] return them as they are or wrapped.
var (
	// ErrExpired means that the session has expired, or was unused for longer than
	// its idle timeout.
	ErrExpired = fmt.Errorf("%w: it has expired", ErrNoSession)

	// ErrNotYetValid means that the session begins more than a minute in the
	// future: the clock of this machine, or of the machine that began the
	// session, is wrong. The session becomes valid when the clock has caught up.
	ErrNotYetValid = fmt.Errorf("%w: it begins in the future, because the clock of this machine or of the machine that began it is wrong", ErrNoSession)

	// ErrUnknownKey means that a sealed value is well-formed and opens with none
	// of the keys. It was sealed with a key that this server does not have, for
	// another site ([Config.Audience]) or under another name, or it was damaged or
	// forged.
	ErrUnknownKey = fmt.Errorf("%w: it opens with none of the keys, because it was sealed with another key or for another site, or was changed", ErrNoSession)
)

// These causes too are made once, so that a bad cookie does not cost more than a
// good cookie.
var (
	errUnreadable    = fmt.Errorf("%w: the value is not a sealed value", ErrNoSession)
	errLayout        = fmt.Errorf("%w: its record has another layout", ErrNoSession)
	errUnknown       = fmt.Errorf("%w: the store does not have it", ErrNoSession)
	errOtherAudience = fmt.Errorf("%w: its record belongs to another site", ErrNoSession)
	errEnded         = fmt.Errorf("%w: it has ended or was replaced", ErrNoSession)
	errTwoUsers      = fmt.Errorf("%w: the request's cookies, or its token and a cookie, name different users", ErrNoSession)
)

// ErrHeadersSent means that the handler had already begun its response when the
// session was to be started, renewed or ended, so that the cookie could not be
// sent. Call Start, Touch and End before the first Write or WriteHeader.
var ErrHeadersSent = errors.New("session: the response has already begun, its cookie can no longer be sent; call Start, Touch or End before writing")

// ErrCookieTooLong means that the cookie's name and value together pass 4096
// bytes, and browsers drop such a cookie silently (RFC 6265, section 6.1). Use
// shorter user IDs or a store that keeps its records on the server.
var ErrCookieTooLong = errors.New("session: the cookie's name and value pass 4096 bytes, browsers would drop it; use a shorter user ID or a server-side Store")

// ErrEmptyUserID means that Start was called without a user ID.
var ErrEmptyUserID = errors.New("session: the user ID is empty")

// ConfigError names one field of a [Config] that is wrong, and what to do.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string { return "session: " + e.Field + " " + e.Reason }
