package peerbench

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/dghubble/gologin/v2"
	oauth1login "github.com/dghubble/gologin/v2/oauth1"
	"github.com/dghubble/gologin/v2/twitter"
	"github.com/dghubble/oauth1"
	oauth1twitter "github.com/dghubble/oauth1/twitter"
	"github.com/gorilla/sessions"
	"github.com/markbates/goth"
	"github.com/markbates/goth/gothic"
	gothtwitter "github.com/markbates/goth/providers/twitter"

	"twitterlogin.example/mapping"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

const (
	origin      = "https://app.example.com"
	callbackURL = origin + "/auth/twitter/callback"
	ada         = "6253282" // one of the stand-in's people
)

// user is the app's own.
type user struct{ ID, Handle, Email string }

// users is the app's table, in memory.
type users struct {
	mu   sync.RWMutex
	byID map[string]*user
}

func newUsers(list ...*user) *users {
	u := &users{byID: map[string]*user{}}
	for _, one := range list {
		u.byID[one.ID] = one
	}
	return u
}

func (u *users) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	email, _ := login.Fields.String("email")
	u.save(login.TwitterID, login.ScreenName, email)
	return login.TwitterID, nil
}

func (u *users) save(id, handle, email string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byID[id] = &user{ID: id, Handle: handle, Email: email}
}

func (u *users) UserByID(_ context.Context, userID string) (*user, error) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	if found := u.byID[userID]; found != nil {
		return found, nil
	}
	return nil, twitterauth.ErrUserNotFound
}

func newAuth(b testing.TB, store twitterauth.UserStore[*user], change func(*twitterauth.Config)) *twitterauth.Auth[*user] {
	b.Helper()
	cfg := twitterauth.Config{
		ConsumerKey:    "key",
		ConsumerSecret: "secret",
		CallbackURL:    callbackURL,
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:         slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	auth, err := twitterauth.New(store, cfg)
	if err != nil {
		b.Fatal(err)
	}
	return auth
}

// keys are the app's at X.
type keys struct{ key, secret string }

// app is a site with a login.
type app struct {
	http.Handler
	start   func() *http.Request // begins a login
	session string               // the cookie that a login leaves
}

const gorillaCookie = "app_session"

// newGorilla is gorilla's CookieStore, encrypting, as an app sets it up that
// follows its documentation.
func newGorilla() *sessions.CookieStore {
	store := sessions.NewCookieStore([]byte(strings.Repeat("a", 64)), []byte(strings.Repeat("e", 32)))
	store.Options.Secure, store.Options.HttpOnly, store.Options.SameSite = true, true, http.SameSiteLaxMode
	return store
}

// logIn is what an app on gologin or goth writes itself: the user is kept and
// a gorilla session begun.
func logIn(w http.ResponseWriter, r *http.Request, store sessions.Store, table *users, id, handle, email string) {
	table.save(id, handle, email)
	s, err := store.New(r, gorillaCookie)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.Values["userID"] = id
	if err := s.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, "/", http.StatusFound)
}

func newTwitterauthApp(b testing.TB, k keys, change func(*twitterauth.Config)) app {
	b.Helper()
	auth := newAuth(b, newUsers(), func(c *twitterauth.Config) {
		c.ConsumerKey, c.ConsumerSecret = k.key, k.secret
		if change != nil {
			change(c)
		}
	})
	mux := http.NewServeMux()
	auth.Mount(mux)
	return app{Handler: mux, session: "__Host-" + session.DefaultCookieName, start: func() *http.Request {
		r := httptest.NewRequest("POST", origin+"/auth/twitter/login", strings.NewReader("return_to=%2F"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		return r
	}}
}

// onlyIdentity is a mapping that needs no profile call.
func onlyIdentity(c *twitterauth.Config) {
	c.Mapping = mapping.Must(map[string]string{"id": "twitterId", "screen_name": "handle"})
}

// newGologinApp uses package twitter as its documentation does. With keepSecret
// the request token's secret travels in gologin's short-lived cookie: X signs
// in without it, the strict stand-in does not.
func newGologinApp(k keys, keepSecret bool) app {
	cfg := &oauth1.Config{ConsumerKey: k.key, ConsumerSecret: k.secret, CallbackURL: callbackURL, Endpoint: oauth1twitter.AuthenticateEndpoint}
	store, table := newGorilla(), newUsers()
	success := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := twitter.UserFromContext(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		logIn(w, r, store, table, u.IDStr, u.ScreenName, u.Email)
	})
	login, callback := twitter.LoginHandler(cfg, nil), twitter.CallbackHandler(cfg, success, nil)
	if keepSecret {
		login = oauth1login.LoginHandler(cfg, oauth1login.CookieTempHandler(gologin.DefaultCookieConfig, oauth1login.AuthRedirectHandler(cfg, nil), nil), nil)
		callback = oauth1login.CookieTempHandler(gologin.DefaultCookieConfig, callback, nil)
	}
	return simpleApp(login, callback)
}

func newGothApp(k keys) app {
	gothic.Store = sessions.NewCookieStore([]byte(strings.Repeat("g", 32)))
	goth.UseProviders(gothtwitter.NewAuthenticate(k.key, k.secret, callbackURL))
	store, table := newGorilla(), newUsers()
	return simpleApp(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			gothic.BeginAuthHandler(w, gothic.GetContextWithProvider(r, "twitter"))
		}),
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = gothic.GetContextWithProvider(r, "twitter")
			u, err := gothic.CompleteUserAuth(w, r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			logIn(w, r, store, table, u.UserID, u.NickName, u.Email)
		}))
}

func simpleApp(login, callback http.Handler) app {
	mux := http.NewServeMux()
	mux.Handle("GET /auth/twitter/login", login)
	mux.Handle("GET /auth/twitter/callback", callback)
	return app{Handler: mux, session: gorillaCookie, start: func() *http.Request {
		return httptest.NewRequest("GET", origin+"/auth/twitter/login", nil)
	}}
}

// login goes all the way as a browser would, and fails unless it ends with a
// session. approve is the person at X.
func (a app) login(approve func(authorizeURL string) (callback string, err error)) error {
	begun := httptest.NewRecorder()
	a.ServeHTTP(begun, a.start())
	to := begun.Header().Get("Location")
	if begun.Code/100 != 3 || to == "" {
		return fmt.Errorf("the login began with %d %s", begun.Code, begun.Body)
	}
	back, err := approve(to)
	if err != nil {
		return err
	}
	r := httptest.NewRequest("GET", back, nil)
	for _, line := range begun.Header()["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		r.Header.Add("Cookie", pair)
	}
	done := httptest.NewRecorder()
	a.ServeHTTP(done, r)
	if done.Code/100 != 3 {
		return fmt.Errorf("the callback answered %d %s", done.Code, done.Body)
	}
	for _, line := range done.Header()["Set-Cookie"] {
		if strings.HasPrefix(line, a.session+"=") {
			return nil
		}
	}
	return fmt.Errorf("no session after the login: %q", done.Header()["Set-Cookie"])
}

// approveAny is a person at an X that does not check anything.
func approveAny(authorizeURL string) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return "", err
	}
	return callbackURL + "?oauth_token=" + url.QueryEscape(u.Query().Get("oauth_token")) + "&oauth_verifier=vErIfIeR0123456789abcdefABC", nil
}
