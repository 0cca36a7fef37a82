package main

import (
	"fmt"
	"io"
	"strings"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// x is where people sign in: the real X, or the stand-in of this program.
type x struct {
	real    bool
	standIn *twittertest.Server

	consumerKey    string
	consumerSecret string
	clientID       string
	clientSecret   string
	apiURL         string
}

func chooseX(set settings) *x {
	if set.realX() {
		x := &x{
			real:           true,
			consumerKey:    set.ConsumerKey,
			consumerSecret: set.ConsumerSecret,
			clientID:       set.ClientID,
			clientSecret:   set.ClientSecret,
			apiURL:         set.APIURL,
		}
		if x.apiURL == "" {
			x.apiURL = twitterauth.DefaultAPIURL
		}
		return x
	}
	s := twittertest.NewServer()
	return &x{standIn: s, consumerKey: s.ConsumerKey, consumerSecret: s.ConsumerSecret, apiURL: s.URL}
}

func (x *x) Close() {
	if x.standIn != nil {
		x.standIn.Close()
	}
}

func (x *x) protocol() string {
	switch {
	case x.clientID == "":
		return "OAuth 1.0a"
	case x.consumerKey == "":
		return "OAuth 2.0 (no token login, which needs TWITTER_CONSUMER_KEY)"
	}
	return "OAuth 2.0, and OAuth 1.0a for token login"
}

// announce prints which X is in use, what to open and what to register.
func (x *x) announce(w io.Writer, set settings) {
	if x.real {
		fmt.Fprintf(w, "X: the real one, at %s, over %s\n", x.apiURL, x.protocol())
		fmt.Fprintf(w, "Register exactly this callback URL at X: %s\n", set.CallbackURL)
	} else {
		fmt.Fprintf(w, "X: a stand-in at %s (set TWITTER_CONSUMER_KEY and TWITTER_CONSUMER_SECRET, or TWITTER_CLIENT_ID and TWITTER_CLIENT_SECRET, for the real one)\n", x.apiURL)
		person := x.standIn.People()[0]
		token, secret := x.standIn.TokenPair(person.ID)
		fmt.Fprintf(w, "A native client's login, as @%s:\n  curl -i -d authToken=%s -d authTokenSecret=%s %s/token\n", person.ScreenName, token, secret, strings.TrimSuffix(set.site(), "/")+set.authPath())
	}
	fmt.Fprintf(w, "Open %s\n", set.site())
}
