package twitterauth_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestOAuth2Login(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*twitterauth.Config, *twittertest.Server){
		"confidential client":  useOAuth2,
		"beside OAuth 1.0a":    useBoth,
		"public client":        func(c *twitterauth.Config, x *twittertest.Server) { x.ClientSecret = ""; useOAuth2(c, x) },
		"with a refresh token": func(c *twitterauth.Config, x *twittertest.Server) { useOAuth2(c, x); c.OfflineAccess = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSiteOver(t, use, nil)
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
