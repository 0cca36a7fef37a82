package main

import (
	"context"
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
	"twitterlogin.example/twitterauth/storetest"
	"twitterlogin.example/twitterauth/twittertest"
)

// TestStore runs the module's own tests of stores on this app's store.
func TestStore(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*User] { return openEmpty(t, args(t)...) },
				storetest.Email(func(u *User) string { return u.Email }),
				storetest.Guest(func(ctx context.Context, store twitterauth.UserStore[*User]) (string, error) {
					return store.(*users).newGuest(ctx)
				}),
				storetest.Strict[*User]())
		})
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

// machine is one machine of a site that posts for its users.
type machine struct {
	*twitterauth.Auth[*User]
	*httptest.Server
}

func startMachine(t *testing.T, store *users, x *twittertest.Server) machine {
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
	return machine{auth, server}
}

// signIn signs a person in over OAuth 2.0 and returns the user's ID.
func (m machine) signIn(t *testing.T, x *twittertest.Server, personID string) (userID string) {
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

// posts checks that a user's client can post.
func posts(t *testing.T, client *http.Client, x *twittertest.Server) {
	t.Helper()
	if status, err := tweet(t.Context(), client, x.URL); err != nil || status != http.StatusCreated {
		t.Errorf("posting: %d, %v", status, err)
	}
}

// expire makes the access token of a user's row an expired one.
func expire(t *testing.T, store *users, userID string) {
	t.Helper()
	if err := store.RenewToken(t.Context(), userID, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
		stored.Expiry = time.Now().Add(-time.Minute)
		return stored, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A hundred calls on two machines with an expired token make one refresh.
func TestTwoMachinesRefreshOnce(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			store := openEmpty(t, args(t)...)
			x := twittertest.NewServer()
			t.Cleanup(x.Close)
			x.SetReuseStrict(true) // a second refresh would end the grant
			machines := []machine{startMachine(t, store, x), startMachine(t, store, x)}
			id := machines[0].signIn(t, x, ada)
			expire(t, store, id)
			x.ResetRequests()
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() { posts(t, machines[i%2].Auth.Client(id), x) })
			}
			wg.Wait()
			if n := x.Count(twittertest.Token); n != 1 {
				t.Errorf("X was asked for a token %d times", n)
			}
		})
	}
}

func TestTokensOfEachProtocol(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			store := openEmpty(t, args(t)...)
			x := twittertest.NewServer()
			t.Cleanup(x.Close)
			site := startMachine(t, store, x)
			two := site.signIn(t, x, ada)
			token, secret := x.TokenPair(noor)
			one, err := store.UserForLogin(t.Context(), twitterauth.Login{TwitterID: noor, ScreenName: "noor", Token: twitterauth.Token{AccessToken: token, AccessSecret: secret}})
			if err != nil {
				t.Fatal(err)
			}
			expire(t, store, two)
			for _, id := range []string{one, two, one} {
				posts(t, site.Auth.Client(id), x)
			}
			for id, want := range map[string]bool{one: true, two: false} {
				if token, err := store.TwitterToken(t.Context(), id); err != nil || isOAuth1(token) != want {
					t.Errorf("over OAuth 1.0a: %v, %v", isOAuth1(token), err)
				}
			}
		})
	}
}
