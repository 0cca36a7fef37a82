package twitterauth

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// What the guards share, whatever the user type.

// isOwnRequest reports whether a request is for one of the routes, or for the
// app's sign-in page. Guards let these pass, so that a guard around the whole mux
// does not send the login to the login.
func (s *server) isOwnRequest(r *http.Request) bool {
	return s.isRouteRequest(r) || s.loginPage != "" && r.URL.EscapedPath() == s.loginPage && isMountMethod(r.Method)
}

// isRouteRequest reports whether a request is for one of the routes, spelled
// exactly, with a method that Mount registers. Any other spelling or method is
// guarded, because a mux may send it to the app.
func (s *server) isRouteRequest(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, s.site.Prefix+"/") && s.routeOf(r.URL.EscapedPath()) >= 0 && isMountMethod(r.Method)
}

func isMountMethod(method string) bool {
	return method == http.MethodHead || slices.Contains(mountMethods, method)
}

// refuse answers a request that has no user.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	if clientGone(r, e) || e.Code != CodeLoginRequired {
		s.failVisibly(w, r, e)
		return
	}
	s.dropEndedSession(w, r, e)
	asked := s.returns.FromRequest(r)
	if site.IsPageVisit(r, acceptsHTML(r)) {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelDebug, "twitterauth: a page visit without a user is sent to the login", slog.String("path", loggable(r.URL.Path)))
		noStore(w)
		redirect(w, s.signInAddress(asked, false))
		return
	}
	e = newError(CodeLoginRequired, e.Err) // a copy of its own: the one given may be shared
	if r.Method == http.MethodGet {
		e.startAgainWith(startForm{ReturnTo: asked, Stay: s.cfg.StayLoggedIn})
	}
	s.fail(w, r, e)
}

// passAnonymous prepares the answer of a page that is for everyone, where no user
// could be found.
func (s *server) passAnonymous(w http.ResponseWriter, r *http.Request, e *Error) {
	s.vary(w, new([1]string)[:])
	if e.Code == CodeLoginRequired {
		s.dropEndedSession(w, r, e)
		return
	}
	s.log(r, e)
}

const privateNoStore = "private, no-store"

// markPrivate keeps an answer with a user out of shared caches. values has room
// for two headers and belongs to this answer.
func (s *server) markPrivate(w http.ResponseWriter, values *[2]string) {
	s.vary(w, values[:1:1])
	values[1] = privateNoStore
	w.Header()["Cache-Control"] = values[1:2:2]
}

// vary marks the answer for caches as dependent on who asks. value has room for
// one string and belongs to this answer: the app may change a header's slice in
// place.
func (s *server) vary(w http.ResponseWriter, value []string) {
	value[0] = s.varyBy
	h := w.Header()
	if len(h["Vary"]) == 0 {
		h["Vary"] = value
		return
	}
	if !slices.Contains(h["Vary"], s.varyBy) {
		h["Vary"] = append(h["Vary"], s.varyBy)
	}
}
