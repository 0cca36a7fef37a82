package twitterauth

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
	"twitterlogin.example/twitterauth/internal/site"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// server has the routes of one app's login and all that they need. The app's
// user type is hidden behind users. Nothing in it changes after New.
type server struct {
	cfg        Config
	site       site.Site
	returns    site.ReturnPolicy
	origins    site.OriginPolicy
	formAction string // where this site's login form leads, for the pages' policy
	routes     []route
	loginPage  string // the path of the app's sign-in page as this server sees it, or ""

	users     userTable
	linker    Linker      // nil unless the store implements Linker
	tokens    TokenKeeper // nil unless the store implements TokenKeeper
	renewals  renewals
	rows      sessionRows // nil unless the store implements SessionKeeper
	sessions  SessionManager
	toucher   SessionToucher // nil unless sessions implements SessionToucher
	load      loader
	varyBy    string // the request headers on which an answer with a user depends
	attempts  attempt.Cookies
	apps      site.AppCallbacks
	codes     *appcode.Sealer // of native apps' logins
	signedOut signedOutMark
	protocols []oauth.Protocol // the first begins logins, each finishes its own
	x         *xapi.Client

	observer observer
	ends     *loginEnds
	hooks    *hooks
	landings *storewait.Calls // those of Config.LandingPage that hang

	slots  chan struct{} // the places among Config.MaxLogins
	budget time.Duration
	watch  *sessionWatch
	email  *emailPermission

	strippedOnce *sync.Once // for explainStripped
}

// route is a path below the prefix with the methods that it takes.
type route struct {
	name    string
	methods []string // in the order of the Allow header
	handle  http.HandlerFunc
}

// mountMethods are the methods that Mount registers. They are named one by one,
// because a pattern without a method would conflict with the app's own "GET /".
var mountMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// routeOf returns the index of the route with that path, or -1.
func (s *server) routeOf(path string) int {
	name, ok := s.site.RouteName(path)
	if !ok {
		return -1
	}
	return slices.IndexFunc(s.routes, func(rt route) bool { return rt.name == name })
}

// loader finds a request's session.
type loader func(*http.Request) (session.Session, error)

// renewals keeps a user's token from being renewed by two goroutines of this process
// at once. The store's lock does the same among machines.
type renewals struct {
	mu      sync.Mutex
	running map[string]*renewal
}

// remove takes a renewal out, unless another renewal of the user has begun.
func (r *renewals) remove(userID string, run *renewal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[userID] == run {
		delete(r.running, userID)
	}
}

// renewal is a renewal that others wait for.
type renewal struct {
	done  chan struct{}
	token Token
	err   error
}
