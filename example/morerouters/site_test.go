package morerouters

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v3"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const ada = "6253282"

// store keeps users by their X account, and guests. It remembers what each
// login brought along.
type store struct {
	mu     sync.Mutex
	users  map[string]*User
	data   []string
	linked []string
}

var (
	_ twitterauth.UserStore[*User] = (*store)(nil)
	_ twitterauth.Linker           = (*store)(nil)
)

func (s *store) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = append(s.data, login.Data)
	s.users[login.TwitterID] = &User{ID: login.TwitterID, Handle: login.ScreenName}
	return login.TwitterID, nil
}

func (s *store) UserByID(_ context.Context, userID string) (*User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[userID]; u != nil {
		return u, nil
	}
	return nil, twitterauth.ErrUserNotFound
}

func (s *store) LinkLogin(_ context.Context, userID string, login twitterauth.Login) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linked = append(s.linked, userID)
	s.users[userID] = &User{ID: userID, Handle: "linked to " + login.ScreenName}
	return nil
}

func (s *store) seen() (data, linked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.data...), append([]string(nil), s.linked...)
}

// site is the app on a server, with a stand-in for X.
type site struct {
	url   string
	x     *twittertest.Server
	store *store
	auth  *twitterauth.Auth[*User]
}

// start serves what build makes of an Auth whose callback is below folder.
func start(t *testing.T, folder string, build func(*twitterauth.Auth[*User]) http.Handler) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s := newSite(t, server.Listener, folder)
	guests := http.NewServeMux() // before the router, since only tests sign guests in
	app := build(s.auth)
	guests.HandleFunc("POST /test/guest", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, "guest", false); err != nil {
			t.Error(err)
		}
	})
	guests.Handle("/", app)
	server.Config.Handler = guests
	server.Start()
	t.Cleanup(server.Close)
	return s
}

func newSite(t *testing.T, l net.Listener, folder string) *site {
	t.Helper()
	s := &site{url: "http://" + l.Addr().String(), x: twittertest.NewServer(), store: &store{users: map[string]*User{"guest": {ID: "guest", Handle: "a guest"}}}}
	t.Cleanup(s.x.Close)
	s.x.SignInAs(ada)
	cfg := twitterauth.Config{
		ConsumerKey:    s.x.ConsumerKey,
		ConsumerSecret: s.x.ConsumerSecret,
		APIURL:         s.x.URL,
		CallbackURL:    s.url + folder + "/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:         slog.New(slog.DiscardHandler),
	}
	if folder != "" {
		cfg.Prefix = "/auth/twitter"
	}
	auth, err := twitterauth.New(s.store, cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.auth = auth
	return s
}

// startFiber serves a Fiber app, which is no http.Handler.
func startFiber(t *testing.T, build func(*twitterauth.Auth[*User]) *fiber.App) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, l, "")
	app := build(s.auth)
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
	// Not by app.Shutdown: in it fasthttp writes what a request's context reads,
	// without a lock, which the race detector reports.
	t.Cleanup(func() { l.Close(); <-ended })
	return s
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// answer is what a browser has in the end.
type answer struct {
	status int
	header http.Header
	at     string // path and query
	body   string
	stays  bool // a session cookie that outlives the browser was set on the way
}

// do sends a request as a browser does that is at a page of this site.
func (s *site) do(t *testing.T, c *http.Client, method, path string, form url.Values) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", s.url)
		req.Header.Set("Referer", s.url+"/")
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, resp.Request.URL.RequestURI(), string(text), stays(resp)}
}

func stays(resp *http.Response) bool {
	for r := resp; r != nil; r = r.Request.Response {
		for _, c := range r.Cookies() {
			if c.Name == "twitterauth_session" && c.MaxAge > 0 {
				return true
			}
		}
	}
	return false
}
