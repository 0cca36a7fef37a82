package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// The checks in this file know nothing of this app's store but the library's
// interfaces. open gives an empty store.

// tokenChecks are what every TokenKeeper must do.
func tokenChecks[U any]() map[string]func(*testing.T, func(*testing.T) twitterauth.UserStore[U]) {
	return map[string]func(*testing.T, func(*testing.T) twitterauth.UserStore[U]){
		"a login stores its token":                 checkLoginStoresToken[U],
		"a login that confirms keeps the token":    checkReauthKeepsToken[U],
		"an unknown user has no token":             checkNoToken[U],
		"a renewal that fails stores nothing":      checkRenewalFails[U],
		"a renewal that panics holds no lock":      checkRenewalPanics[U],
		"renewals of a user come one after":        checkRenewalsOfOneUser[U],
		"renewals of two users run at once":        checkRenewalsOfTwoUsers[U],
		"a renewal that waits can be given up":     checkWaitingRenewal[U],
		"a login during a renewal is stored":       checkLoginDuringRenewal[U],
		"a caller that gives up loses no token":    checkRenewalOutlivesCaller[U],
		"two machines with an expired token":       checkOneRefresh[U],
		"a user of each protocol":                  checkBothProtocols[U],
		"the token of a refused login is not kept": checkRefusedReauth[U],
	}
}

func TestTokenKeeper(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		for name, check := range tokenChecks[*User]() {
			t.Run(name+" on "+database, func(t *testing.T) {
				t.Parallel()
				check(t, func(t *testing.T) twitterauth.UserStore[*User] { return openEmpty(t, args(t)...) })
			})
		}
	}
}

// openEmpty opens this app's store on an empty database.
func openEmpty(t *testing.T, args ...string) *users {
	t.Helper()
	set, err := readSettings(append([]string{"-data", t.TempDir()}, args...), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	s, err := openUsers(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// keeper is a store with tokens, in a test.
type keeper[U any] struct {
	twitterauth.UserStore[U]
	twitterauth.TokenKeeper
	*testing.T
}

func openKeeper[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) keeper[U] {
	t.Helper()
	store := open(t)
	tokens, ok := store.(twitterauth.TokenKeeper)
	if !ok {
		t.Skip("the store does not implement TokenKeeper")
	}
	return keeper[U]{store, tokens, t}
}

var (
	oauth1Token = twitterauth.Token{AccessToken: "access 1", AccessSecret: "secret 1"}
	oauth2Token = twitterauth.Token{AccessToken: "access 2", RefreshToken: "refresh 2", Expiry: time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC), Scopes: []string{"tweet.read", "tweet.write"}}
)

// tokenNamed returns a token of OAuth 2.0 that differs from others by a name.
func tokenNamed(name string) twitterauth.Token {
	t := oauth2Token
	t.AccessToken, t.RefreshToken = "access "+name, "refresh "+name
	return t
}

func (k keeper[U]) login(l twitterauth.Login) (userID string) {
	k.Helper()
	userID, err := k.UserForLogin(k.Context(), l)
	if err != nil {
		k.Fatal(err)
	}
	return userID
}

func (k keeper[U]) has(userID string, want twitterauth.Token) {
	k.Helper()
	got, err := k.TwitterToken(k.Context(), userID)
	if err != nil || !isSame(got, want) || strings.Join(got.Scopes, " ") != strings.Join(want.Scopes, " ") {
		k.Errorf("the stored token is not the one that it should be: %q, want %q, %v", got.AccessToken, want.AccessToken, err)
	}
}

func returns(t twitterauth.Token, err error) renewFunc {
	return func(context.Context, twitterauth.Token) (twitterauth.Token, error) { return t, err }
}

func checkLoginStoresToken[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	for _, token := range []twitterauth.Token{oauth1Token, oauth2Token, tokenNamed("again"), oauth1Token} {
		k.has(k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: token}), token)
	}
}

func checkReauthKeepsToken[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	for name, test := range map[string]struct{ stored, confirmed, want twitterauth.Token }{
		"another protocol":       {oauth2Token, oauth1Token, oauth2Token},
		"the other way round":    {oauth1Token, oauth2Token, oauth1Token},
		"the protocol of before": {oauth2Token, tokenNamed("new"), tokenNamed("new")},
		"no token":               {twitterauth.Token{}, oauth1Token, oauth1Token},
	} {
		id := k.login(twitterauth.Login{TwitterID: name, ScreenName: "one", Token: test.stored})
		k.login(twitterauth.Login{TwitterID: name, ScreenName: "one", Token: test.confirmed, Reauth: true})
		k.Log(name)
		k.has(id, test.want)
	}
}

func checkRefusedReauth[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	if _, err := k.UserForLogin(t.Context(), twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: oauth1Token, Reauth: true}); !errors.Is(err, twitterauth.ErrUserNotFound) {
		t.Errorf("no user to confirm: %v", err)
	}
	if _, err := k.TwitterToken(t.Context(), "1"); !errors.Is(err, twitterauth.ErrNoToken) {
		t.Errorf("a token is stored: %v", err)
	}
}

func checkNoToken[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	without := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one"})
	for _, id := range []string{"4711", without} {
		if _, err := k.TwitterToken(t.Context(), id); !errors.Is(err, twitterauth.ErrNoToken) {
			t.Errorf("TwitterToken: %v", err)
		}
		if err := k.RenewToken(t.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
			t.Error("renew was called without a token")
			return oauth2Token, nil
		}); !errors.Is(err, twitterauth.ErrNoToken) {
			t.Errorf("RenewToken: %v", err)
		}
		if _, err := k.TwitterToken(t.Context(), id); !errors.Is(err, twitterauth.ErrNoToken) {
			t.Errorf("afterwards: %v", err)
		}
	}
}

func checkRenewalFails[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	id := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: oauth2Token})
	failed := errors.New("X is down")
	if err := k.RenewToken(t.Context(), id, returns(tokenNamed("new"), failed)); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	k.has(id, oauth2Token)
	if err := k.RenewToken(t.Context(), id, returns(tokenNamed("new"), nil)); err != nil {
		t.Errorf("the next renewal: %v", err)
	}
	k.has(id, tokenNamed("new"))
}

func checkRenewalPanics[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	id := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: oauth2Token})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_ = k.RenewToken(t.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) { panic("boom") })
	}()
	k.has(id, oauth2Token)
	if err := k.RenewToken(t.Context(), id, returns(tokenNamed("new"), nil)); err != nil {
		t.Errorf("the next renewal: %v", err)
	}
	k.has(id, tokenNamed("new"))
}

// Each renewal gets what the one before has returned.
func checkRenewalsOfOneUser[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	id := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: tokenNamed("")})
	const renewals = 20
	var wg sync.WaitGroup
	for range renewals {
		wg.Go(func() {
			if err := k.RenewToken(t.Context(), id, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
				return tokenNamed(strings.TrimPrefix(stored.AccessToken, "access ") + "x"), nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k.has(id, tokenNamed(strings.Repeat("x", renewals)))
}

// A renewal of one user does not hold up another user's.
func checkRenewalsOfTwoUsers[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	one := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: tokenNamed("1")})
	two := k.login(twitterauth.Login{TwitterID: "2", ScreenName: "two", Token: tokenNamed("2")})
	if err := k.RenewToken(t.Context(), one, func(ctx context.Context, _ twitterauth.Token) (twitterauth.Token, error) {
		if err := k.RenewToken(ctx, two, returns(tokenNamed("new 2"), nil)); err != nil {
			t.Errorf("the other user's: %v", err)
		}
		k.login(twitterauth.Login{TwitterID: "3", ScreenName: "three", Token: tokenNamed("3")}) //nolint:contextcheck // a login of its own, while X's answer takes long
		return tokenNamed("new 1"), nil
	}); err != nil {
		t.Error(err)
	}
	k.has(one, tokenNamed("new 1"))
	k.has(two, tokenNamed("new 2"))
}

func checkWaitingRenewal[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	id := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: tokenNamed("1")})
	if err := k.RenewToken(t.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		ctx, giveUp := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer giveUp()
		if err := k.RenewToken(ctx, id, returns(tokenNamed("wrong"), nil)); err == nil { //nolint:contextcheck // the second renewal is another request's
			t.Error("two renewals of one user at once")
		}
		return tokenNamed("new"), nil
	}); err != nil {
		t.Error(err)
	}
	k.has(id, tokenNamed("new"))
}

// A login that comes while X is asked for a new token is newer than X's answer.
func checkLoginDuringRenewal[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	login := twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: tokenNamed("1")}
	id := k.login(login)
	login.Token = tokenNamed("of the login")
	stored := make(chan error, 1)
	if err := k.RenewToken(t.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		begun := make(chan struct{})
		go func() { //nolint:contextcheck // the login is another request's
			close(begun)
			_, err := k.UserForLogin(t.Context(), login)
			stored <- err
		}()
		<-begun
		return tokenNamed("renewed"), nil
	}); err != nil {
		t.Error(err)
	}
	if err := <-stored; err != nil {
		t.Error(err)
	}
	k.has(id, login.Token)
}

// X has rotated the token when the caller's time is up. The new one is stored.
func checkRenewalOutlivesCaller[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	id := k.login(twitterauth.Login{TwitterID: "1", ScreenName: "one", Token: tokenNamed("1")})
	ctx, end := context.WithCancel(t.Context())
	if err := k.RenewToken(ctx, id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		end()
		return tokenNamed("new"), nil
	}); err != nil {
		t.Error(err)
	}
	k.has(id, tokenNamed("new"))
}

// machine is one machine of a site that posts for its users.
type machine[U any] struct {
	*twitterauth.Auth[U]
	*httptest.Server
}

func startMachine[U any](t *testing.T, store twitterauth.UserStore[U], x *twittertest.Server) machine[U] {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	auth, err := twitterauth.New(store, twitterauth.Config{
		ConsumerKey: x.ConsumerKey, ConsumerSecret: x.ConsumerSecret, ClientID: x.ClientID, ClientSecret: x.ClientSecret,
		APIURL: x.URL, CallbackURL: "http://" + server.Listener.Addr().String() + "/auth/twitter/callback", OfflineAccess: true, Scopes: []string{"tweet.write"},
		Session: session.Config{Keys: []session.Key{session.NewKey()}}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	auth.Mount(mux)
	mux.Handle("GET /{$}", auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, _ := auth.Session(r.Context())
		io.WriteString(w, s.UserID)
	})))
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(server.Close)
	return machine[U]{auth, server}
}

// signIn signs a person in over OAuth 2.0 and returns the user's ID.
func (m machine[U]) signIn(t *testing.T, x *twittertest.Server, personID string) (userID string) {
	t.Helper()
	x.SignInAs(personID)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: jar}).PostForm(m.URL+"/auth/twitter/login", nil)
	status, userID := text(t, resp, err)
	if status != http.StatusOK || userID == "" {
		t.Fatalf("%d %s", status, userID)
	}
	return userID
}

// tweet posts with a user's client and returns X's status.
func tweet(ctx context.Context, client *http.Client, x string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x+"/2/tweets", strings.NewReader(`{"text":"hello"}`))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

func (k keeper[U]) posts(client *http.Client, x *twittertest.Server) {
	k.Helper()
	if status, err := tweet(k.Context(), client, x.URL); err != nil || status != http.StatusCreated {
		k.Errorf("posting: %d, %v", status, err)
	}
}

// expire makes the access token of a user's row an expired one.
func expire(t *testing.T, k twitterauth.TokenKeeper, userID string) {
	t.Helper()
	if err := k.RenewToken(t.Context(), userID, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
		stored.Expiry = time.Now().Add(-time.Minute)
		return stored, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A hundred calls on two machines with an expired token make one refresh.
func checkOneRefresh[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	x.SetReuseStrict(true) // a second refresh would end the grant
	machines := []machine[U]{startMachine(t, k.UserStore, x), startMachine(t, k.UserStore, x)}
	id := machines[0].signIn(t, x, ada)
	expire(t, k.TokenKeeper, id)
	x.ResetRequests()
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() { k.posts(machines[i%2].Auth.Client(id), x) })
	}
	wg.Wait()
	if n := x.Count(twittertest.Token); n != 1 {
		t.Errorf("X was asked for a token %d times", n)
	}
}

func checkBothProtocols[U any](t *testing.T, open func(*testing.T) twitterauth.UserStore[U]) {
	k := openKeeper(t, open)
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	site := startMachine(t, k.UserStore, x)
	two := site.signIn(t, x, ada)
	token, secret := x.TokenPair(noor)
	one := k.login(twitterauth.Login{TwitterID: noor, ScreenName: "noor", Token: twitterauth.Token{AccessToken: token, AccessSecret: secret}})
	expire(t, k.TokenKeeper, two)
	for _, id := range []string{one, two, one} {
		k.posts(site.Auth.Client(id), x)
	}
	for id, want := range map[string]bool{one: true, two: false} {
		if t1, err := k.TwitterToken(t.Context(), id); err != nil || isOAuth1(t1) != want {
			t.Errorf("over OAuth 1.0a: %v, %v", isOAuth1(t1), err)
		}
	}
}
