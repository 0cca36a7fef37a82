package twitterauth

import (
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
// the app. It works with the keyboard and screen readers and has no inline
// style or script; see [ButtonCSS]. returnTo is where to go after the login,
// "" for Config.AfterLogin; a refused target is left out. A
// Content-Security-Policy with form-action must name X's origin too, because
// browsers check the redirect that follows against it.
func (a *Auth[U]) SignInButton(returnTo string) template.HTML {
	return renderButton(a.server.buttonForm(returnTo))
}

// Sessions starts, finds and ends sessions outside a login with X: for a guest,
// or a user with a password. It is Config.SessionManager if that is set.
func (a *Auth[U]) Sessions() SessionManager { return a.server.sessions }

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
