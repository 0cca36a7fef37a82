package twitterauth

import (
	"context"
	"net/url"
	"slices"

	"twitterlogin.example/mapping"
)

// protocol is a way of signing a person in at X: the part of a login that
// happens between this server and X. Handlers, cookies and stores do not know
// which one is in use.
type protocol interface {
	// kind tells its attempts from another protocol's.
	kind() protocolKind
	// callsToBegin reports whether begin makes a call to X, which takes a place
	// among Config.MaxLogins.
	callsToBegin() bool
	// begin prepares a login at X.
	begin(ctx context.Context, ask ask) (opening, error)
	// owns reports whether a callback's query is of this protocol.
	owns(q url.Values) bool
	// readCallback reads what X sent the browser back with. It has been held
	// to the rules of every query already, so only names are looked at.
	readCallback(q url.Values) (answer, *Error)
	// mayLink reports whether the key of a callback belongs to a login that links an
	// account.
	mayLink(key string) linkHint
	// finish exchanges what X sent for the person's identity.
	finish(ctx context.Context, t attempt, proof string) (grant, *Error)
	// check asks X whether logins can work.
	check(ctx context.Context) error
}

type protocolKind byte

const (
	oauth1 protocolKind = iota
	oauth2
)

// linkHint is what a key alone reveals about its login.
type linkHint int

const (
	linksNot     linkHint = iota
	linksPerhaps          // the key is X's and has no mark
	linksSurely
)

// ask says how X should treat a person.
type ask struct {
	Always bool // ask also one who approved the app before: an account is about to be linked
	Less   bool // without what X may refuse the app
}

// opening is a login that can begin.
type opening struct {
	Key      string // comes back in the callback
	Secret   string // stays with the attempt
	Location string // where the browser goes
}

// answer is what the callback says.
type answer struct {
	Key       string
	Proof     string // "" when there is none
	Cancelled bool
	Fault     *Error // X ended the login
	Less      bool   // asking again for less may cure the fault
}

// grant is a person whom X has vouched for.
type grant struct {
	ID         string // "" when only the profile says it
	ScreenName string
	Token      Token
	Profile    mapping.Profile // nil without a profile call
	Bare       bool            // of the profile, only ID and handle are wanted
}

// Each protocol's words in a callback's query. A query with words of both is of
// neither.
var (
	oauth1Words = []string{"oauth_token", "oauth_verifier", "denied"}
	oauth2Words = []string{"state", "code", "error", "iss"}
)

func hasAny(q url.Values, names []string) bool { return slices.ContainsFunc(names, q.Has) }

// protocolOf returns the protocol of a callback. One that is not in use for new
// logins any more still finishes those that it began.
func (a *Auth[U]) protocolOf(q url.Values) protocol {
	for _, p := range a.protocols {
		if p.owns(q) {
			return p
		}
	}
	return a.protocols[0]
}
