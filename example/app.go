package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// app is the site: what each page does, on whatever router.
type app struct {
	auth     *twitterauth.Auth[*User]
	authPath string // where the library's routes live
	users    *users
	sessions serverSessions
	pages    *pages
	logger   *slog.Logger
	router   func(*app) http.Handler
	policy   string
	standIn  bool
}

func newApp(set settings, x *x, keys []session.Key, users *users, sessions serverSessions, logger *slog.Logger) (*app, error) {
	auth, err := twitterauth.New(users, twitterauth.Config{
		ConsumerKey:    x.consumerKey,
		ConsumerSecret: x.consumerSecret,
		ClientID:       x.clientID,
		ClientSecret:   x.clientSecret,
		CallbackURL:    set.CallbackURL,
		APIURL:         x.apiURL,
		TokenLogin:     x.consumerKey != "",
		AppCallbacks:   []string{"http://127.0.0.1/signed-in", "http://[::1]/signed-in"}, // of ./cli
		Session:        session.Config{Keys: keys, Store: sessions.store, Bearer: true},
		Logger:         logger,
	})
	if err != nil {
		return nil, err
	}
	return &app{
		auth:     auth,
		authPath: set.authPath(),
		users:    users,
		sessions: sessions,
		pages:    newPages(),
		logger:   logger,
		router:   routers[set.Router],
		policy:   contentSecurityPolicy(x, set),
		standIn:  !x.real,
	}, nil
}

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
		h.Set("Content-Security-Policy", a.policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}

// home is for everyone: who you are, or how to sign in.
func (a *app) home(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.pages.render(w, http.StatusOK, "home.html", a.view(user))
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

// guest signs a visitor in without X, to link an account later.
func (a *app) guest(w http.ResponseWriter, r *http.Request) {
	userID, err := a.users.newGuest(r.Context())
	if err == nil {
		_, err = a.auth.Sessions().Start(w, r, userID, false)
	}
	a.backHome(w, r, err)
}

// logoutEverywhere ends this user's sessions on every device.
func (a *app) logoutEverywhere(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.backHome(w, r, a.users.endSessions(r.Context(), user.ID))
}

func (a *app) backHome(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		a.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
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
