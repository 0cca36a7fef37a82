package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// UserStore is the app's own table of users, as a login needs it. U is the
// app's user type, a struct or a pointer to one.
//
// A store may also implement, and then [New] finds it by type:
//
//	var _ twitterauth.Linker = (*store)(nil)              // attaches an X account to a user who is signed in
//	var _ twitterauth.SessionKeeper[*User] = (*store)(nil) // keeps a row for each session
//	var _ twitterauth.TokenKeeper = (*store)(nil)         // keeps users' tokens, to call X for them
//
// New refuses a store that has a part of such an interface, a method of such a name
// that does not fit, or a wrapper that hides an interface; the log at start names the
// interfaces found.
//
// The context of both calls ends when the client goes away; in a login also
// when its time is up. Pass it on to the database, so that a request ends early
// when the database hangs.
//
// Package storetest tests a store.
type UserStore[U any] interface {
	// UserForLogin returns the ID of the app's user for a verified login: it
	// finds the user, creates it on the first login and updates it on later
	// ones. It must be atomic on [Login.TwitterID]: many first logins at once
	// yield one user. Key on nothing else, for handles change hands and emails
	// are not proof of identity.
	//
	// [ErrLoginRefused], wrapped or not, turns the person away: banned, closed
	// beta; [Refuse] adds the reason. [ErrStoreUnavailable] is for a database
	// that cannot be reached, and the context's own errors count as that. Any
	// other error, an empty ID and a panic are answered 500 store_failed.
	UserForLogin(ctx context.Context, login Login) (userID string, err error)

	// UserByID returns the user of a session, or [ErrUserNotFound], wrapped or
	// not, which ends the session. It runs on every request that asks who is
	// logged in, so it should be a look-up by primary key. Any other error
	// keeps the session, and [Auth.RequireUser] answers 503 store_unavailable.
	UserByID(ctx context.Context, userID string) (U, error)
}

// Linker is an optional interface of a [UserStore] that can attach a Twitter
// account to a user who is logged in already, such as a guest or a user with a
// password. Without it a login with link=true is refused.
type Linker interface {
	// LinkLogin attaches login's Twitter account to the user. It must be atomic
	// on [Login.TwitterID] and return [ErrAlreadyLinked], wrapped or not, when
	// the account belongs to another user; for a guest, who has no X account of
	// their own, [SwitchTo] can sign that user in instead. The same account
	// again is no error. [ErrLoginRefused], [ErrStoreUnavailable] and any other
	// error are as in UserForLogin.
	LinkLogin(ctx context.Context, userID string, login Login) error
}

// SessionKeeper is an optional interface of a [UserStore] that keeps a row for
// each session. With it a logout ends copies of a sealed cookie and of a bearer
// token at once, on every machine, and the app can list a user's devices and sign
// out a single device by deleting its row.
//
// Key the rows by [session.Session.ID]. Renewal of an idle timeout does not call
// SaveSession. A device list's "last seen" is the app's to note, in
// UserBySession, at most once a minute, so that a page costs no write.
type SessionKeeper[U any] interface {
	// SaveSession stores a session that begins. r is for the user agent and the
	// address: its query, body, cookies, Authorization and Referer are left out, and so
	// are headers in which a proxy repeats the request's address (X-Original-URI),
	// because they hold secrets of the login. [ErrLoginRefused], wrapped or not, turns
	// the person away: too many devices. When it fails, the login fails and no cookie is
	// sent.
	SaveSession(ctx context.Context, r *http.Request, s session.Session) error

	// UserBySession returns the user of a session, in one query. It is called
	// in place of UserByID, on every request that asks who is logged in. It
	// returns [ErrSessionEnded] if the session has no row, [ErrUserNotFound] if
	// its user is gone; any other error is as in UserByID.
	UserBySession(ctx context.Context, s session.Session) (U, error)

	// DeleteSession ends a session. A session that is gone already is no error.
	// When it fails, a logout is answered 503 and keeps the cookie, and a login
	// that replaces the session fails.
	DeleteSession(ctx context.Context, s session.Session) error
}

// TokenKeeper is an optional interface of a [UserStore] that keeps its users'
// tokens, so that [Auth.Client] can call X for them. UserForLogin stores
// [Login.Token]; [SealToken] encrypts it for a column.
type TokenKeeper interface {
	// TwitterToken returns a user's token, or [ErrNoToken].
	TwitterToken(ctx context.Context, userID string) (Token, error)

	// RenewToken calls renew with the stored token while no other call can for that
	// user, on any machine (SELECT … FOR UPDATE), and stores what renew returns
	// before it returns. When renew fails, RenewToken stores nothing and returns that
	// error, wrapped or not. Without a token it returns [ErrNoToken] and does not call
	// renew. X takes a refresh token once, so two renewals at the same time would
	// end the grant. Lock the user's row alone: other users should not wait while X
	// is asked.
	RenewToken(ctx context.Context, userID string, renew func(context.Context, Token) (Token, error)) error
}

// Revocable is what the user type U may also be: sessions that began before
// SessionsValidSince have ended. Setting that time to now is "log out
// everywhere". It is asked of the user that UserByID or UserBySession returned, so
// it costs no query. The zero time ends nothing.
type Revocable interface {
	SessionsValidSince() time.Time
}

// Errors that a [UserStore] returns, wrapped or not. [ErrNoToken] and
// [ErrSignInAgain] are also those of [Auth.Client], and [ErrSessionEnded] and
// [ErrUserNotFound] those of [Auth.StillValid].
var (
	// ErrSessionEnded is for a session without a row in a [SessionKeeper]. It wraps
	// [session.ErrNoSession].
	ErrSessionEnded = fmt.Errorf("twitterauth: the session has ended: %w", session.ErrNoSession)

	// ErrLoginRefused turns a person away at login; see also [Refuse].
	ErrLoginRefused = errors.New("twitterauth: login refused by the app")
	// ErrUserNotFound is for a session whose user is gone. It ends the session.
	ErrUserNotFound = errors.New("twitterauth: user not found")
	// ErrStoreUnavailable is for a store whose database cannot be reached right
	// now (connection refused, restarting, out of connections). The request is
	// answered 503 store_unavailable and the session is kept. The context's own
	// errors count as this error.
	ErrStoreUnavailable = errors.New("twitterauth: the app's store cannot be reached")
	// ErrNoToken is for a user without a token of X.
	ErrNoToken = errors.New("twitterauth: the user has no token of X")
	// ErrSignInAgain means that X does not accept a user's token any more and that it
	// cannot be renewed: the user must sign in with X again.
	ErrSignInAgain = errors.New("twitterauth: the user must sign in with X again")
	// ErrAlreadyLinked is for a Twitter account that belongs to another user; see
	// also [SwitchTo].
	ErrAlreadyLinked = errors.New("twitterauth: this Twitter account is linked to another user")
)

// SessionManager starts, finds and ends sessions, as *[session.Manager] does.
// Load returns [session.ErrNoSession], wrapped or not, for a request without a
// session; any other error means that this is not known. A session needs its
// UserID and, where the app's user type is [Revocable], its IssuedAt to the
// microsecond.
type SessionManager interface {
	Start(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (session.Session, error)
	Load(r *http.Request) (session.Session, error)
	End(w http.ResponseWriter, r *http.Request) error
}

// SessionToucher is an optional interface of a [SessionManager] whose sessions
// end when unused, as *[session.Manager] has it. Touch moves the end of the
// session forward and keeps its ID. It is called at POST session, and at a page
// visit once a twentieth of the time between [session.Session.LastSeen] and
// [session.Session.IdleUntil] has passed. A session that has ended meanwhile is
// [session.ErrNoSession].
type SessionToucher interface {
	SessionManager
	Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error)
}

// TokenStarter is an optional interface of a [SessionManager] that hands out
// bearer tokens, as *[session.Manager] does. StartWithToken is called in place of
// Start where a login's answer has a token, such as POST token; the token is ""
// when the manager gives none. It must do all that Start does.
type TokenStarter interface {
	SessionManager
	StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (s session.Session, token string, err error)
}
