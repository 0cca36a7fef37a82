package twitterauth

import (
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
// method, so that a wrong one is answered 405 beside an app's own "/" too.
func (a *Auth[U]) Mount(mux Mux) {
	for _, rt := range a.routes {
		for _, method := range mountMethods {
			mux.Handle(method+" "+a.place.served(rt.name), a)
		}
	}
}

// ServeHTTP serves all routes by their full path, for routers that hand over a
// whole folder. Other paths are answered 404.
func (a *Auth[U]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, a.place.prefix+"/")
	i := slices.IndexFunc(a.routes, func(rt route) bool { return ok && rt.name == name })
	if i < 0 {
		a.fail(w, r, fault(CodeNotFound, nil))
		return
	}
	if rt := a.routes[i]; !slices.Contains(rt.methods, r.Method) {
		w.Header().Set("Allow", strings.Join(rt.methods, ", "))
		a.fail(w, r, fault(CodeMethodNotAllowed, nil))
		return
	}
	a.routes[i].handle(w, r)
}
