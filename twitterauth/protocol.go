package twitterauth

import (
	"context"
	"encoding/json"
	"net/url"
)

// protocol is a way of signing a person in at X: the part of a login that
// happens between this server and X. Handlers, cookies and stores do not know
// which one is in use.
type protocol interface {
	// begin prepares a login at X.
	begin(ctx context.Context, ask consent) (opening, error)
	// readCallback reads what X sent the browser back with. It has been held
	// to the rules of every query already, so only names are looked at.
	readCallback(q url.Values) (answer, *Error)
	// finish exchanges what X sent for the person's identity. refused is the
	// error of a proof that X does not accept.
	finish(ctx context.Context, t attempt, proof string) (grant, *Error)
}

// consent says how X should treat a person who approved the app before.
type consent int

const (
	signIn    consent = iota // sign them in, silently if X likes
	askAlways                // ask, for an account is about to be linked
)

// opening is a login that X knows of.
type opening struct {
	Key      string // comes back in the callback
	Secret   string // stays with the attempt
	Location string // where the browser goes
}

// answer is what the callback says.
type answer struct {
	Key       string
	Proof     string // "" when cancelled
	Cancelled bool
}

// grant is a person whom X has vouched for.
type grant struct {
	ID         string
	ScreenName string
	Token      Token
	Profile    json.RawMessage // nil when no profile call was needed
}
