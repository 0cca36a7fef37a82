package main

import (
	"fmt"
	"io"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// x is where people sign in: the real X, or the stand-in beside this program.
type x struct {
	real    bool
	standIn *twittertest.Server

	consumerKey    string
	consumerSecret string
	apiURL         string
}

func chooseX(set settings) *x {
	if set.ConsumerKey != "" {
		apiURL := set.APIURL
		if apiURL == "" {
			apiURL = twitterauth.DefaultAPIURL
		}
		return &x{real: true, consumerKey: set.ConsumerKey, consumerSecret: set.ConsumerSecret, apiURL: apiURL}
	}
	s := twittertest.NewServer()
	return &x{standIn: s, consumerKey: s.ConsumerKey, consumerSecret: s.ConsumerSecret, apiURL: s.URL}
}

func (x *x) Close() {
	if x.standIn != nil {
		x.standIn.Close()
	}
}

// announce says which X is in use, what to open and what to register.
func (x *x) announce(w io.Writer, set settings) {
	if x.real {
		fmt.Fprintf(w, "X: the real one, at %s\n", x.apiURL)
		fmt.Fprintf(w, "Register exactly this callback URL at X: %s\n", set.CallbackURL)
	} else {
		fmt.Fprintf(w, "X: a stand-in at %s (set TWITTER_CONSUMER_KEY and TWITTER_CONSUMER_SECRET for the real one)\n", x.apiURL)
		person := x.standIn.People()[0]
		token, secret := x.standIn.TokenPair(person.ID)
		fmt.Fprintf(w, "A native client's login, as @%s:\n  curl -i -d authToken=%s -d authTokenSecret=%s %sauth/twitter/token\n", person.ScreenName, token, secret, set.site())
	}
	fmt.Fprintf(w, "Open %s\n", set.site())
}
