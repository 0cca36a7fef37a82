package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// With TWITTER_CLIENT_ID the same site signs the same people in over OAuth 2.0.
func TestSignInOverOAuth2(t *testing.T) {
	t.Parallel()
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	x.SignInAs("6253282")
	keys := map[string]string{"TWITTER_API_URL": x.URL, "TWITTER_CLIENT_ID": x.ClientID, "TWITTER_CLIENT_SECRET": x.ClientSecret}
	for name, consumer := range map[string]string{"alone": "", "beside a consumer key": x.ConsumerKey} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			for k, v := range keys {
				env[k] = v
			}
			if consumer != "" {
				env["TWITTER_CONSUMER_KEY"], env["TWITTER_CONSUMER_SECRET"] = x.ConsumerKey, x.ConsumerSecret
			}
			r := start(t, env)
			c := r.browser(t)
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/me"}})
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "@ada") {
				t.Errorf("%d %s", status, page)
			}
			token, secret := x.TokenPair("6253282")
			resp, err = c.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			status, body := text(t, resp, err)
			if want := map[bool]int{true: http.StatusOK, false: http.StatusBadRequest}[consumer != ""]; status != want {
				t.Errorf("token login: %d %s", status, body)
			}
		})
	}
}
