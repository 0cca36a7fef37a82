package twitterauth_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// newOAuth2Site is an app whose browser logins use OAuth 2.0. configure may
// change its Config further.
func newOAuth2Site(t testing.TB, configure func(*twitterauth.Config, *twittertest.Server)) *site {
	t.Helper()
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	s := newSite(t, func(c *twitterauth.Config) {
		c.ConsumerKey, c.ConsumerSecret = "", ""
		c.ClientID, c.ClientSecret, c.APIURL = x.ClientID, x.ClientSecret, x.URL
		if configure != nil {
			configure(c, x)
		}
	})
	s.x.Close()
	s.x = x
	return s
}

func TestOAuth2Login(t *testing.T) {
	t.Parallel()
	for name, configure := range map[string]func(*twitterauth.Config, *twittertest.Server){
		"confidential client": nil,
		"public client": func(c *twitterauth.Config, x *twittertest.Server) {
			x.ClientSecret, c.ClientSecret = "", ""
		},
		"with a refresh token": func(c *twitterauth.Config, _ *twittertest.Server) { c.OfflineAccess = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOAuth2Site(t, configure)
			b := s.browser(t)
			if r := b.login(ada, nil); r.location() != "/" || b.whoami() != "user u1 @ada" {
				t.Fatalf("%s, %s\n%s", r.location(), b.whoami(), s.log)
			}
			var asked []string
			for _, r := range s.x.Requests() {
				asked = append(asked, r.Method+" "+r.Path)
			}
			if want := []string{"POST /2/oauth2/token", "GET /2/users/me"}; !slices.Equal(asked, want) {
				t.Errorf("X was asked %v", asked)
			}
			login := s.users.logins[0]
			if login.TwitterID != ada || login.Fields["email"] != "ada@example.com" || login.Fields["name"] != "Ada Lovelace" {
				t.Errorf("%+v", login.Fields)
			}
			token := login.Token
			if token.AccessToken == "" || token.AccessSecret != "" || (token.RefreshToken != "") != (name == "with a refresh token") {
				t.Errorf("token %t %t %t", token.AccessToken != "", token.AccessSecret != "", token.RefreshToken != "")
			}
			if left := time.Until(token.Expiry); left > 2*time.Hour || left < time.Hour {
				t.Errorf("the token expires in %v", left)
			}
			if r := b.get("/account"); r.StatusCode != http.StatusOK {
				t.Errorf("%d", r.StatusCode)
			}
		})
	}
}
