package twitterauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"twitterlogin.example/session"
)

// visitor is the context of a request with a user. It answers for the *Auth
// itself, so several of them get along, and passes on all that it does not know.
type visitor[U any] struct {
	context.Context
	auth    *Auth[U]
	user    U
	session session.Session
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

// LoadUser finds out who is logged in and lets everyone through. When nobody
// can tell, because a store does not answer, the visitor is anonymous and the
// log says why; the cookie is kept.
func (a *Auth[U]) LoadUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.vary(w)
		if _, ok := a.User(r.Context()); !ok {
			v, e := a.identify(r)
			switch {
			case e == nil:
				r = withVisitor(w, r, v)
			case e.Code == CodeLoginRequired:
				a.forget(w, r, e)
			default:
				a.log(r, e)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// RequireUser lets only users through. A page that a browser goes to without
// one is sent to the login and comes back; anything else gets 401. When a store
// does not answer it is 503 and the cookie is kept.
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
	a.vary(w)
	if _, ok := a.User(r.Context()); ok {
		w.Header()["Cache-Control"] = privateNoStore
		return r, true
	}
	v, e := a.identify(r)
	if e != nil {
		a.refuse(w, r, e)
		return nil, false
	}
	return withVisitor(w, r, v), true
}

func withVisitor[U any](w http.ResponseWriter, r *http.Request, v *visitor[U]) *http.Request {
	w.Header()["Cache-Control"] = privateNoStore
	return r.WithContext(v)
}

// identify tells who is logged in, or why nobody is.
func (a *Auth[U]) identify(r *http.Request) (*visitor[U], *Error) {
	s, err := a.load(r)
	if err != nil {
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
	if err := a.endSession(w, r); err != nil {
		a.log(r, sessionFault(err))
	}
}

// refuse answers a request that has no user. A context that has ended mostly
// means that the client has gone, but not always, and silence would tell it that
// the app's handler has done its work.
func (a *Auth[U]) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	if clientGone(r, e) {
		a.log(r, e)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if e.Code != CodeLoginRequired {
		a.fail(w, r, e)
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
		e.retry.ReturnTo = asked
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
	return dest == "document" || dest == "" && acceptsHTML(r)
}

// Header values made once: these are set on every request.
var (
	privateNoStore   = []string{"private, no-store"}
	varyCookie       = []string{"Cookie"}
	varyCookieBearer = []string{"Cookie, Authorization"}
)

// vary tells caches that the answer depends on who asks.
func (a *Auth[U]) vary(w http.ResponseWriter) {
	value := varyCookie
	if a.cfg.Session.Bearer {
		value = varyCookieBearer
	}
	h := w.Header()
	if len(h["Vary"]) == 0 {
		h["Vary"] = value[:1:1] // a later Add copies
		return
	}
	for _, have := range h["Vary"] {
		if have == value[0] {
			return
		}
	}
	h["Vary"] = append(h["Vary"], value[0])
}
