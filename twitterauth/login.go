package twitterauth

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"twitterlogin.example/mapping"
)

// Login is a person whom X has vouched for, as the [UserStore] gets it.
type Login struct {
	// TwitterID is the account's ID, decimal, up to 19 digits. It never
	// changes and is the only field to key on.
	TwitterID string
	// ScreenName is the handle without the @. It can change, and another
	// account can take it over.
	ScreenName string
	// Fields are the mapped properties, by the app's names. A property that X
	// gave no value for this time is absent: keep what you have.
	Fields mapping.Fields
	// Profile is all that X sent. When the mapping needs no profile call it has
	// the ID and the handle only; so it has where X's rate limit kept the
	// profile back over OAuth 1.0a and the mapping requires nothing.
	Profile mapping.Profile
	// Token calls X for this user.
	Token Token
	// Reauth marks a login that confirms the user who is signed in. It must end as
	// that user: a store that would have to create a user returns [ErrUserNotFound]
	// and changes nothing. Such a login may go over OAuth 1.0a where ordinary logins
	// go over OAuth 2.0, so the store keeps the token that it has, unless it has none
	// or the new token is of the same protocol.
	Reauth bool
	// Data is what the login form sent as "data" (an invite code, a tenant), up
	// to 256 bytes. It was sealed meanwhile, but the person chose it.
	Data string
}

// Token is for calling X for a user. The user can revoke it. Keep it
// encrypted ([SealToken]) or not at all, and never in a cookie.
//
// Over OAuth 1.0a (RFC 5849) it is AccessToken and AccessSecret, which do not
// expire. Over OAuth 2.0 AccessToken is a bearer token that is good until
// Expiry, two hours at X, and with [Config.OfflineAccess] RefreshToken gets a new
// pair, once.
//
// It prints as [redacted], in slog and JSON too: read the fields to store them.
type Token struct {
	AccessToken  string
	AccessSecret string    // OAuth 1.0a
	RefreshToken string    // OAuth 2.0, with [Config.OfflineAccess]
	Expiry       time.Time // OAuth 2.0; zero when X did not send it
	Scopes       []string  // OAuth 2.0, as granted; nil over OAuth 1.0a
}

const redacted = "[redacted]"

// Format writes [redacted], whatever the verb but %p, which fmt does not ask
// about. fmt cannot ask for a Token in an unexported field of a struct either: do
// not print such a struct.
func (Token) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// LogValue gives slog [redacted].
func (Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives [redacted] to JSON and other text encodings.
func (Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }
