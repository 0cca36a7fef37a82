package twitterauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// devices keeps a row for each session, as a table of sessions does.
type devices struct {
	mu   sync.Mutex
	rows map[string]string // user IDs by session ID
}

var (
	_ twitterauth.UserStore[string]     = (*devices)(nil)
	_ twitterauth.SessionKeeper[string] = (*devices)(nil)
)

func (*devices) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	return login.TwitterID, nil
}

func (*devices) UserByID(_ context.Context, userID string) (string, error) { return userID, nil }

func (d *devices) SaveSession(_ context.Context, _ *http.Request, s session.Session) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows[s.ID] = s.UserID
	return nil
}

func (d *devices) UserBySession(_ context.Context, s session.Session) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if userID, ok := d.rows[s.ID]; ok && userID == s.UserID {
		return userID, nil
	}
	return "", twitterauth.ErrSessionEnded
}

func (d *devices) DeleteSession(_ context.Context, s session.Session) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.rows, s.ID)
	return nil
}

// With a row for each session a logout also ends copies of the cookie.
func ExampleSessionKeeper() {
	app := newExampleApp()
	defer app.Close()
	auth, err := twitterauth.New(&devices{rows: map[string]string{}}, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	home := auth.LoadUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		userID, ok := auth.User(r.Context())
		fmt.Fprint(w, userID, " ", ok)
	}))
	app.mux.Handle("GET /{$}", home)

	app.post("/auth/twitter/login", nil)
	app.get("/")
	stolen := httptest.NewRequest("GET", "/", nil)
	for _, c := range app.browser.Jar.Cookies(app.url()) {
		stolen.AddCookie(c)
	}
	app.post("/auth/twitter/logout", nil)
	w := httptest.NewRecorder()
	home.ServeHTTP(w, stolen)
	fmt.Println("the copy:", w.Body)
	// Output:
	// 200 /
	// 200 6253282 true
	// 200 /
	// the copy:  false
}

// A token is sealed for its user's row. Another user's row cannot open it.
func ExampleSealToken() {
	sealer, err := session.NewSealer("tokens of X", session.NewKey())
	if err != nil {
		log.Fatal(err)
	}
	column := twitterauth.SealToken(sealer, "user-1", twitterauth.Token{AccessToken: "token", AccessSecret: "secret"})

	token, err := twitterauth.OpenToken(sealer, "user-1", column)
	fmt.Println(token.AccessToken, token, err)
	_, err = twitterauth.OpenToken(sealer, "user-2", column)
	fmt.Println(err != nil)
	// Output:
	// token [redacted] <nil>
	// true
}

// tokens keeps users' tokens. The lock makes a renewal one step, as
// SELECT … FOR UPDATE does in SQL for all machines.
type tokens struct {
	handles
	mu     sync.Mutex
	byUser map[string]twitterauth.Token
}

var _ twitterauth.TokenKeeper = (*tokens)(nil)

func (k *tokens) TwitterToken(_ context.Context, userID string) (twitterauth.Token, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t, ok := k.byUser[userID]; ok {
		return t, nil
	}
	return twitterauth.Token{}, twitterauth.ErrNoToken
}

func (k *tokens) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.byUser[userID]
	if !ok {
		return twitterauth.ErrNoToken
	}
	t, err := renew(ctx, t)
	if err == nil {
		k.byUser[userID] = t
	}
	return err
}

// Client posts at X for a user.
func ExampleAuth_Client() {
	app := newExampleApp()
	defer app.Close()
	token, secret := app.x.TokenPair("6253282")
	store := &tokens{byUser: map[string]twitterauth.Token{"6253282": {AccessToken: token, AccessSecret: secret}}}
	auth, err := twitterauth.New(store, app.config())
	if err != nil {
		log.Fatal(err)
	}

	resp, err := auth.Client("6253282").Post(app.x.URL+"/2/tweets", "application/json", strings.NewReader(`{"text":"Hello"}`))
	if err != nil {
		log.Fatal(err) // errors.Is(err, twitterauth.ErrSignInAgain): show the sign-in button
	}
	resp.Body.Close()
	fmt.Println(resp.StatusCode, app.x.Count(twittertest.Tweets))
	// Output: 201 1
}
