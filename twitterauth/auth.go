package twitterauth

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
)

// Auth is the login of one app: its routes, and the middleware that finds out
// who is logged in. It is safe for concurrent use and nothing in it changes
// after [New]. Two of them in one process do not disturb each other if their
// cookie names differ.
type Auth[U any] struct {
	server *server
	users  *users[U]
}

// Mount adds the routes to a mux, each by its full path and for every common
// method, so that a wrong method is answered 405 even if the app has a handler
// for "/". A route that is switched off, such as token, answers not_found.
//
// Any other path in the folder is the mux's own, because a pattern for all of
// them could conflict with the app's patterns. Where the folder is the login's
// alone, mux.Handle("/auth/twitter/", auth) gives not_found for those too.
func (a *Auth[U]) Mount(mux Mux) { a.server.mount(mux, a) }

// ServeHTTP serves all routes by their full path, for routers that hand over a
// whole folder. Other paths are answered 404.
func (a *Auth[U]) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.server.serveHTTP(w, r) }

// SignInButton returns a form with a "Sign in with X" button, for any page of
// the app: [Auth.SignInForm] as HTML. It works with the keyboard and screen
// readers and has no inline style or script; see [ButtonCSS].
//
// A Content-Security-Policy with form-action must name X's origin too, because
// browsers check the redirect that follows against it.
func (a *Auth[U]) SignInButton(returnTo string, opts ...ButtonOption) template.HTML {
	return a.server.buttonForm(returnTo, opts).HTML()
}

// SignInForm returns the form that starts a login, for pages with markup of
// their own. returnTo is where to go after the login, "" for [Config.AfterLogin] or
// what [Carry] has; a refused target is left out.
func (a *Auth[U]) SignInForm(returnTo string, opts ...ButtonOption) Form {
	return a.server.buttonForm(returnTo, opts)
}

// SignOutButton returns a form with a button that logs out. The label "" is
// "Log out".
func (a *Auth[U]) SignOutButton(label string) template.HTML {
	return a.server.logoutForm(cmp.Or(label, english.LogOutButton)).HTML()
}

// ReturnTo returns the redirect target that the app's sign-in page,
// [Config.LoginPage], was opened with, or "" if the target would be refused. The app
// may hand the target to http.Redirect.
func (a *Auth[U]) ReturnTo(r *http.Request) string { return a.server.returnTo(r) }

// Sessions starts, finds and ends sessions outside a login with X: for a guest,
// or a user with a password. It is [Config.SessionManager] if that is set, and goes
// through the store's [SessionKeeper] if it has one, so that these sessions have
// rows too. End also keeps the person logged out, as POST logout does, unless the
// manager is the app's and the store keeps no rows.
//
// Waiting for a Session.Store adds up over a request, to five seconds in all, after
// which every call fails. Loops that outlive their request do not use Load but
// [Auth.StillValid], which does not wait for that store.
func (a *Auth[U]) Sessions() SessionManager { return a.server.appSessions() }

// Client returns an HTTP client that calls X's API for a user with the token that
// the store keeps ([TokenKeeper]): signed over OAuth 1.0a, with a bearer token over
// OAuth 2.0, which is renewed before its end, once for all goroutines and
// machines. It sends requests to APIURL's origin only and follows no redirects. Until
// the access token's end a renewal that fails, or takes longer than half of the
// request's time, fails no request.
//
// Its errors are [ErrNoToken], [ErrSignInAgain] or the store's, found by
// [errors.Is] because [http.Client] wraps them; without a TokenKeeper every
// request fails. X's own answers come back as they are, 429 for a rate limit
// among them.
func (a *Auth[U]) Client(userID string) *http.Client { return a.server.client(userID) }

// RevokeToken ends a token at X, as when a user disconnects X or is deleted:
// over OAuth 1.0a by invalidate_token, over OAuth 2.0 by revoke (RFC 7009). A
// token that is revoked already is no error. An empty token is [ErrNoToken];
// any other error is of the configuration or of X, and the token may still be
// valid.
func (a *Auth[U]) RevokeToken(ctx context.Context, t Token) error {
	return a.server.revokeToken(ctx, t)
}

// Check asks X whether logins can work: for a request token, which shows whether
// keys, callback URL and clock are right, and with ClientID for a token, which
// shows whether the client is (its callback URL only shows in a browser). It
// returns nil when all is right; otherwise the error, an *[Error], has what is
// wrong and what to do. It is meant for the start of a program or a health page;
// a login would find out the same. A page or a challenge of something before X (a
// firewall, a proxy, Cloudflare) is reported as such, not as wrong keys. Its time
// is bounded as a login's is.
func (a *Auth[U]) Check(ctx context.Context) error { return a.server.check(ctx) }

// Format writes where the login lives and nothing secret.
func (a Auth[U]) Format(s fmt.State, _ rune) {
	io.WriteString(s, "twitterauth.Auth("+a.server.cfg.CallbackURL+")")
}
