package twitterauth

import "time"

// EventKind is what an [Event] is about. Its values are the Event constants.
type EventKind string

// The kinds of events. A login begins with EventLoginStarted and ends at most once,
// with [EventLoginFinished] or [EventLoginFailed].
const (
	EventLoginStarted   EventKind = "login_started"   // a login is about to begin at X
	EventLoginFinished  EventKind = "login_finished"  // the person is signed in, or the account is linked
	EventLoginFailed    EventKind = "login_failed"    // Code is why; access_denied is a person who cancelled
	EventLinked         EventKind = "linked"          // after EventLoginFinished of a login that linked an account
	EventLoggedOut      EventKind = "logged_out"      // POST logout ended a session
	EventSessionRefused EventKind = "session_refused" // a request brought a session that does not count
	EventTokenRefreshed EventKind = "token_refreshed" // X has exchanged a user's refresh token; see [Auth.Client]
	EventProviderCalled EventKind = "provider_called" // a call to X has ended
)

// Event is something that has happened; see [Config.Observe]. Kind, Code, Protocol
// and Step come from closed sets and are safe as labels of metrics. UserID and
// SessionID do not: every user would make a time series of their own. No event has
// a token, a code, a verifier or a key.
type Event struct {
	Kind EventKind

	// Code is why it failed: a Code constant, as in [Error]. Default: "", nothing
	// failed.
	Code string

	// Protocol is "1.0a", also for token login, or "2.0": of the login, or of the
	// call to X. Default: "", for [EventLoggedOut] and [EventSessionRefused].
	Protocol string

	// UserID is the user, where known: always with [EventLoginFinished], [EventLinked]
	// and [EventTokenRefreshed].
	UserID string

	// SessionID is [session.Session.ID], where a session is known. A [SessionManager] of the
	// app's may use IDs that are secret: then do not write it down.
	SessionID string

	// Step is the call to X, for [EventProviderCalled] alone, as package twittertest
	// names it: "request_token", "access_token", "oauth2/token",
	// "verify_credentials", "users/me", "oauth2/revoke", "invalidate_token", and for
	// calls by [Auth.Client] also "tweets", "settings", "update", or "" for any other
	// endpoint.
	Step string

	// Took is how long the call to X took, and for the end of a login the time since
	// it began, with the person's time at X. Default: 0, for events without a duration.
	Took time.Duration
}
