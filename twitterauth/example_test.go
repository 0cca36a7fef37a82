package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// handles is a store that keeps nothing but handles.
type handles map[string]string

func (h handles) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	h[login.TwitterID] = login.ScreenName
	return login.TwitterID, nil
}

func (h handles) UserByID(_ context.Context, userID string) (string, error) {
	if handle, ok := h[userID]; ok {
		return handle, nil
	}
	return "", twitterauth.ErrUserNotFound
}

// A whole login in a test: the stand-in for X approves at once, and the client
// follows the redirects as a browser would.
func Example() {
	x := twittertest.NewServer()
	defer x.Close()
	x.SignInAs("6253282")

	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	auth, err := twitterauth.New(handles{}, twitterauth.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		APIURL:         x.URL,
		CallbackURL:    server.URL + "/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
	})
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(mux)
	mux.Handle("GET /account", auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle, _ := auth.User(r.Context())
		w.Header().Set("Signed-In-As", handle)
	})))

	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	resp, err := client.PostForm(server.URL+"/auth/twitter/login", url.Values{"return_to": {"/account"}})
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.Request.URL.Path, resp.Header.Get("Signed-In-As"))
	// Output: /account ada
}

// New returns everything that is wrong with a configuration at once, each with what
// to do.
func ExampleNew_wrong() {
	_, err := twitterauth.New(handles{}, twitterauth.Config{
		ConsumerKey:    "key",
		ConsumerSecret: "secret",
		CallbackURL:    "http://app.example.com/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		MaxLogins:      -1,
	})
	fmt.Println(err)
	// Output:
	// twitterauth: CallbackURL is plain http, which is for localhost, 127.0.0.1 and [::1] only; cookies and tokens need https elsewhere: give exactly the URL that is registered at X, such as https://app.example.com/auth/twitter/callback
	// twitterauth: MaxLogins is negative: give the number of logins that may talk to X at once, or 0 for 256
}

// exampleConfig is a configuration for examples that do not talk to X.
func exampleConfig() twitterauth.Config {
	return twitterauth.Config{
		ConsumerKey:    "consumer key",
		ConsumerSecret: "consumer secret",
		CallbackURL:    "https://app.example.com/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:         slog.New(slog.DiscardHandler),
	}
}

// exampleApp is an app at a stand-in for X, with a browser that visits it.
type exampleApp struct {
	x       *twittertest.Server
	mux     *http.ServeMux
	server  *httptest.Server
	browser *http.Client
}

func newExampleApp() *exampleApp {
	jar, _ := cookiejar.New(nil)
	a := &exampleApp{x: twittertest.NewServer(), mux: http.NewServeMux(), browser: &http.Client{Jar: jar}}
	a.server = httptest.NewServer(a.mux)
	a.x.SignInAs("6253282")
	return a
}

func (a *exampleApp) Close() {
	a.server.Close()
	a.x.Close()
}

func (a *exampleApp) config() twitterauth.Config {
	cfg := exampleConfig()
	cfg.ConsumerKey, cfg.ConsumerSecret, cfg.APIURL = a.x.ConsumerKey, a.x.ConsumerSecret, a.x.URL
	cfg.CallbackURL = a.server.URL + "/auth/twitter/callback"
	return cfg
}

// url is the app's address.
func (a *exampleApp) url() *url.URL {
	u, err := url.Parse(a.server.URL)
	if err != nil {
		log.Fatal(err)
	}
	return u
}

// post sends a form as the browser does and prints where that leads.
func (a *exampleApp) post(path string, form url.Values) {
	req, err := http.NewRequest("POST", a.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	resp, err := a.browser.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Request.URL.Path)
}

// get prints what a page has.
func (a *exampleApp) get(path string) {
	resp, err := a.browser.Get(a.server.URL + path)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, strings.TrimSpace(string(body)))
}

// A page for users: a browser that goes there without one is sent to the login
// and comes back, a script gets 401.
func ExampleAuth_RequireUser() {
	auth, err := twitterauth.New(handles{"7": "ada"}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	account := auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle, _ := auth.User(r.Context())
		fmt.Fprintf(w, "Hello @%s", handle)
	}))

	for _, accept := range []string{"text/html", "application/json"} {
		r := httptest.NewRequest("GET", "/account", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		account.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Location")+strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 303 /auth/twitter/login?return_to=%2Faccount
	// 401 {"code":"login_required","message":"Please sign in first."}
}

// A page for everyone, which greets those who are logged in.
func ExampleAuth_LoadUser() {
	auth, err := twitterauth.New(handles{"7": "ada"}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	home := auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if handle, ok := auth.User(r.Context()); ok {
			fmt.Fprintf(w, "Hello @%s", handle)
			return
		}
		fmt.Fprint(w, "Hello stranger")
	}))

	w := httptest.NewRecorder()
	home.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 Hello stranger
}

// A test of one of the app's own handlers needs no login.
func ExampleAuth_WithUser() {
	auth, err := twitterauth.New(handles{}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	account := auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle, _ := auth.User(r.Context())
		fmt.Fprintf(w, "Hello @%s", handle)
	}))

	r := httptest.NewRequest("GET", "/account", nil)
	w := httptest.NewRecorder()
	account.ServeHTTP(w, r.WithContext(auth.WithUser(r.Context(), "ada")))
	fmt.Println(w.Code, w.Body)
	// Output: 200 Hello @ada
}

// Middleware of a framework that is not net/http's calls Require and goes on
// with the request it returns.
func ExampleAuth_Require() {
	auth, err := twitterauth.New(handles{}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	middleware := func(w http.ResponseWriter, r *http.Request, next func(*http.Request)) {
		r, ok := auth.Require(w, r)
		if !ok {
			return // answered already
		}
		next(r)
	}

	w := httptest.NewRecorder()
	middleware(w, httptest.NewRequest("GET", "/account", nil), func(*http.Request) { fmt.Println("not reached") })
	fmt.Println(w.Code)
	// Output: 401
}

// At the start of a program Check returns what would keep people from signing in, and
// what to do.
func ExampleAuth_Check() {
	x := twittertest.NewServer()
	defer x.Close()
	cfg := exampleConfig()
	cfg.ConsumerKey, cfg.ConsumerSecret, cfg.APIURL = x.ConsumerKey, x.ConsumerSecret, x.URL
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Check(context.Background()))

	x.RegisterCallbacks("https://app.example.com/callback")
	var e *twitterauth.Error
	if errors.As(auth.Check(context.Background()), &e) {
		fmt.Println(e.Message)
	}
	// Output:
	// <nil>
	// Logins with X will not work: X does not know the callback URL; add exactly https://app.example.com/auth/twitter/callback to the app's callback URLs in X's developer console, under User authentication settings.
}

// The button is a form of its own: put it into a page as it is.
func ExampleAuth_SignInButton() {
	auth, err := twitterauth.New(handles{}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	form, _, _ := strings.Cut(string(auth.SignInButton("/account")), "<button")
	fmt.Println(form)
	// Output: <form class="twitterauth" method="post" action="/auth/twitter/login"><input type="hidden" name="return_to" value="/account">
}

// A guest, or a user with a password, gets a session without X.
func ExampleAuth_Sessions() {
	auth, err := twitterauth.New(handles{"guest-1": "guest"}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/guest", nil)
	s, err := auth.Sessions().Start(w, r, "guest-1", false)
	if err != nil {
		log.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	fmt.Println(s.UserID, cookie.Name, cookie.MaxAge)
	// Output: guest-1 __Host-twitterauth_session 0
}

// The app has a page of its own for failed logins.
func ExampleRedirectErrors() {
	app := newExampleApp()
	defer app.Close()
	cfg := app.config()
	cfg.ErrorHandler = twitterauth.RedirectErrors("/welcome")
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /welcome", func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("error:", r.FormValue("error"))
	})

	app.x.CancelLogins()
	app.post("/auth/twitter/login", nil)
	// Output:
	// error: access_denied
	// 200 /welcome
}

// An ErrorHandler counts the codes, answers access_denied itself and leaves the
// other codes to WriteError.
func ExampleWriteError() {
	app := newExampleApp()
	defer app.Close()
	cfg := app.config()
	cfg.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
		fmt.Println("count", e.Code)
		if e.Code == twitterauth.CodeAccessDenied {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		twitterauth.WriteError(w, r, e)
	}
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})

	app.x.CancelLogins()
	app.post("/auth/twitter/login", nil)
	app.x.Fail(twittertest.RequestToken, twittertest.RateLimited(time.Minute))
	app.post("/auth/twitter/login", nil)
	// Output:
	// count access_denied
	// 200 /
	// count rate_limited
	// 503 /auth/twitter/login
}

// beta is a store that lets in those who were invited. The lock makes the
// look-up and the insert one step, as one statement does in SQL.
type beta struct {
	mu      sync.Mutex
	invited map[string]bool   // by invite code
	users   map[string]string // handles by Twitter ID
}

func (b *beta) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.users[login.TwitterID]; !known && !b.invited[login.Data] {
		return "", fmt.Errorf("no such invitation: %w", twitterauth.ErrLoginRefused)
	}
	b.users[login.TwitterID] = login.ScreenName // it can have changed
	return login.TwitterID, nil
}

func (b *beta) UserByID(_ context.Context, userID string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if handle, ok := b.users[userID]; ok {
		return handle, nil
	}
	return "", twitterauth.ErrUserNotFound
}

var _ twitterauth.UserStore[string] = (*beta)(nil)

// A closed beta: the invite code travels with the login, and the store turns
// people without a code away.
func ExampleUserStore() {
	app := newExampleApp()
	defer app.Close()
	store := &beta{invited: map[string]bool{"welcome": true}, users: map[string]string{}}
	auth, err := twitterauth.New(store, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})

	app.post("/auth/twitter/login", nil)
	app.post("/auth/twitter/login", url.Values{"data": {"welcome"}})
	// Output:
	// 403 /auth/twitter/callback
	// 200 /
}

// member is a user who can end all sessions, and may have linked an account.
type member struct {
	ID, Handle string
	validSince time.Time
}

// SessionsValidSince makes member a Revocable.
func (m member) SessionsValidSince() time.Time { return m.validSince }

// members is a store that can link accounts too.
type members struct {
	mu        sync.Mutex
	byID      map[string]member
	byTwitter map[string]string // user IDs
}

var (
	_ twitterauth.UserStore[member] = (*members)(nil)
	_ twitterauth.Linker            = (*members)(nil)
	_ twitterauth.Revocable         = member{}
)

func (s *members) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	userID, known := s.byTwitter[login.TwitterID]
	if !known && login.Reauth {
		return "", twitterauth.ErrUserNotFound // a confirmation makes no user
	}
	if !known {
		userID = fmt.Sprint("member-", len(s.byID)+1)
		s.byTwitter[login.TwitterID] = userID
	}
	m := s.byID[userID]
	m.ID, m.Handle = userID, login.ScreenName
	s.byID[userID] = m
	return userID, nil
}

func (s *members) UserByID(_ context.Context, userID string) (member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.byID[userID]; ok {
		return m, nil
	}
	return member{}, twitterauth.ErrUserNotFound
}

// LinkLogin makes members a Linker.
func (s *members) LinkLogin(_ context.Context, userID string, login twitterauth.Login) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if owner, taken := s.byTwitter[login.TwitterID]; taken && owner != userID {
		return twitterauth.ErrAlreadyLinked
	}
	m := s.byID[userID]
	m.Handle = login.ScreenName
	s.byID[userID], s.byTwitter[login.TwitterID] = m, userID
	return nil
}

// endSessions is "log out everywhere".
func (s *members) endSessions(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.byID[userID]
	m.validSince = time.Now().Add(time.Microsecond) // to which sessions are kept
	s.byID[userID] = m
}

// A guest links a Twitter account and stays the same user. A later login with
// that account is this user's too.
func ExampleLinker() {
	app := newExampleApp()
	defer app.Close()
	store := &members{byID: map[string]member{"guest-1": {ID: "guest-1"}}, byTwitter: map[string]string{}}
	auth, err := twitterauth.New(store, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("POST /guest", func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Sessions().Start(w, r, "guest-1", false); err != nil {
			log.Fatal(err)
		}
	})
	app.mux.Handle("GET /account", auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, _ := auth.User(r.Context())
		fmt.Fprintf(w, "%s @%s", m.ID, m.Handle)
	})))

	app.post("/guest", nil)
	app.get("/account")
	app.post("/auth/twitter/login", url.Values{"link": {"true"}, "return_to": {"/account"}})
	app.get("/account")
	// Output:
	// 200 /guest
	// 200 guest-1 @
	// 200 /account
	// 200 guest-1 @ada
}

// "Log out everywhere" with sealed cookies: sessions that began before the
// user's SessionsValidSince have ended.
func ExampleRevocable() {
	app := newExampleApp()
	defer app.Close()
	store := &members{byID: map[string]member{}, byTwitter: map[string]string{}}
	auth, err := twitterauth.New(store, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.Handle("GET /{$}", auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, ok := auth.User(r.Context())
		fmt.Fprint(w, m.Handle, " ", ok)
	})))

	app.post("/auth/twitter/login", nil)
	app.get("/")
	store.endSessions("member-1")
	app.get("/")
	// Output:
	// 200 /
	// 200 ada true
	// 200 false
}

// With a ClientID browser logins use OAuth 2.0. The rest of the app is the same.
func ExampleConfig_oAuth2() {
	app := newExampleApp()
	defer app.Close()
	cfg := app.config()
	cfg.ConsumerKey, cfg.ConsumerSecret = "", ""
	cfg.ClientID, cfg.ClientSecret = app.x.ClientID, app.x.ClientSecret
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.Handle("GET /account", auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle, _ := auth.User(r.Context())
		fmt.Fprint(w, "@", handle)
	})))

	app.post("/auth/twitter/login", url.Values{"return_to": {"/account"}})
	app.get("/account")
	// Output:
	// 200 /account
	// 200 @ada
}

// printing is a store that shows what a login brings.
type printing struct{}

func (printing) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	email, hasEmail := login.Fields.String("email")
	_, hasBio := login.Fields["description"] // the mapping does not name it
	fmt.Println(login.TwitterID, login.ScreenName)
	fmt.Println(email, hasEmail, hasBio, login.Profile["description"])
	fmt.Println(login.Data)
	fmt.Println(login.Token, login.Token.AccessToken != "", login.Token.AccessSecret != "")
	return login.TwitterID, nil
}

func (printing) UserByID(_ context.Context, userID string) (string, error) { return userID, nil }

// What the store gets: the ID to key on, the handle, the mapped properties, all
// that X sent, what the login form said, and a token that does not print.
func ExampleLogin() {
	app := newExampleApp()
	defer app.Close()
	auth, err := twitterauth.New(printing{}, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})

	app.post("/auth/twitter/login", url.Values{"data": {"tenant-3"}})
	// Output:
	// 6253282 ada
	// ada@example.com true false First programmer
	// tenant-3
	// [redacted] true true
	// 200 /
}

// A router that hands over a whole folder needs no Mount: an Auth is a handler
// for its routes' full paths.
func ExampleAuth_ServeHTTP() {
	auth, err := twitterauth.New(handles{}, exampleConfig())
	if err != nil {
		log.Fatal(err)
	}
	router := http.NewServeMux()
	router.Handle("/auth/twitter/", auth)

	for _, path := range []string{"/auth/twitter/session", "/auth/twitter/nothing"} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 401 {"code":"login_required","message":"Please sign in first."}
	// 404 {"code":"not_found","message":"There is nothing here."}
}
