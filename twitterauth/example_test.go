package twitterauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"

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

// All faults of a configuration are told at once, each with what to do.
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
