package twitterauth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// raceEnabled is whether the race detector runs, which makes a program slow and
// allocates by itself.
var raceEnabled = false

// user is the test app's.
type user struct {
	ID, TwitterID, ScreenName string
	Fields                    map[string]any
	Token                     twitterauth.Token
	Data                      string
	ValidSince                time.Time
}

func (u *user) SessionsValidSince() time.Time {
	if u.Data == "panic" {
		panic("boom")
	}
	return u.ValidSince
}

// memory is the test app's store. Its hooks, when set, come first.
type memory struct {
	mu     sync.Mutex
	users  map[string]*user
	logins []twitterauth.Login

	onLogin func(ctx context.Context, login twitterauth.Login) (string, error)
	onByID  func(ctx context.Context, userID string) (*user, error)
	onLink  func(ctx context.Context, userID string, login twitterauth.Login) error
}

func newMemory() *memory { return &memory{users: map[string]*user{}} }

func (m *memory) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if m.onLogin != nil {
		return m.onLogin(ctx, login)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins = append(m.logins, login)
	for _, u := range m.users {
		if u.TwitterID == login.TwitterID {
			u.update(login)
			return u.ID, nil
		}
	}
	u := &user{ID: fmt.Sprintf("u%d", len(m.users)+1), TwitterID: login.TwitterID, Fields: map[string]any{}}
	u.update(login)
	m.users[u.ID] = u
	return u.ID, nil
}

func (u *user) update(login twitterauth.Login) {
	u.ScreenName, u.Token, u.Data = login.ScreenName, login.Token, login.Data
	for k, v := range login.Fields {
		u.Fields[k] = v
	}
}

func (m *memory) UserByID(ctx context.Context, userID string) (*user, error) {
	if m.onByID != nil {
		return m.onByID(ctx, userID)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.users[userID]
	if u == nil {
		return nil, fmt.Errorf("no row: %w", twitterauth.ErrUserNotFound)
	}
	c := *u
	return &c, nil
}

func (m *memory) all() []user {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []user
	for _, u := range m.users {
		list = append(list, *u)
	}
	return list
}

// change edits a user, or removes it when edit is nil.
func (m *memory) change(userID string, edit func(*user)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if edit == nil {
		delete(m.users, userID)
		return
	}
	edit(m.users[userID])
}

// linkingMemory is a store that is also a Linker.
type linkingMemory struct{ *memory }

func (m linkingMemory) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	if m.onLink != nil {
		return m.onLink(ctx, userID, login)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.users {
		if u.TwitterID == login.TwitterID && u.ID != userID {
			return fmt.Errorf("link: %w", twitterauth.ErrAlreadyLinked)
		}
	}
	m.users[userID].TwitterID = login.TwitterID
	m.users[userID].update(login)
	return nil
}

// mapStore is a gorilla store that keeps sessions in memory. While hang is set,
// its calls wait until that is closed.
type mapStore struct {
	hang     chan struct{}
	failSave error

	mu     sync.Mutex
	values map[string]map[any]any
}

func (m *mapStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return m.New(r, name)
}

func (m *mapStore) New(r *http.Request, name string) (*sessions.Session, error) {
	if m.hang != nil {
		<-m.hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := sessions.NewSession(m, name)
	s.IsNew = true
	if c, err := r.Cookie(name); err == nil && m.values[c.Value] != nil {
		s.ID, s.IsNew, s.Values = c.Value, false, maps.Clone(m.values[c.Value])
	}
	return s, nil
}

func (m *mapStore) Save(_ *http.Request, w http.ResponseWriter, s *sessions.Session) error {
	if m.hang != nil {
		<-m.hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failSave != nil {
		return m.failSave
	}
	if s.ID == "" {
		s.ID = rand.Text()
	}
	m.values[s.ID] = maps.Clone(s.Values)
	if s.Options.MaxAge < 0 {
		delete(m.values, s.ID)
	}
	http.SetCookie(w, sessions.NewCookie(s.Name(), s.ID, s.Options))
	return nil
}

// logBuffer collects log lines of concurrent requests.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// protocol is what a test of whole logins must know of the one in use.
type protocol struct {
	oauth2     bool
	key, proof string // the callback's parameters
	consent    string // how the address at X begins, behind its origin
	steps      []twittertest.Step
	exchange   twittertest.Step // the one that is never made twice
	profile    twittertest.Step
	use        func(*twitterauth.Config, *twittertest.Server)
}

func useOAuth1(c *twitterauth.Config, x *twittertest.Server) {
	c.ConsumerKey, c.ConsumerSecret, c.APIURL = x.ConsumerKey, x.ConsumerSecret, x.URL
}

func useOAuth2(c *twitterauth.Config, x *twittertest.Server) {
	c.ClientID, c.ClientSecret, c.APIURL = x.ClientID, x.ClientSecret, x.URL
}

func useBoth(c *twitterauth.Config, x *twittertest.Server) {
	useOAuth1(c, x)
	useOAuth2(c, x)
}

var (
	oauth1 = protocol{
		key: "oauth_token", proof: "oauth_verifier", consent: "/oauth/authenticate?oauth_token=",
		steps:    []twittertest.Step{twittertest.RequestToken, twittertest.AccessToken, twittertest.VerifyCredentials},
		exchange: twittertest.AccessToken, profile: twittertest.VerifyCredentials,
		use: useOAuth1,
	}
	oauth2 = protocol{
		oauth2: true,
		key:    "state", proof: "code", consent: "/i/oauth2/authorize?",
		steps:    []twittertest.Step{twittertest.Token, twittertest.UsersMe},
		exchange: twittertest.Token, profile: twittertest.UsersMe,
		use: useOAuth2,
	}
)

// onBothProtocols runs a test of what must not depend on the protocol, nor on
// whether the keys of the other are there too.
func onBothProtocols(t *testing.T, test func(t *testing.T, p protocol)) {
	t.Parallel()
	besideOAuth1 := oauth2
	besideOAuth1.use = useBoth
	for name, p := range map[string]protocol{"OAuth 1.0a": oauth1, "OAuth 2.0": oauth2, "OAuth 2.0 beside 1.0a": besideOAuth1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}

// site is an app with a login, running on a server, and its X.
type site struct {
	*httptest.Server
	auth  *twitterauth.Auth[*user]
	users *memory
	x     *twittertest.Server
	log   *logBuffer
	mux   *http.ServeMux
}

// siteOption is how a test's site differs from the usual site.
type siteOption func(*siteSetup)

// siteSetup is what a site is made of.
type siteSetup struct {
	x         *twittertest.Server
	keys      func(*twitterauth.Config, *twittertest.Server)
	configure []func(*twitterauth.Config)
	store     twitterauth.UserStore[*user]
}

// over is a site whose logins use that protocol. Without it they use OAuth 1.0a.
func over(p protocol) siteOption { return withKeys(p.use) }

// withKeys is a site that has the keys of X that use fills in.
func withKeys(use func(*twitterauth.Config, *twittertest.Server)) siteOption {
	return func(setup *siteSetup) { setup.keys = use }
}

// atX is a site at that X in place of its own. The X is closed with the site.
func atX(x *twittertest.Server) siteOption {
	return func(setup *siteSetup) { setup.x = x }
}

// configured is a site whose Config that function changes; nil changes nothing.
func configured(configure func(*twitterauth.Config)) siteOption {
	return func(setup *siteSetup) {
		if configure != nil {
			setup.configure = append(setup.configure, configure)
		}
	}
}

// withStore is a site with that store in place of a memory of its own.
func withStore(store twitterauth.UserStore[*user]) siteOption {
	return func(setup *siteSetup) { setup.store = store }
}

// newSite starts an app with a login. Its pages are / for everyone and /account
// for users.
func newSite(t testing.TB, options ...siteOption) *site {
	t.Helper()
	setup := siteSetup{keys: useOAuth1, store: newMemory()}
	for _, option := range options {
		option(&setup)
	}
	if setup.x == nil {
		setup.x = newX(t)
	}
	s := &site{x: setup.x, log: &logBuffer{}, mux: http.NewServeMux()}
	s.x.SetStrict(true)
	t.Cleanup(s.x.Close)
	switch store := setup.store.(type) {
	case *memory:
		s.users = store
	case linkingMemory:
		s.users = store.memory
	case linkingKeeper:
		s.users = store.keepingMemory.memory
	}
	s.Server = &httptest.Server{Listener: newListener(t), Config: &http.Server{Handler: s.mux}}
	s.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(s.log, nil), slog.LevelError)
	cfg := twitterauth.Config{
		CallbackURL: "http://" + s.Listener.Addr().String() + "/auth/twitter/callback",
		Session:     session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:      slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	setup.keys(&cfg, s.x)
	for _, configure := range setup.configure {
		configure(&cfg)
	}
	var err error
	if s.auth, err = twitterauth.New(setup.store, cfg); err != nil {
		t.Fatal(err)
	}
	s.auth.Mount(s.mux)
	s.mux.Handle("GET /{$}", s.auth.LoadUser(http.HandlerFunc(s.page)))
	s.mux.Handle("GET /account", s.auth.RequireUser(http.HandlerFunc(s.page)))
	s.mux.Handle("POST /account", s.auth.RequireUser(http.HandlerFunc(s.page)))
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// page says who is logged in.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	u, ok := s.auth.User(r.Context())
	if !ok {
		fmt.Fprint(w, "nobody")
		return
	}
	fmt.Fprintf(w, "user %s @%s", u.ID, u.ScreenName)
}

// browser is a client with cookies that goes where it is told and says what a
// browser would say.
type browser struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{},
	}}
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) location() string { return r.Header.Get("Location") }

func (r reply) code(t testing.TB) string {
	t.Helper()
	var e struct{ Code, Message string }
	if err := json.Unmarshal([]byte(r.body), &e); err != nil || e.Code == "" || e.Message == "" {
		t.Fatalf("%s is not an error in JSON: %d %q", r.Request.URL.Path, r.StatusCode, r.body)
	}
	return e.Code
}

// do sends a request; header holds pairs of names and values.
func (b *browser) do(method, target string, form url.Values, header ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.site.URL + target
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	return b.send(req)
}

func (b *browser) send(req *http.Request) reply {
	b.t.Helper()
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp, string(text)}
}

func (b *browser) get(target string, header ...string) reply {
	b.t.Helper()
	return b.do("GET", target, nil, header...)
}

// visit is get as a browser's navigation.
func (b *browser) visit(target string) reply {
	b.t.Helper()
	return b.get(target, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-origin")
}

// start posts the login form and returns where X is.
func (b *browser) start(form url.Values) (authorizeURL string) {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	r := b.do("POST", "/auth/twitter/login", form)
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), b.site.x.URL+"/oauth/auth") && !strings.HasPrefix(r.location(), b.site.x.URL+"/i/oauth2/authorize?") {
		b.t.Fatalf("login: %d, %s, %s", r.StatusCode, r.location(), r.body)
	}
	return r.location()
}

// approve returns the callback's address after a person said yes at X.
func (b *browser) approve(authorizeURL, personID string) (callbackURL string) {
	b.t.Helper()
	callback, err := b.site.x.Authorize(authorizeURL, personID)
	if err != nil {
		b.t.Fatal(err)
	}
	return callback
}

// login goes all the way and returns the callback's answer.
func (b *browser) login(personID string, form url.Values) reply {
	b.t.Helper()
	r := b.get(b.approve(b.start(form), personID))
	if r.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("callback: %d %s\n%s", r.StatusCode, r.body, b.site.log)
	}
	return r
}

// whoami is what the home page says.
func (b *browser) whoami() string {
	b.t.Helper()
	return b.get("/").body
}

// cookies returns those that the browser would send to the site, by name.
func (b *browser) cookies() map[string]string {
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	have := map[string]string{}
	for _, c := range b.http.Jar.Cookies(u) {
		have[c.Name] = c.Value
	}
	return have
}

const (
	sessionCookie = "twitterauth_session"
	pendingPrefix = "twitterauth_session_login_"
)

func (b *browser) hasSession() bool {
	_, ok := b.cookies()[sessionCookie]
	return ok
}

func (b *browser) pendingLogins() (names []string, size int) {
	for name, value := range b.cookies() {
		if strings.HasPrefix(name, pendingPrefix) {
			names = append(names, name)
			size += len(name) + len(value)
		}
	}
	return names, size
}

func (b *browser) setCookie(name, value string) {
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// IDs of the stand-in's people.
const (
	ada     = "6253282"
	zoe     = "9007199254740993"
	noor    = "1349129669258448897"
	noEmail = "42"
)

// newSession returns the login of a Config, whose store has the user u1, and a session
// of that user, which the app began.
func newSession(t *testing.T, cfg twitterauth.Config, stay bool) (auth *twitterauth.Auth[*user], begun session.Session, cookie *http.Cookie) {
	t.Helper()
	users := newMemory()
	users.users["u1"] = &user{ID: "u1"}
	auth, err := twitterauth.New(users, cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if begun, err = auth.Sessions().Start(w, r, "u1", stay); err != nil {
			t.Fatal(err)
		}
	}), newRequest("POST", "/"))
	return auth, begun, w.Result().Cookies()[0]
}

func newRequest(method, target string) *http.Request {
	return httptest.NewRequest(method, target, nil)
}

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// siblings are servers of one app behind one name, as during a change of its
// configuration: the same keys, X, users and callback URL.
func siblings(t testing.TB, uses ...func(*twitterauth.Config, *twittertest.Server)) (list []*site) {
	t.Helper()
	keys := []session.Key{session.NewKey()}
	first := newSite(t, withKeys(uses[0]), configured(func(c *twitterauth.Config) { c.Session.Keys = keys }))
	list = append(list, first)
	for _, use := range uses[1:] {
		list = append(list, newSite(t, withKeys(use), atX(first.x), withStore(first.users), configured(func(c *twitterauth.Config) {
			c.Session.Keys, c.CallbackURL = keys, first.URL+"/auth/twitter/callback"
		})))
	}
	return list
}

// through is the same browser when a balancer sends it to that server; cookies
// do not know ports.
func (b *browser) through(s *site) *browser {
	c := *b
	c.site = s
	return &c
}

func pathAndQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// gate is a way to X that a test holds shut.
type gate struct {
	reached chan string // a path for each call that waits
	open    chan struct{}
}

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-g.open:
	case g.reached <- r.URL.Path:
		select {
		case <-g.open:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// eventually waits until a condition holds, which should take no time at all.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s:\n%s", what, stacks())
		}
	}
}

// budgetFor returns a budget in which this machine gets to where it is made to
// wait, and no more, because a test waits for the budget's end. took is how long
// the machine needed for about the same without waiting.
func budgetFor(took time.Duration) time.Duration { return max(150*time.Millisecond, 20*took) }

func stacks() string {
	b := make([]byte, 1<<20)
	for {
		if n := runtime.Stack(b, true); n < len(b) {
			return string(b[:n])
		}
		b = make([]byte, 2*len(b))
	}
}
