package twitterauth

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// table lists the routes in the order in which a login meets them.
func (s *server) table() []route {
	table := []route{
		{site.RouteLogin, []string{"GET", "POST"}, s.handleLogin},
		{s.site.Callback, []string{"GET"}, s.handleCallback},
		{site.RouteLogout, []string{"GET", "HEAD", "POST"}, s.handleLogout},
		{site.RouteSession, []string{"GET", "HEAD", "POST"}, s.handleSession},
	}
	if s.apps.Any() {
		table = append(table, route{site.RouteAuthorize, []string{"GET", "POST"}, s.handleAuthorize})
	}
	if s.cfg.TokenLogin || s.apps.Any() {
		table = append(table, route{site.RouteToken, []string{"POST"}, s.handleToken})
	}
	return table
}

// Mux is what routes are mounted on: [http.ServeMux], or any router whose
// patterns have the form "GET /path".
type Mux interface {
	Handle(pattern string, handler http.Handler)
}

// mount adds handler for every route and every method of mountMethods.
func (s *server) mount(mux Mux, handler http.Handler) {
	for _, name := range s.mountNames() {
		for _, method := range mountMethods {
			mux.Handle(method+" "+s.site.ServerPath(name), handler)
		}
	}
}

// mountNames returns the routes' names, and token where it is switched off. Without
// apps authorize may be the name of a page.
func (s *server) mountNames() []string {
	var names []string
	for _, rt := range s.routes {
		names = append(names, rt.name)
	}
	if !slices.Contains(names, site.RouteToken) {
		names = append(names, site.RouteToken)
	}
	return names
}

// serveHTTP passes a request to its route.
func (s *server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	i := s.routeOf(r.URL.Path)
	if i < 0 {
		s.explainStripped(r) //nolint:contextcheck // the request has the context
		s.fail(w, r, newError(CodeNotFound, nil))
		return
	}
	if rt := s.routes[i]; !slices.Contains(rt.methods, r.Method) {
		w.Header().Set("Allow", strings.Join(rt.methods, ", "))
		s.fail(w, r, newError(CodeMethodNotAllowed, nil))
		return
	}
	s.routes[i].handle(w, s.boundWaiting(r))
}

// explainStripped logs, once, that something in this program strips a part of
// the path which the routes need.
func (s *server) explainStripped(r *http.Request) {
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	if asked == r.URL.Path || s.routeOf(asked) < 0 {
		return
	}
	s.strippedOnce.Do(func() {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: the path of a login route has been shortened before it reached the login, so it was not found",
			slog.String("asked", loggable(asked)),
			slog.String("arrived", loggable(r.URL.Path)),
			slog.String("remedy", "serve the login by its full path: leave out http.StripPrefix or the router's own mounting around it, or use Mount"))
	})
}
