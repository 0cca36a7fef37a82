// Package oauth is the part of a login that happens between this server and X,
// over OAuth 1.0a or OAuth 2.0, behind one interface.
package oauth

import (
	"context"
	"net/url"
	"slices"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// Protocol is a way of signing a person in at X. Its callers do not know which
// protocol is in use.
type Protocol interface {
	// Kind marks the protocol's attempts.
	Kind() attempt.Protocol
	// CallsToBegin reports whether Begin makes a call to X, which takes a place
	// among Config.MaxLogins.
	CallsToBegin() bool
	// Begin prepares a login at X. Errors are those of package xapi.
	Begin(ctx context.Context, options StartOptions) (Start, error)
	// Recognizes reports whether a callback's query is of this protocol.
	Recognizes(q url.Values) bool
	// ReadCallback reads what X sent the browser back with. The query has passed the
	// rules of every query already, so only names are looked at. An error is a
	// MalformedError.
	ReadCallback(q url.Values) (Callback, error)
	// MayLink reports whether the key of a callback belongs to a login that links an
	// account.
	MayLink(key string) LinkHint
	// Finish exchanges the callback's verifier or code for the person's account.
	Finish(ctx context.Context, t attempt.Attempt, verifierOrCode string) (Account, error)
	// Check asks X whether logins can work.
	Check(ctx context.Context) error
}

// LinkHint is what a key alone reveals about its login.
type LinkHint int

// The hints.
const (
	LinksNot     LinkHint = iota
	LinksPerhaps          // the key is X's and has no mark
	LinksSurely
)

// StartOptions are how X should treat a person.
type StartOptions struct {
	AskAgain     bool   // ask also a person who approved the app before, because an account is about to be linked
	WithoutEmail bool   // leave out what X may refuse the app
	ForceLogin   bool   // ask for the password; OAuth 1.0a only
	ScreenName   string // fill in the handle; OAuth 1.0a only
}

// Start is a login that can begin.
type Start struct {
	Key      string // comes back in the callback
	Secret   string // stays with the attempt
	Location string // where the browser goes
}

// Callback is what X sent a browser back with.
type Callback struct {
	Key            string
	VerifierOrCode string // "" when it is missing
	Cancelled      bool
	Err            error // X ended the login; as package xapi types it
	WithoutEmail   bool  // asking again without the email may cure Err
	Temporary      bool  // X expects Err to pass
}

// Account is a person whom X has vouched for.
type Account struct {
	ID           string // "" when only the profile has it
	ScreenName   string
	Token        Token
	Profile      mapping.Profile // nil without a profile call
	OnlyIdentity bool            // of the profile, only ID and handle are wanted
}

// Token is for calling X for a person.
type Token struct {
	AccessToken  string
	AccessSecret string    // OAuth 1.0a
	RefreshToken string    // OAuth 2.0
	Expiry       time.Time // OAuth 2.0; zero when X did not send it
	Scopes       []string  // OAuth 2.0, as granted
}

// MalformedError is a callback's query that X would not have sent. Its text is
// for the public and holds nothing of the query.
type MalformedError string

func (e MalformedError) Error() string { return string(e) }

// What is wrong with a callback's query.
const (
	errMixed      = MalformedError("The address mixes parameters that do not belong together.")
	errIncomplete = MalformedError("The address lacks what X adds to it after a login. Please start again.")
	errElsewhere  = MalformedError("The address is of a login elsewhere than at X.")
)

// Each protocol's parameters of a callback's query. A query with parameters of
// both is malformed.
var (
	oauth1Parameters = []string{"oauth_token", "oauth_verifier", "denied"}
	oauth2Parameters = []string{"state", "code", "error", "iss"}
)

func hasAny(q url.Values, names []string) bool { return slices.ContainsFunc(names, q.Has) }
