package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestOAuth2CallbackOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	s := newOAuth2Site(t, nil)
	attacker, victim := s.browser(t), s.browser(t)
	callback := attacker.approve(attacker.start(nil), zoe)
	refuseCallback(t, victim, callback, http.StatusForbidden, "login_mismatch")
	own, err := url.Parse(victim.approve(victim.start(nil), ada))
	if err != nil {
		t.Fatal(err)
	}
	refuseCallback(t, victim, callback, http.StatusForbidden, "login_mismatch")

	// The attacker's code under the victim's state: X holds it to the verifier.
	theirs, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	query := own.Query()
	query.Set("code", theirs.Query().Get("code"))
	if r := victim.get("/auth/twitter/callback?" + query.Encode()); r.code(t) != "login_expired" || victim.hasSession() {
		t.Errorf("another login's code: %d %s", r.StatusCode, r.body)
	}
}

func TestOAuth2CallbackQueries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query  string
		status int
		code   string
	}{
		"no state":                 {"code=CODE", 400, "bad_request"},
		"no code":                  {"state=STATE", 400, "bad_request"},
		"an empty code":            {"state=STATE&code=", 400, "bad_request"},
		"an empty state":           {"state=&code=CODE", 400, "bad_request"},
		"an empty error":           {"state=STATE&error=", 400, "bad_request"},
		"code and error":           {"state=STATE&code=CODE&error=access_denied", 400, "bad_request"},
		"two codes":                {"state=STATE&code=CODE&code=CODE", 400, "bad_request"},
		"two states":               {"state=STATE&state=STATE&code=CODE", 400, "bad_request"},
		"of both protocols":        {"state=STATE&code=CODE&oauth_token=t&oauth_verifier=v", 400, "bad_request"},
		"cancelled in both":        {"state=STATE&code=CODE&denied=t", 400, "bad_request"},
		"another issuer":           {"state=STATE&code=CODE&iss=https://evil.example", 400, "bad_request"},
		"an empty issuer":          {"state=STATE&code=CODE&iss=", 400, "bad_request"},
		"another state":            {"state=other&code=CODE", 403, "login_mismatch"},
		"another case":             {"state=LOWER&code=CODE", 403, "login_mismatch"},
		"the state as a token":     {"oauth_token=STATE&oauth_verifier=CODE", 403, "login_mismatch"},
		"the state as a denied":    {"denied=STATE", 403, "access_denied"},
		"an error that is not X's": {"state=STATE&error=%3Cscript%3E", 502, "provider_unavailable"},
		"not switched on at X":     {"state=STATE&error=unauthorized_client", 502, "app_misconfigured"},
		"cancelled":                {"state=STATE&error=access_denied", 403, "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOAuth2Site(t, func(c *twitterauth.Config, x *twittertest.Server) {
				c.ConsumerKey, c.ConsumerSecret = x.ConsumerKey, x.ConsumerSecret // both protocols are in use
			})
			b := s.browser(t)
			b.login(noor, nil)
			u, err := url.Parse(b.approve(b.start(nil), ada))
			if err != nil {
				t.Fatal(err)
			}
			state := u.Query().Get("state")
			query := strings.NewReplacer("STATE", state, "LOWER", strings.ToLower(state), "CODE", u.Query().Get("code")).Replace(test.query)
			if test.code == "login_mismatch" || name == "the state as a denied" {
				// One who is signed in is sent on; see TestBackButton.
				before := len(s.x.Requests())
				if r := b.get("/auth/twitter/callback?" + query); r.location() != "/" && r.code(t) != test.code {
					t.Errorf("one who is signed in: %d %s", r.StatusCode, r.body)
				}
				if len(s.x.Requests()) != before || b.whoami() != "user u1 @noor" {
					t.Errorf("one who is signed in: now %s", b.whoami())
				}
				b = s.browser(t)
				b.start(nil)
			}
			refuseCallback(t, b, "/auth/twitter/callback?"+query, test.status, test.code)
		})
	}
}

func TestOAuth2LoginExpires(t *testing.T) {
	t.Parallel()
	s := newOAuth2Site(t, nil)
	b := s.browser(t)
	callback := b.approve(b.start(nil), ada)
	s.auth.SetClock(func() time.Time { return time.Now().Add(10 * time.Minute) })
	refuseCallback(t, b, callback, http.StatusForbidden, "login_expired")

	s = newOAuth2Site(t, nil)
	b = s.browser(t)
	callback = b.approve(b.start(nil), ada)
	s.x.ExpireCodes()
	if r := b.get(callback); r.StatusCode != http.StatusForbidden || r.code(t) != "login_expired" || b.hasSession() {
		t.Errorf("an old code: %d %s", r.StatusCode, r.body)
	}
}

// An app that may not ask for the email signs people in without, and does not
// go round with an X that refuses that as well.
func TestOAuth2WithoutTheEmail(t *testing.T) {
	t.Parallel()
	s := newOAuth2Site(t, nil)
	s.x.SetRequestEmail(false)
	b := s.browser(t)
	again := b.get(b.approve(b.start(nil), ada))
	if again.StatusCode != http.StatusSeeOther || !strings.HasPrefix(again.location(), s.x.URL) || strings.Contains(again.location(), "email") {
		t.Fatalf("%d %s %s", again.StatusCode, again.location(), again.body)
	}
	if !strings.Contains(s.log.String(), "the login goes on without") {
		t.Errorf("the log does not say so: %s", s.log)
	}
	if r := b.get(b.approve(again.location(), ada)); r.location() != "/" || b.whoami() != "user u1 @ada" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if _, ok := s.users.logins[0].Fields["email"]; ok {
		t.Error("there is an email")
	}

	b = s.browser(t)
	again = b.get(b.approve(b.start(nil), ada))
	u, err := url.Parse(again.location())
	if err != nil {
		t.Fatal(err)
	}
	refuseCallback(t, b, "/auth/twitter/callback?error=invalid_scope&state="+u.Query().Get("state"), http.StatusBadGateway, "app_misconfigured")
}
