package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// app is the site: what each page does, on whatever router.
type app struct {
	auth     *twitterauth.Auth[*User]
	authPath string // where the library's routes live
	postURL  string // where X takes posts
	users    *users
	sessions serverSessions
	pages    *pages
	metrics  *metrics
	logger   *slog.Logger
	router   func(*app) http.Handler
	policy   string
	standIn  bool

	liveInterval time.Duration
	closing      chan struct{} // closed when the program ends
}

// loginConfig is how people sign in.
func loginConfig(set settings, x *x, keys []session.Key, users *users, sessions serverSessions, logger *slog.Logger) twitterauth.Config {
	return twitterauth.Config{
		ConsumerKey:    x.consumerKey,
		ConsumerSecret: x.consumerSecret,
		ClientID:       x.clientID,
		ClientSecret:   x.clientSecret,
		CallbackURL:    set.CallbackURL,
		APIURL:         x.apiURL,
		OfflineAccess:  x.clientID != "",
		Scopes:         scopes(x),
		TokenLogin:     x.consumerKey != "",
		LoginPage:      signInPath,
		LandingPage:    landingPage(users),
		AppCallbacks:   []string{"http://127.0.0.1/signed-in", "http://[::1]/signed-in"}, // of ./cli
		Session:        sessionConfig(set, keys, sessions),
		Texts:          visitorsTexts(),
		Page:           layOut(newPages(), view{StandIn: !x.real}),
		Logger:         logger,
	}
}

// scopes are what the site needs of X in addition to the login: "Post to X". Over OAuth 1.0a
// the app's settings at X have that alone.
func scopes(x *x) []string {
	if x.clientID == "" {
		return nil
	}
	return []string{"tweet.write"}
}

// yearLong is how long "Keep me logged in" lasts at most where -stay-idle ends
// sessions that are not used. Browsers keep no cookie for more than 400 days.
const yearLong = 365 * 24 * time.Hour

func sessionConfig(set settings, keys []session.Key, sessions serverSessions) session.Config {
	c := session.Config{Keys: keys, Store: sessions.store, Bearer: true, IdleTimeout: set.Idle, StayIdleTimeout: set.StayIdle}
	if set.StayIdle > 0 {
		c.StayLifetime = yearLong
	}
	return c
}

func newApp(set settings, x *x, users *users, sessions serverSessions, cfg twitterauth.Config) (*app, error) {
	metrics := newMetrics()
	cfg.Observe = metrics.observe
	auth, err := twitterauth.New(users, cfg)
	if err != nil {
		return nil, err
	}
	api, err := url.Parse(x.apiURL)
	if err != nil {
		return nil, fmt.Errorf("TWITTER_API_URL: %w", err)
	}
	return &app{
		auth:     auth,
		postURL:  api.JoinPath("2", "tweets").String(),
		authPath: set.authPath(),
		users:    users,
		sessions: sessions,
		pages:    newPages(),
		metrics:  metrics,
		logger:   cfg.Logger,
		router:   routers[set.Router],
		policy:   contentSecurityPolicy(x, set),
		standIn:  !x.real,

		liveInterval: liveInterval,
		closing:      make(chan struct{}),
	}, nil
}

// close ends the live pages, for which a server that shuts down would wait.
func (a *app) close() { close(a.closing) }

// handler is the whole site with what stands before every router.
func (a *app) handler() http.Handler {
	return logRequests(a.logger, a.secureHeaders(a.router(a)))
}

// contentSecurityPolicy allows nothing but what the pages use. form-action
// names X too: browsers hold the redirect that follows the login form to it.
func contentSecurityPolicy(x *x, set settings) string {
	form := []string{"'self'", strings.TrimSuffix(set.site(), "/")}
	if u, err := url.Parse(x.apiURL); err == nil {
		form = append(form, u.Scheme+"://"+u.Host)
	}
	images := []string{"'self'", "data:"}
	if x.real {
		form = append(form, "https://x.com", "https://twitter.com")
		images = append(images, imageHosts...)
	}
	return "default-src 'none'; style-src 'self'; img-src " + strings.Join(images, " ") + "; " +
		"form-action " + strings.Join(form, " ") + "; base-uri 'none'; frame-ancestors 'none'"
}

func (a *app) secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", a.policyFor(r))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}

// policyFor returns the policy of a page. The page before a native app's login has no
// form-action, because its form ends at the app's redirect URI, on a loopback port of
// the app's choice.
func (a *app) policyFor(r *http.Request) string {
	if r.URL.Path != a.authPath+"/authorize" {
		return a.policy
	}
	before, formAction, _ := strings.Cut(a.policy, "form-action")
	_, after, _ := strings.Cut(formAction, "; ")
	return before + after
}

// home is for everyone: who you are, or how to sign in.
func (a *app) home(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	v := a.view(user)
	v.SignIn, v.Link = a.signInButton(inviteOf(r)), a.linkButton("", inviteOf(r))
	a.pages.render(w, http.StatusOK, "home.html", v)
}

// me needs a user.
func (a *app) me(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(user) // fails when the browser has gone
		return
	}
	a.pages.render(w, http.StatusOK, "me.html", a.view(user))
}

// logoutEverywhere ends this user's sessions on every device.
func (a *app) logoutEverywhere(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.backHome(w, r, a.users.endSessions(r.Context(), user.ID))
}

func (a *app) backHome(w http.ResponseWriter, r *http.Request, err error) { a.backTo(w, r, "/", err) }

// backTo goes on to a page after a form, or answers the error. "" is the first
// page.
func (a *app) backTo(w http.ResponseWriter, r *http.Request, path string, err error) {
	if err != nil {
		a.failed(w, r, err)
		return
	}
	http.Redirect(w, r, cmp.Or(path, "/"), http.StatusSeeOther) //nolint:gosec // G710: ReturnTo has checked it
}

// failed answers with the library's page or JSON, as its own routes do.
func (a *app) failed(w http.ResponseWriter, r *http.Request, err error) {
	a.logger.Error("request failed", "path", r.URL.Path, "error", err)
	code := twitterauth.CodeStoreFailed
	if errors.Is(err, twitterauth.ErrStoreUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		code = twitterauth.CodeStoreUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	twitterauth.WriteError(w, r, &twitterauth.Error{Code: code, Err: err})
}

// healthz is for load balancers.
func (a *app) healthz(w http.ResponseWriter, r *http.Request) {
	if err := errors.Join(a.users.ping(r.Context()), a.sessions.ping(r.Context())); err != nil {
		a.logger.Error("not healthy", "error", err)
		http.Error(w, "a database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// sameOrigin guards the app's own forms; the library guards its own.
func sameOrigin(next http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(next)
}

func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}
