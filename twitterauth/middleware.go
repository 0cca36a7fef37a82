package twitterauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"twitterlogin.example/session"
)

// visitor is the context of a request with a user. It answers for the *Auth
// itself, so several of them get along, and passes on all that it does not know.
type visitor[U any] struct {
	context.Context
	auth    *Auth[U]
	user    U
	session session.Session
	headers [2]string // the values of Vary and Cache-Control, in one allocation with the rest
}

func (v *visitor[U]) Value(key any) any {
	if key == any(v.auth) {
		return v
	}
	return v.Context.Value(key)
}

// User returns the user whom [Auth.LoadUser] or [Auth.RequireUser] found; ok
// is false for an anonymous visitor.
func (a *Auth[U]) User(ctx context.Context) (user U, ok bool) {
	if v, ok := ctx.Value(a).(*visitor[U]); ok {
		return v.user, true
	}
	return user, false
}

// Session returns that user's session; ok is false for an anonymous visitor
// and for one of [Auth.WithUser].
func (a *Auth[U]) Session(ctx context.Context) (s session.Session, ok bool) {
	if v, ok := ctx.Value(a).(*visitor[U]); ok && v.session.UserID != "" {
		return v.session, true
	}
	return s, false
}

// WithUser returns a context in which that user is logged in, for tests of the
// app's handlers: RequireUser and LoadUser keep it and ask nobody.
func (a *Auth[U]) WithUser(ctx context.Context, user U) context.Context {
	return &visitor[U]{Context: ctx, auth: a, user: user}
}

// LoadUser finds out who is logged in and passes every request on. When a store
// does not answer, the visitor is anonymous, the log has the reason, and the
// cookie is kept. Requests for the login's own routes pass untouched.
func (a *Auth[U]) LoadUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := a.User(r.Context()); ok || a.isOwnRequest(r) {
			a.vary(w, new([1]string)[:])
			next.ServeHTTP(w, r)
			return
		}
		r = a.boundWaiting(r)
		v, e := a.identify(r)
		if e == nil {
			next.ServeHTTP(w, a.withVisitor(w, r, v))
			return
		}
		a.vary(w, new([1]string)[:])
		if e.Code == CodeLoginRequired {
			a.forget(w, r, e)
		} else {
			a.log(r, e)
		}
		next.ServeHTTP(w, r)
	})
}

// RequireUser passes only the requests of users on. A page visit without a user
// is sent to the login and comes back; anything else gets 401. When a store does
// not answer, the answer is 503 and the cookie is kept.
//
// Requests for the login's own routes pass, so auth.RequireUser(mux) around
// everything works.
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
	if a.isOwnRequest(r) {
		return r, true
	}
	if _, ok := a.User(r.Context()); ok {
		a.vary(w, new([1]string)[:])
		w.Header().Set("Cache-Control", privateNoStore)
		return r, true
	}
	r = a.boundWaiting(r)
	v, e := a.identify(r)
	if e != nil {
		a.vary(w, new([1]string)[:])
		a.refuse(w, r, e)
		return nil, false
	}
	return a.withVisitor(w, r, v), true
}

// withVisitor returns the request with its user, and keeps the answer out of
// shared caches.
func (a *Auth[U]) withVisitor(w http.ResponseWriter, r *http.Request, v *visitor[U]) *http.Request {
	a.vary(w, v.headers[:1:1])
	v.headers[1] = privateNoStore
	w.Header()["Cache-Control"] = v.headers[1:2:2]
	return r.WithContext(v)
}

// identify tells who is logged in, or why nobody is.
func (a *Auth[U]) identify(r *http.Request) (*visitor[U], *Error) {
	s, err := a.load(r)
	if err != nil {
		if err != session.ErrNoSession { //nolint:errorlint // the everyday case needs no second look
			a.watch.note(r.Context(), err)
		}
		return nil, loadFault(err)
	}
	v := &visitor[U]{Context: r.Context(), auth: a, session: s}
	if err := a.userByID(r.Context(), s.UserID, s.IssuedAt, &v.user); err != nil {
		return nil, userFault(err)
	}
	return v, nil
}

// userFault is what it means that the store gave no user for a session.
func userFault(err error) *Error {
	var p *panicError
	switch {
	case errors.Is(err, ErrUserNotFound), errors.Is(err, errRevoked):
		return fault(CodeLoginRequired, errSessionOver)
	case errors.As(err, &p), errors.Is(err, errNoIssuedAt):
		return fault(CodeStoreFailed, err)
	}
	return fault(CodeStoreUnavailable, err)
}

// errSessionOver is the cause of a session that the app ended: its user is
// gone or has revoked it.
var errSessionOver = errors.New("twitterauth: the session's user is gone or has ended it")

// forget deletes the cookie of a session that the app ended.
func (a *Auth[U]) forget(w http.ResponseWriter, r *http.Request, e *Error) {
	if !errors.Is(e.Err, errSessionOver) {
		return
	}
	noStore(w) // a cache must not hand the deletion to others
	if err := a.endSession(w, r); err != nil {
		a.log(r, sessionFault(err))
		return
	}
	a.signedOut.set(w)
}

// refuse answers a request that has no user.
func (a *Auth[U]) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	if clientGone(r, e) || e.Code != CodeLoginRequired {
		a.failVisibly(w, r, e)
		return
	}
	a.forget(w, r, e)
	asked := a.returns.fromRequest(r)
	if isPageVisit(r) {
		noStore(w)
		location := a.place.seen(routeLogin)
		if asked != "" {
			location += "?return_to=" + url.QueryEscape(asked)
		}
		redirect(w, location)
		return
	}
	e = fault(CodeLoginRequired, e.Err) // a copy of its own: the one given may be shared
	if r.Method == http.MethodGet {
		e.startAgainWith(startForm{ReturnTo: asked, Stay: a.cfg.StayLoggedIn})
	}
	a.fail(w, r, e)
}

// isPageVisit reports whether a browser is going to a page, which can be sent
// elsewhere and come back, unlike a form's post or a script's fetch.
func isPageVisit(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "document" || isPassedOn(r.Header.Get("Sec-Fetch-Mode"), dest) || dest == "" && acceptsHTML(r)
}

const privateNoStore = "private, no-store"

// vary marks the answer for caches as dependent on who asks. value has room for
// one string and belongs to this answer: the app may change a header's slice in
// place.
func (a *Auth[U]) vary(w http.ResponseWriter, value []string) {
	value[0] = a.varyBy
	h := w.Header()
	if len(h["Vary"]) == 0 {
		h["Vary"] = value
		return
	}
	if !slices.Contains(h["Vary"], a.varyBy) {
		h["Vary"] = append(h["Vary"], a.varyBy)
	}
}
