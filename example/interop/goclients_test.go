package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/dghubble/gologin/v2"
	"github.com/dghubble/gologin/v2/twitter"
	"github.com/dghubble/oauth1"
	oauth1endpoints "github.com/dghubble/oauth1/twitter"
	"github.com/gorilla/sessions"
	"github.com/markbates/goth"
	"github.com/markbates/goth/gothic"
	gothtwitter "github.com/markbates/goth/providers/twitter"
	"github.com/markbates/goth/providers/twitterv2"
	"github.com/mrjones/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/endpoints"
)

// goClients are the Go clients. A test starts its own program again with the
// variable GO_CLIENT, so that each client is a process of its own, as the scripts
// are, and finds the way to X in the environment.
var goClients = map[string]func(k keys, callbackURL string) (login, callback http.Handler){
	"gologin": gologinApp,
	"goth/twitter": gothApp(func(k keys, callbackURL string) goth.Provider {
		return gothtwitter.New(k.consumerKey, k.consumerSecret, callbackURL)
	}),
	"goth/twitterv2": gothApp(func(k keys, callbackURL string) goth.Provider {
		return twitterv2.New(k.consumerKey, k.consumerSecret, callbackURL)
	}),
	"mrjones/oauth":       mrjonesApp,
	"golang.org/x/oauth2": xoauth2App,
}

// serveGoClient is the whole program of a Go client.
func serveGoClient(name string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	origin := "http://" + listener.Addr().String()
	login, callback := goClients[name](keysFromEnvironment(), origin+"/callback")
	mux := http.NewServeMux()
	mux.Handle("GET /login", login)
	mux.Handle("GET /callback", callback)
	fmt.Fprintln(os.Stdout, "READY "+origin+"/login")
	return http.Serve(listener, mux)
}

// signedIn is the answer of an app in which somebody has signed in.
func signedIn(w http.ResponseWriter, id, handle string) {
	json.NewEncoder(w).Encode(identity{id, handle})
}

func failed(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

func gologinApp(k keys, callbackURL string) (login, callback http.Handler) {
	config := &oauth1.Config{ConsumerKey: k.consumerKey, ConsumerSecret: k.consumerSecret, CallbackURL: callbackURL, Endpoint: oauth1endpoints.AuthorizeEndpoint}
	failure := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { failed(w, gologin.ErrorFromContext(r.Context())) })
	success := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := twitter.UserFromContext(r.Context())
		if err != nil {
			failed(w, err)
			return
		}
		signedIn(w, user.IDStr, user.ScreenName)
	})
	return twitter.LoginHandler(config, failure), twitter.CallbackHandler(config, success, failure)
}

func gothApp(provider func(keys, string) goth.Provider) func(keys, string) (login, callback http.Handler) {
	return func(k keys, callbackURL string) (http.Handler, http.Handler) {
		p := provider(k, callbackURL)
		goth.UseProviders(p)
		gothic.Store = sessions.NewCookieStore([]byte("a key of this test"))
		login := func(w http.ResponseWriter, r *http.Request) {
			gothic.BeginAuthHandler(w, gothic.GetContextWithProvider(r, p.Name()))
		}
		callback := func(w http.ResponseWriter, r *http.Request) {
			user, err := gothic.CompleteUserAuth(w, gothic.GetContextWithProvider(r, p.Name()))
			if err != nil {
				failed(w, err)
				return
			}
			signedIn(w, user.UserID, user.NickName)
		}
		return http.HandlerFunc(login), http.HandlerFunc(callback)
	}
}

func mrjonesApp(k keys, callbackURL string) (login, callback http.Handler) {
	const x = "https://api.twitter.com"
	consumer := oauth.NewConsumer(k.consumerKey, k.consumerSecret, oauth.ServiceProvider{
		RequestTokenUrl: x + "/oauth/request_token", AuthorizeTokenUrl: x + "/oauth/authorize", AccessTokenUrl: x + "/oauth/access_token",
	})
	var pending *oauth.RequestToken
	login = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, address, err := consumer.GetRequestTokenAndUrl(callbackURL)
		if err != nil {
			failed(w, err)
			return
		}
		pending = token
		http.Redirect(w, r, address, http.StatusFound)
	})
	callback = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := consumer.AuthorizeToken(pending, r.URL.Query().Get("oauth_verifier"))
		if err != nil {
			failed(w, err)
			return
		}
		client, err := consumer.MakeHttpClient(token)
		if err != nil {
			failed(w, err)
			return
		}
		var me struct {
			ID     string `json:"id_str"`
			Handle string `json:"screen_name"`
		}
		if err := fetch(client, x+"/1.1/account/verify_credentials.json", &me); err != nil {
			failed(w, err)
			return
		}
		signedIn(w, me.ID, me.Handle)
	})
	return login, callback
}

func xoauth2App(k keys, callbackURL string) (login, callback http.Handler) {
	config := oauth2.Config{
		ClientID: k.clientID, ClientSecret: k.clientSecret, Endpoint: endpoints.X,
		RedirectURL: callbackURL, Scopes: []string{"tweet.read", "users.read"},
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	login = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), http.StatusFound)
	})
	callback = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("state") != state {
			failed(w, errors.New("another state"))
			return
		}
		token, err := config.Exchange(r.Context(), r.URL.Query().Get("code"), oauth2.VerifierOption(verifier))
		if err != nil {
			failed(w, err)
			return
		}
		var me struct {
			Data struct {
				ID     string `json:"id"`
				Handle string `json:"username"`
			} `json:"data"`
		}
		if err := fetch(config.Client(r.Context(), token), "https://api.x.com/2/users/me", &me); err != nil {
			failed(w, err)
			return
		}
		signedIn(w, me.Data.ID, me.Data.Handle)
	})
	return login, callback
}

// fetch reads a profile.
func fetch(client *http.Client, address string, profile any) error {
	resp, err := client.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(profile)
}
