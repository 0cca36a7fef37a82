package twitterauth_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// Config.Scopes come after what the login needs, each once.
func TestConfigScopes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scopes []string
		change func(*twitterauth.Config)
		want   string
	}{
		"one":                   {[]string{"tweet.write"}, nil, "tweet.read users.read users.email tweet.write"},
		"two, in their order":   {[]string{"tweet.write", "like.read"}, nil, "tweet.read users.read users.email tweet.write like.read"},
		"the login's too":       {[]string{"users.read", "tweet.write", "tweet.read"}, nil, "tweet.read users.read users.email tweet.write"},
		"the same twice":        {[]string{"tweet.write", "tweet.write"}, nil, "tweet.read users.read users.email tweet.write"},
		"offline, once":         {[]string{"offline.access", "tweet.write"}, func(c *twitterauth.Config) { c.OfflineAccess = true }, "tweet.read users.read users.email offline.access tweet.write"},
		"without the email":     {[]string{"tweet.write"}, func(c *twitterauth.Config) { c.Mapping = mapping.Must(map[string]string{"name": "name"}) }, "tweet.read users.read tweet.write"},
		"the email by the list": {[]string{"users.email"}, func(c *twitterauth.Config) { c.Mapping = mapping.Must(map[string]string{"name": "name"}) }, "tweet.read users.read users.email"},
	} {
		s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) {
			if c.Scopes = test.scopes; test.change != nil {
				test.change(c)
			}
		}))
		test.scopes[0] = "changed.afterwards" // New has copied the list
		b := s.browser(t)
		at := b.start(nil)
		if got := scopesOf(t, at); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
		if r := b.get(b.approve(at, ada)); r.StatusCode != http.StatusSeeOther || !b.hasSession() {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// Where X refuses the scopes, the second try leaves out users.email and no scope of
// the app. When X refuses that too, the log names Config.Scopes.
func TestRefusedScopes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refused []string
		scopes  []string
		tries   []string
		works   bool
	}{
		"the email":               {[]string{"users.email"}, []string{"tweet.write"}, []string{"tweet.read users.read users.email tweet.write", "tweet.read users.read tweet.write"}, true},
		"the app's own":           {[]string{"tweet.write"}, []string{"tweet.write"}, []string{"tweet.read users.read users.email tweet.write", "tweet.read users.read tweet.write"}, false},
		"both":                    {[]string{"tweet.write", "users.email"}, []string{"like.read", "tweet.write"}, []string{"tweet.read users.read users.email like.read tweet.write", "tweet.read users.read like.read tweet.write"}, false},
		"the email, that it asks": {[]string{"users.email"}, []string{"users.email"}, []string{"tweet.read users.read users.email", "tweet.read users.read users.email"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) { c.Scopes = test.scopes }))
			s.x.RefuseScopes(test.refused...)
			b := s.browser(t)
			at := b.start(nil)
			var r reply
			for i, want := range test.tries {
				if got := scopesOf(t, at); got != want {
					t.Fatalf("try %d: %q", i+1, got)
				}
				r = b.get(b.approve(at, ada))
				at = r.location()
			}
			if test.works {
				if r.StatusCode != http.StatusSeeOther || !b.hasSession() || s.users.all()[0].Fields["email"] != nil {
					t.Errorf("%d %s %v", r.StatusCode, r.body, s.users.all())
				}
				return
			}
			if r.StatusCode != http.StatusBadGateway || r.code(t) != "app_misconfigured" || b.hasSession() || len(s.users.all()) != 0 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			if _, line, _ := strings.Cut(s.log.String(), "code=app_misconfigured"); !strings.Contains(line, "Config.Scopes") {
				t.Errorf("the log has %s", s.log)
			}
		})
	}
}

// Token.Scopes has what X has granted, also where the next login's grant is narrower;
// a renewal keeps it.
func TestTokenScopesAreTheGranted(t *testing.T) {
	t.Parallel()
	const all = "tweet.read users.read users.email offline.access tweet.write"
	s, m := newTokenSite(t, oauth2, newTokenRows())
	scopes := func() string {
		token, _ := m.get("u1")
		return strings.Join(token.Scopes, " ")
	}
	s.browser(t).login(ada, nil)
	if got := scopes(); got != all {
		t.Errorf("%q", got)
	}
	s.x.WithholdScopes("tweet.write")
	s.browser(t).login(ada, nil)
	const narrower = "tweet.read users.read users.email offline.access"
	if got := scopes(); got != narrower {
		t.Errorf("the next login: %q", got)
	}
	s.x.WithholdScopes()
	m.expire("u1")
	for range 2 { // X's 403 renews nothing and is returned
		if resp, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err != nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("%v, %v", resp, err)
		}
	}
	if got := scopes(); got != narrower || m.writes.Load() != 1 {
		t.Errorf("after %d renewals: %q", m.writes.Load(), got)
	}
	// X need not repeat the scopes (RFC 6749, section 5.1): those of before stay.
	s.x.FailNext(twittertest.Token, 1, twittertest.JSONBody(`{"token_type":"bearer","access_token":"`+s.x.BearerToken(ada)+`","expires_in":7200}`))
	m.expire("u1")
	if _, err := postTweet(t.Context(), t, s, s.auth.Client("u1")); err != nil || scopes() != narrower {
		t.Errorf("X does not repeat them: %q, %v", scopes(), err)
	}
}

// The keys that a token belongs to are no longer set: nothing leaves.
func TestTokensOfAnotherConfiguration(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, m := newTokenSite(t, p, newTokenRows())
		s.browser(t).login(ada, nil)
		if p.oauth2 {
			m.expire("u1")
		}
		other := oauth2
		if p.oauth2 {
			other = oauth1
		}
		now := newSite(t, over(other), atX(s.x), withStore(m))
		token, _ := m.get("u1")
		s.x.ResetRequests()
		if _, err := postTweet(t.Context(), t, now, now.auth.Client("u1")); !errors.Is(err, twitterauth.ErrSignInAgain) {
			t.Errorf("Client: %v", err)
		}
		if err := now.auth.RevokeToken(t.Context(), token); err == nil || !strings.Contains(err.Error(), "not set") {
			t.Errorf("RevokeToken: %v", err)
		}
		if len(s.x.Requests()) != 0 {
			t.Errorf("%v", s.x.Requests())
		}
		if after, ok := m.get("u1"); !ok || after.AccessToken != token.AccessToken {
			t.Error("the row has changed")
		}
	})
}
