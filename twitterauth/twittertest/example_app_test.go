package twittertest_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// members is a store that takes everyone.
type members struct{}

func (members) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	return login.TwitterID, nil
}

func (members) UserByID(_ context.Context, userID string) (string, error) { return userID, nil }

// signIn lets a browser sign in at an app and prints what the app's
// ErrorHandler is given.
func signIn(x *twittertest.Server) {
	mux := http.NewServeMux()
	app := httptest.NewServer(mux)
	defer app.Close()
	auth, err := twitterauth.New(members{}, twitterauth.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		CallbackURL:    app.URL + "/auth/twitter/callback",
		APIURL:         x.URL,
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		HTTPClient:     &http.Client{Timeout: time.Second}, // the default waits for 10
		Logger:         slog.New(slog.DiscardHandler),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, e *twitterauth.Error) {
			fmt.Println(e.Status, e.Code)
			w.WriteHeader(e.Status) // and the app's own page
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(mux)
	mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) { fmt.Println("signed in") })

	jar, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	x.SignInAs(x.People()[0].ID)
	browser := &http.Client{Jar: jar}
	resp, err := browser.Post(app.URL+"/auth/twitter/login", "application/x-www-form-urlencoded", nil)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
}

// An app tests its error pages: each fault is one call, at any step of a login.
func ExampleFault() {
	x := twittertest.NewServer()
	defer x.Close()

	x.Fail(twittertest.RequestToken, twittertest.HTML(http.StatusServiceUnavailable))
	signIn(x)
	x.Recover()
	x.Fail(twittertest.AccessToken, twittertest.OldXML(http.StatusUnauthorized))
	signIn(x)
	x.Recover()
	x.Fail(twittertest.AccessToken, twittertest.RateLimited(15*time.Minute))
	signIn(x)
	x.Recover()
	x.FailNext(twittertest.RequestToken, 1, twittertest.Reset()) // the second try works
	signIn(x)
	// Output:
	// 502 provider_unavailable
	// 403 login_expired
	// 503 rate_limited
	// signed in
}
