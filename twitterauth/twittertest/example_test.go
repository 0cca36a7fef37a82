package twittertest_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/dghubble/oauth1"

	"twitterlogin.example/twitterauth/twittertest"
)

// A test plays the browser: it lets a person approve the login and hands the
// callback's parameters to the app.
func ExampleServer() {
	x := twittertest.NewServer()
	defer x.Close()
	app := &oauth1.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		CallbackURL:    "http://127.0.0.1:8080/callback",
		HTTPClient:     x.Client(),
		Endpoint: oauth1.Endpoint{
			RequestTokenURL: x.URL + "/oauth/request_token",
			AuthorizeURL:    x.URL + "/oauth/authenticate",
			AccessTokenURL:  x.URL + "/oauth/access_token",
		},
	}

	requestToken, requestSecret, err := app.RequestToken()
	if err != nil {
		log.Fatal(err)
	}
	loginURL, err := app.AuthorizationURL(requestToken)
	if err != nil {
		log.Fatal(err)
	}

	ada := x.People()[0]
	callback, err := x.Authorize(loginURL.String(), ada.ID)
	if err != nil {
		log.Fatal(err)
	}
	u, err := url.Parse(callback)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("back at", u.Host+u.Path)

	token, secret, err := app.AccessToken(requestToken, requestSecret, u.Query().Get("oauth_verifier"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, x.Client())
	resp, err := app.Client(ctx, oauth1.NewToken(token, secret)).Get(x.URL + "/2/users/me")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	profile, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(profile))
	// Output:
	// back at 127.0.0.1:8080/callback
	// {"data":{"id":"6253282","name":"Ada Lovelace","username":"ada"}}
}

// The same over OAuth 2.0, where the app's library would make the addresses
// and the verifier.
func ExampleServer_Authorize() {
	x := twittertest.NewServer()
	defer x.Close()
	const callbackURL = "http://127.0.0.1:8080/callback"
	verifier := rand.Text() + rand.Text()
	challenge := sha256.Sum256([]byte(verifier))

	callback, err := x.Authorize(x.URL+"/i/oauth2/authorize?"+url.Values{
		"response_type":         {"code"},
		"client_id":             {x.ClientID},
		"redirect_uri":          {callbackURL},
		"scope":                 {"tweet.read users.read"},
		"state":                 {"af0ifjsldkj"},
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(challenge[:])},
		"code_challenge_method": {"S256"},
	}.Encode(), "6253282")
	if err != nil {
		log.Fatal(err)
	}
	u, err := url.Parse(callback)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("back at", u.Host+u.Path, "with the state", u.Query().Get("state"))

	redeem := func() {
		r, err := http.NewRequest(http.MethodPost, x.URL+"/2/oauth2/token", strings.NewReader(url.Values{
			"grant_type":    {"authorization_code"},
			"code":          {u.Query().Get("code")},
			"redirect_uri":  {callbackURL},
			"code_verifier": {verifier},
		}.Encode()))
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(x.ClientID, x.ClientSecret)
		resp, err := x.Client().Do(r)
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		var token struct {
			Type  string `json:"token_type"`
			Scope string
			Error string
		}
		if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%+v\n", token)
	}
	redeem()
	redeem() // a code is good once
	// Output:
	// back at 127.0.0.1:8080/callback with the state af0ifjsldkj
	// {Type:bearer Scope:tweet.read users.read Error:}
	// {Type: Scope: Error:invalid_request}
}

// With SignInAs, a client that follows redirects goes through X without a
// stop, as a browser does when the person has approved the app before.
func ExampleServer_SignInAs() {
	x := twittertest.NewServer()
	defer x.Close()

	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch query := r.URL.Query(); {
		case query.Has("denied"):
			fmt.Fprint(w, "cancelled")
		case query.Has("oauth_verifier"):
			fmt.Fprint(w, "approved")
		}
	}))
	defer app.Close()
	config := &oauth1.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		CallbackURL:    app.URL + "/callback",
		HTTPClient:     x.Client(),
		Endpoint:       oauth1.Endpoint{RequestTokenURL: x.URL + "/oauth/request_token"},
	}
	visit := func() {
		token, _, err := config.RequestToken()
		if err != nil {
			log.Fatal(err)
		}
		resp, err := http.Get(x.URL + "/oauth/authenticate?oauth_token=" + token)
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", resp.Request.URL.Path, body)
	}

	x.SignInAs("6253282")
	visit()
	x.CancelLogins()
	visit()
	// Output:
	// /callback: approved
	// /callback: cancelled
}

// A step goes wrong in one way and then in another, until it recovers.
func ExampleServer_Fail() {
	x := twittertest.NewServer()
	defer x.Close()

	ask := func() {
		resp, err := http.Post(x.URL+"/oauth/request_token", "", nil)
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"))
	}

	x.Fail(twittertest.RequestToken, twittertest.HTML(http.StatusServiceUnavailable))
	ask()
	x.Fail(twittertest.RequestToken, twittertest.RateLimited(15*time.Minute))
	ask()
	x.Recover(twittertest.RequestToken)
	ask() // it is not signed
	fmt.Println("requests:", x.Count(twittertest.RequestToken))
	// Output:
	// 503 text/html; charset=utf-8
	// 429 application/json;charset=utf-8
	// 400 application/xml;charset=utf-8
	// requests: 3
}

// Odd profiles: Extra is put over what X would send.
func ExamplePerson() {
	x := twittertest.NewServer()
	defer x.Close()
	x.SetPeople(twittertest.Person{
		ID:         "1349129669258448897",
		ScreenName: "noor",
		Extra:      map[string]any{"description": nil, "location": twittertest.Absent, "name": 5},
	})
	for _, p := range x.People() {
		fmt.Println(p.ID, p.ScreenName)
	}
	// Output: 1349129669258448897 noor
}

// Requests tell what an app asked of X.
func ExampleServer_Requests() {
	x := twittertest.NewServer()
	defer x.Close()
	app := &oauth1.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		CallbackURL:    "http://127.0.0.1:8080/callback",
		HTTPClient:     x.Client(),
		Endpoint:       oauth1.Endpoint{RequestTokenURL: x.URL + "/oauth/request_token"},
	}
	if _, _, err := app.RequestToken(); err != nil {
		log.Fatal(err)
	}
	for _, r := range x.Requests() {
		fmt.Println(r.Step, r.Method, r.Path, r.OAuth["oauth_callback"], r.Status)
	}
	// Output: request_token POST /oauth/request_token http://127.0.0.1:8080/callback 200
}

// A token pair without a login, for apps that take one from a native client:
// one for this app, and one that another app got for the same person.
func ExampleServer_TokenPair() {
	x := twittertest.NewServer()
	defer x.Close()
	ask := func(token, secret string) {
		ctx := context.WithValue(context.Background(), oauth1.HTTPClient, x.Client())
		app := oauth1.NewConfig(x.ConsumerKey, x.ConsumerSecret)
		resp, err := app.Client(ctx, oauth1.NewToken(token, secret)).Get(x.URL + "/1.1/account/verify_credentials.json")
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}

	token, secret := x.TokenPair("6253282")
	ask(token, secret)
	ask(x.ForeignTokenPair("6253282"))
	x.Revoke(token)
	ask(token, secret)
	// Output:
	// 200
	// 401
	// 401
}

// A person takes the app off the list of connected apps: its tokens of both
// protocols are refused from then on.
func ExampleServer_RevokeAll() {
	x := twittertest.NewServer()
	defer x.Close()
	ada := x.People()[0]
	token, secret := x.TokenPair(ada.ID)
	bearer := x.BearerToken(ada.ID, "tweet.read", "users.read", "tweet.write")
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, x.Client())
	signed := oauth1.NewConfig(x.ConsumerKey, x.ConsumerSecret).Client(ctx, oauth1.NewToken(token, secret))

	post := func() {
		v1, err := signed.PostForm(x.URL+"/1.1/statuses/update.json", url.Values{"status": {"Hello"}})
		if err != nil {
			log.Fatal(err)
		}
		v1.Body.Close()
		r, err := http.NewRequest(http.MethodPost, x.URL+"/2/tweets", strings.NewReader(`{"text":"Hello"}`))
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+bearer)
		v2, err := x.Client().Do(r)
		if err != nil {
			log.Fatal(err)
		}
		v2.Body.Close()
		fmt.Println(v1.StatusCode, v2.StatusCode)
	}
	post()
	x.RevokeAll(ada.ID)
	post()
	// Output:
	// 200 201
	// 401 401
}

// X takes parameters from the query as well; a strict server does not.
func ExampleServer_SetStrict() {
	x := twittertest.NewServer()
	defer x.Close()
	ask := func(query string) {
		r, err := http.NewRequest(http.MethodPost, x.URL+"/2/oauth2/revoke"+query, strings.NewReader("token=unknown"))
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(x.ClientID, x.ClientSecret)
		resp, err := x.Client().Do(r)
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	ask("?token_type_hint=access_token")
	x.SetStrict(true)
	ask("?token_type_hint=access_token") // a query gets into logs
	ask("")
	// Output:
	// 200
	// 400
	// 200
}

// A refresh token is good once. With SetReuseStrict its second use ends the
// tokens that the first use gave.
func ExampleServer_SetReuseStrict() {
	x := twittertest.NewServer()
	defer x.Close()
	x.SetReuseStrict(true)
	callback, err := x.Authorize(x.URL+"/i/oauth2/authorize?"+url.Values{
		"response_type":         {"code"},
		"client_id":             {x.ClientID},
		"redirect_uri":          {"https://app.example/callback"},
		"scope":                 {"tweet.read users.read offline.access"},
		"state":                 {"af0ifjsldkj"},
		"code_challenge":        {"challenge"},
		"code_challenge_method": {"plain"},
	}.Encode(), "6253282")
	if err != nil {
		log.Fatal(err)
	}
	u, err := url.Parse(callback)
	if err != nil {
		log.Fatal(err)
	}
	ask := func(form url.Values) (refreshToken string) {
		r, err := http.NewRequest(http.MethodPost, x.URL+"/2/oauth2/token", strings.NewReader(form.Encode()))
		if err != nil {
			log.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(x.ClientID, x.ClientSecret)
		resp, err := x.Client().Do(r)
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		var token struct {
			RefreshToken string `json:"refresh_token"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
			log.Fatal(err)
		}
		fmt.Println(resp.StatusCode)
		return token.RefreshToken
	}
	refresh := func(token string) string {
		return ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	}

	first := ask(url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {u.Query().Get("code")},
		"redirect_uri":  {"https://app.example/callback"},
		"code_verifier": {"challenge"},
	})
	second := refresh(first)
	refresh(first)
	refresh(second)
	// Output:
	// 200
	// 200
	// 400
	// 400
}
