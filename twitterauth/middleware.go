package twitterauth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// userContext is the context of a request with a user. Its key is the *Auth
// itself, so several of them get along.
type userContext[U any] struct {
	context.Context
	auth    *Auth[U]
	user    U
	session session.Session
	headers [2]string // the values of Vary and Cache-Control, in one allocation with the rest
	ofTest  bool      // of WithUser: it has no session, and several requests may share it
}

func (v *userContext[U]) Value(key any) any {
	if key == any(v.auth) {
		return v
	}
	return v.Context.Value(key)
}

// User returns the user whom [Auth.LoadUser] or [Auth.RequireUser] found; ok
// is false for an anonymous visitor.
func (a *Auth[U]) User(ctx context.Context) (user U, ok bool) {
	if v, ok := ctx.Value(a).(*userContext[U]); ok {
		return v.user, true
	}
	return user, false
}

// Session returns that user's session; ok is false for an anonymous visitor
// and for a user of [Auth.WithUser].
func (a *Auth[U]) Session(ctx context.Context) (s session.Session, ok bool) {
	if v, ok := ctx.Value(a).(*userContext[U]); ok && !v.ofTest {
		return v.session, true
	}
	return s, false
}

// WithUser returns a context in which that user is logged in, for tests of the
// app's handlers: RequireUser and LoadUser keep it and do not ask the store.
func (a *Auth[U]) WithUser(ctx context.Context, user U) context.Context {
	return &userContext[U]{Context: ctx, auth: a, user: user, ofTest: true}
}

// StillValid reports, for loops that outlive their request (WebSockets, server-
// sent events), whether the session of a request's context still counts: nil, also
// for the user of [Auth.WithUser]; [ErrSessionEnded] if no user was logged in or the
// session has ended; [ErrUserNotFound]; the context's own error; or that of a store
// that could not be asked.
//
// It asks the store (UserBySession or UserByID, and [Revocable]) and the session's
// absolute end. It does not ask the idle end, because another tab may have renewed
// the session, and no server-side Session.Store: without a [SessionKeeper] a logout
// elsewhere is not seen.
func (a *Auth[U]) StillValid(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v, ok := ctx.Value(a).(*userContext[U])
	switch {
	case !ok:
		return ErrSessionEnded
	case v.ofTest:
		return nil
	case !v.session.ExpiresAt.IsZero() && !time.Now().Before(v.session.ExpiresAt):
		return ErrSessionEnded
	}
	var user U
	since, err := a.users.bySession(ctx, v.session, &user)
	if err == nil {
		err = checkSince(since, v.session.IssuedAt)
	}
	if errors.Is(err, errRevoked) {
		return ErrSessionEnded
	}
	return err
}

// LoadUser finds out who is logged in, for [Auth.User], and passes every
// request on. When a store does not answer, the visitor is anonymous, the log
// has the reason, and the cookie is kept. Requests for the login's own routes
// pass untouched; on [Config.LoginPage] the user is found as on any page.
func (a *Auth[U]) LoadUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := r.Context().Value(a).(*userContext[U]); ok {
			a.server.markPrivate(w, headerRoom(&v.headers, v.ofTest))
			next.ServeHTTP(w, r)
			return
		}
		if a.server.isRouteRequest(r) {
			next.ServeHTTP(w, r)
			return
		}
		r = a.server.boundWaiting(r)
		v, e := a.identify(r)
		if e != nil {
			next.ServeHTTP(w, a.server.passAnonymous(w, r, e))
			return
		}
		v.session = a.server.passUser(w, r, v.session, &v.headers)
		next.ServeHTTP(w, r.WithContext(v)) //nolint:contextcheck // the context is v, which becomes the request's
	})
}

// headerRoom returns where a context keeps the values of headers. The contexts of
// tests may be shared by several requests and keep none.
func headerRoom(own *[2]string, ofTest bool) *[2]string {
	if ofTest {
		return new([2]string)
	}
	return own
}

// RequireUser passes only the requests of users on. A page visit without a user
// is sent to the login and comes back; anything else gets 401. When a store does
// not answer, the answer is 503 and the cookie is kept.
//
// Requests for the login's own routes pass, and for [Config.LoginPage] also without a
// user, so auth.RequireUser(mux) around everything works. What that page loads,
// such as a stylesheet, is guarded.
func (a *Auth[U]) RequireUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r, ok := a.Require(w, r); ok {
			next.ServeHTTP(w, r)
		}
	})
}

// Require is [Auth.RequireUser] for frameworks whose middleware is not
// net/http's. It returns the request to go on with, or false after answering.
func (a *Auth[U]) Require(w http.ResponseWriter, r *http.Request) (*http.Request, bool) {
	if v, ok := r.Context().Value(a).(*userContext[U]); ok {
		a.server.markPrivate(w, headerRoom(&v.headers, v.ofTest))
		return r, true
	}
	if a.server.isRouteRequest(r) {
		return r, true
	}
	r = a.server.boundWaiting(r)
	v, e := a.identify(r)
	if e == nil {
		v.session = a.server.passUser(w, r, v.session, &v.headers)
		return r.WithContext(v), true //nolint:contextcheck // the context is v, which becomes the request's
	}
	if a.server.isLoginPageRequest(r) {
		return a.server.passAnonymous(w, r, e), true
	}
	a.server.vary(w, new([1]string)[:])
	a.server.refuse(w, r, e)
	return nil, false
}

// RequireRecent is [Auth.RequireUser] for actions such as deleting the account:
// the login must be at most maxAge ago. A page visit whose login is older gets
// a page with a button, or [Config.LoginPage] with reauth=1; the login that
// follows must end as the same user, and brings the person back. Anything else
// gets 401 login_too_old, with maxAge in seconds in JSON, and is never
// repeated.
//
// Over OAuth 1.0a, which is preferred for it when both pairs of keys are set, X
// asks for the password. Over OAuth 2.0 X has no such thing, and may confirm
// silently. An ordinary login is recent too, and X may let it through silently
// where the person is signed in at X: set [Config.ForceLogin] where a forgotten
// browser must not do the action. A user without an X account, such as a guest,
// cannot confirm this way. It panics if maxAge is under a minute or, without a
// [SessionManager], not below Session.Lifetime.
func (a *Auth[U]) RequireRecent(maxAge time.Duration) func(http.Handler) http.Handler {
	a.server.checkMaxAge(maxAge)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r, ok := a.Recent(w, r, maxAge); ok { //nolint:contextcheck // the request has the context
				next.ServeHTTP(w, r)
			}
		})
	}
}

// Recent is [Auth.RequireRecent] for frameworks whose middleware is not
// net/http's. It returns the request to go on with, or false after answering.
func (a *Auth[U]) Recent(w http.ResponseWriter, r *http.Request, maxAge time.Duration) (*http.Request, bool) {
	a.server.checkMaxAge(maxAge)
	r, ok := a.Require(w, r)
	if !ok {
		return nil, false
	}
	current, ok := a.Session(r.Context())
	if !ok || isRecent(current, maxAge) || a.server.isLoginPageRequest(r) { // without a session: WithUser's user, or a route of the login
		return r, true
	}
	if current.IssuedAt.IsZero() {
		a.server.fail(w, r, newError(CodeStoreFailed, errNoIssuedAt))
		return nil, false
	}
	a.server.askToConfirm(w, r, current, maxAge)
	return nil, false
}

// identify returns the context of the request's user, or why it has none.
func (a *Auth[U]) identify(r *http.Request) (*userContext[U], *Error) {
	s, e := a.server.loadSession(r)
	if e != nil {
		return nil, e
	}
	v := &userContext[U]{Context: r.Context(), auth: a, session: s}
	since, err := a.users.bySession(r.Context(), s, &v.user)
	if err == nil {
		err = checkSince(since, s.IssuedAt)
	}
	if err != nil {
		return nil, a.server.rejected(r.Context(), s, err)
	}
	return v, nil
}
