package twitterauth

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/site"
)

// What the guards share, whatever the user type.

// isRouteRequest reports whether a request is for a route of the login, spelled
// exactly, with a method that Mount registers. Guards pass these, so that a
// guard around the whole mux does not send the login to the login. Any other
// spelling or method is guarded, because a mux may send it to the app.
func (s *server) isRouteRequest(r *http.Request) bool {
	name, ok := s.site.RouteName(r.URL.Path)
	return ok && s.routeOf(r.URL.Path) >= 0 && s.isExactly(r, s.site.ServerPath(name))
}

// isLoginPageRequest reports the same for the app's sign-in page.
func (s *server) isLoginPageRequest(r *http.Request) bool {
	return s.loginPage != "" && s.isExactly(r, s.loginPage)
}

// isExactly reports whether a request arrived with that path and no other. A guard
// below http.StripPrefix sees a shortened path, which may be of any page: only the
// part that Config.Prefix leaves out may have been stripped here.
func (s *server) isExactly(r *http.Request, path string) bool {
	if r.URL.EscapedPath() != path || r.Method != http.MethodHead && !slices.Contains(mountMethods, r.Method) {
		return false
	}
	arrived := arrivedPath(r.RequestURI)
	return arrived == path || arrived == s.site.ProxyPrefix+path || r.RequestURI == "" // made by hand
}

// arrivedPath returns the path of a request target (RFC 9112, section 3.2), which a
// client may also send in absolute form: "http://host/path".
func arrivedPath(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if _, rest, isAbsolute := strings.Cut(target, "://"); isAbsolute && !strings.HasPrefix(target, "/") {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "/"
		}
		return rest[i:]
	}
	return target
}

// refuse answers a request that has no user.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	own := *e // the error may be shared by all visitors without a session
	e = &own
	asked := s.returns.FromRequest(r)
	if clientGone(r, e) || e.Code != CodeLoginRequired {
		if r.Method == http.MethodGet {
			e = e.startAgainWith(startForm{ReturnTo: asked, Stay: s.cfg.StayLoggedIn})
		}
		s.fail(w, r, e)
		return
	}
	s.dropEndedSession(w, r, e)
	if site.IsPageVisit(r, acceptsHTML(r)) {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelDebug, "twitterauth: a page visit without a user is sent to the login", slog.String("path", loggable(r.URL.Path)))
		noStore(w)
		redirect(w, s.signInAddress(asked, false))
		return
	}
	if r.Method == http.MethodGet {
		e = e.startAgainWith(startForm{ReturnTo: asked, Stay: s.cfg.StayLoggedIn})
	}
	s.fail(w, r, e)
}

// passUser prepares the answer of a page whose user has just been found, and returns
// the session, which may be renewed.
func (s *server) passUser(w http.ResponseWriter, r *http.Request, current session.Session, values *[2]string) session.Session {
	s.markPrivate(w, values)
	return s.renew(w, r, current)
}

// passAnonymous prepares the answer of a page that is for everyone, where no user
// could be found, and returns the request to go on with.
func (s *server) passAnonymous(w http.ResponseWriter, r *http.Request, e *Error) *http.Request {
	s.vary(w, new([1]string)[:])
	if e.Code != CodeLoginRequired {
		s.log(r, e)
		return r
	}
	s.dropEndedSession(w, r, e)
	if e == errAnonymous {
		return r
	}
	return s.withRefusedSession(r)
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
	h := w.Header()
	switch before := h["Vary"]; {
	case len(before) == 0:
		value[0] = s.varyBy
		h["Vary"] = value
	case !slices.Contains(before, s.varyBy):
		h["Vary"] = append(slices.Clip(before), s.varyBy) // the slice may be of a middleware in front
	}
}
