package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The pages lead to wherever the callback URL puts the routes, on every router.
func TestCallbackElsewhere(t *testing.T) {
	t.Parallel()
	for router := range routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			r := startAt(t, "/api/auth/callback/twitter", "-router", router)
			c := r.browser(t)
			r.x.SignInAs(r.x.People()[0].ID)
			resp, err := c.Get(r.URL + "/")
			_, page := text(t, resp, err)
			for _, press := range []string{"login", "logout"} {
				action := regexp.MustCompile(`action="([^"]*/` + press + `)"`).FindStringSubmatch(page)
				if len(action) != 2 || action[1] != "/api/auth/callback/"+press {
					t.Fatalf("no form for %s: %v %s", press, action, page)
				}
				resp, err := c.PostForm(r.URL+action[1], url.Values{})
				status, body := text(t, resp, err)
				if status != http.StatusOK || strings.Contains(body, "@ada") != (press == "login") {
					t.Fatalf("%s: %d %s", press, status, body)
				}
				page = body
			}
			token, secret := r.x.TokenPair("6253282")
			resp, err = c.PostForm(r.URL+"/api/auth/callback/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			if status, body := text(t, resp, err); status != http.StatusOK {
				t.Errorf("token: %d %s", status, body)
			}
		})
	}
}
