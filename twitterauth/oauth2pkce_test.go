package twitterauth_test

import (
	"net/url"
	"testing"
)

// A code of somebody else's login under one's own state: X holds the code to
// the verifier that is in this browser's cookie.
func TestCodeOfAnotherLogin(t *testing.T) {
	t.Parallel()
	s := overOAuth2.newSite(t, nil)
	attacker, victim := s.browser(t), s.browser(t)
	theirs, err := url.Parse(attacker.approve(attacker.start(nil), zoe))
	if err != nil {
		t.Fatal(err)
	}
	own, err := url.Parse(victim.approve(victim.start(nil), ada))
	if err != nil {
		t.Fatal(err)
	}
	query := own.Query()
	query.Set("code", theirs.Query().Get("code"))
	if r := victim.get("/auth/twitter/callback?" + query.Encode()); r.code(t) != "login_expired" || victim.hasSession() {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if len(s.users.all()) != 0 {
		t.Error("there is a user")
	}
}
