package twitterauth

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
)

// The routes' last segments; the callback's is CallbackURL's.
const (
	routeLogin   = "login"
	routeLogout  = "logout"
	routeToken   = "token"
	routeSession = "session"
)

// route is a path below the prefix with what it takes.
type route struct {
	name    string
	methods []string // in the order of the Allow header
	handle  http.HandlerFunc
}

func (a *Auth[U]) table() []route {
	table := []route{
		{routeLogin, []string{"GET", "POST"}, a.handleLogin},
		{a.place.callback, []string{"GET"}, a.handleCallback},
		{routeLogout, []string{"POST"}, a.handleLogout},
		{routeSession, []string{"GET", "HEAD"}, a.handleSession},
	}
	if a.cfg.TokenLogin {
		table = append(table, route{routeToken, []string{"POST"}, a.handleToken})
	}
	return table
}

// Mux is what routes are mounted on: http.ServeMux, or any router whose
// patterns have the form "GET /path".
type Mux interface {
	Handle(pattern string, handler http.Handler)
}

// mountMethods are named one by one: a pattern without a method would conflict
// with an app's own "GET /".
var mountMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// Mount adds the routes to a mux, each by its full path and for every common
// method, so that a wrong method is answered 405 even if the app has a handler
// for "/". A route that is switched off, such as token, answers not_found.
//
// Any other path in the folder is the mux's own: a pattern for all of them
// could conflict with the app's patterns. Where the folder is the login's alone,
// mux.Handle("/auth/twitter/", auth) gives not_found for those too.
func (a *Auth[U]) Mount(mux Mux) {
	for _, name := range a.mountNames() {
		for _, method := range mountMethods {
			mux.Handle(method+" "+a.place.served(name), a)
		}
	}
}

// mountNames returns the routes' names, those of switched-off routes included.
func (a *Auth[U]) mountNames() []string {
	var names []string
	for _, rt := range a.routes {
		names = append(names, rt.name)
	}
	if !slices.Contains(names, routeToken) {
		names = append(names, routeToken)
	}
	return names
}

// ServeHTTP serves all routes by their full path, for routers that hand over a
// whole folder. Other paths are answered 404.
func (a *Auth[U]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := a.routeOf(r.URL.Path)
	if i < 0 {
		a.explainStripped(r)
		a.fail(w, r, fault(CodeNotFound, nil))
		return
	}
	if rt := a.routes[i]; !slices.Contains(rt.methods, r.Method) {
		w.Header().Set("Allow", strings.Join(rt.methods, ", "))
		a.fail(w, r, fault(CodeMethodNotAllowed, nil))
		return
	}
	a.routes[i].handle(w, a.boundWaiting(r))
}

// routeOf returns the index of the route with that path, or -1.
func (a *Auth[U]) routeOf(path string) int {
	name, ok := strings.CutPrefix(path, a.place.prefix+"/")
	if !ok {
		return -1
	}
	return slices.IndexFunc(a.routes, func(rt route) bool { return rt.name == name })
}

// isOwnRequest reports whether a request is for one of the routes, spelled
// exactly, with a method that Mount registers. Guards let these pass, so that a
// guard around the whole mux does not send the login to the login. Any other
// spelling or method is guarded, because a mux may send it to the app.
func (a *Auth[U]) isOwnRequest(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, a.place.prefix+"/") &&
		a.routeOf(r.URL.EscapedPath()) >= 0 &&
		(r.Method == http.MethodHead || slices.Contains(mountMethods, r.Method))
}

// explainStripped logs, once, that something in this program strips a part of
// the path which the routes need.
func (a *Auth[U]) explainStripped(r *http.Request) {
	asked, _, _ := strings.Cut(r.RequestURI, "?")
	if asked == r.URL.Path || a.routeOf(asked) < 0 {
		return
	}
	a.strippedOnce.Do(func() {
		a.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: the path of a login route has been shortened before it reached the login, so it was not found",
			slog.String("asked", loggable(asked)),
			slog.String("arrived", loggable(r.URL.Path)),
			slog.String("remedy", "serve the login by its full path: leave out http.StripPrefix or the router's own mounting around it, or use Mount"))
	})
}
