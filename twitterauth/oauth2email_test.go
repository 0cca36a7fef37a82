package twitterauth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func scopesOf(t testing.TB, authorizeURL string) string {
	t.Helper()
	u, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("scope")
}

func TestScopes(t *testing.T) {
	t.Parallel()
	fields := func(list ...string) *mapping.Mapping {
		table := map[string]string{}
		for _, f := range list {
			table[f] = strings.ReplaceAll(f, ".", "_")
		}
		return mapping.Must(table)
	}
	for name, test := range map[string]struct {
		configure func(*twitterauth.Config)
		want      string
	}{
		"the default mapping":  {func(*twitterauth.Config) {}, "tweet.read users.read users.email"},
		"the email's v2 name":  {func(c *twitterauth.Config) { c.Mapping = fields("confirmed_email") }, "tweet.read users.read users.email"},
		"no email":             {func(c *twitterauth.Config) { c.Mapping = fields("name", "entities.url") }, "tweet.read users.read"},
		"ProfileNone":          {func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileNone }, "tweet.read users.read"},
		"ProfileV2":            {func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileV2 }, "tweet.read users.read users.email"},
		"offline":              {func(c *twitterauth.Config) { c.OfflineAccess = true }, "tweet.read users.read users.email offline.access"},
		"offline and no email": {func(c *twitterauth.Config) { c.OfflineAccess, c.Mapping = true, fields("id") }, "tweet.read users.read offline.access"},
	} {
		s := newSite(t, over(oauth2), configured(test.configure))
		b := s.browser(t)
		at := b.start(nil)
		if got := scopesOf(t, at); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
		if r := b.get(b.approve(at, ada)); r.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// X may not let the app ask for emails: the login begins again without.
func TestEmailScopeIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, over(oauth2))
	s.x.SetRequestEmail(false)
	b := s.browser(t)
	r := b.get(b.approve(b.start(url.Values{"return_to": {"/account?x=1"}, "stayLoggedIn": {"1"}, "data": {"invite 7"}}), ada))
	again := r.location()
	if r.StatusCode != http.StatusSeeOther || scopesOf(t, again) != "tweet.read users.read" || b.hasSession() || len(s.x.Requests()) != 0 {
		t.Fatalf("%d %s %s", r.StatusCode, again, r.body)
	}
	if pending, _ := b.pendingLogins(); len(pending) != 1 {
		t.Errorf("pending logins %v", pending)
	}
	r = b.get(b.approve(again, ada))
	if r.location() != "/account?x=1" || b.whoami() != "user u1 @ada" || !strings.Contains(strings.Join(r.Header["Set-Cookie"], ""), "Max-Age=2592000") {
		t.Errorf("%d %s %v", r.StatusCode, r.body, r.Header)
	}
	u := s.users.all()[0]
	if _, has := u.Fields["email"]; has || u.Data != "invite 7" || u.Fields["name"] != "Ada Lovelace" {
		t.Errorf("%+v", u)
	}
	if log := s.log.String(); !strings.Contains(log, "Request email from users") || s.x.Count(twittertest.UsersMe) != 1 {
		t.Errorf("%d profile calls; the log says %s", s.x.Count(twittertest.UsersMe), log)
	}
	s.x.SetRequestEmail(true) // nothing of it is remembered
	if b.login(ada, nil); s.users.all()[0].Fields["email"] != "ada@example.com" {
		t.Errorf("later: %+v", s.users.all())
	}
}

func TestEmailScopeIsRefusedOnce(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*mapping.Mapping{"after one try": nil, "no email was asked for": mapping.Must(map[string]string{"name": "name"})} {
		s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) { c.Mapping = m }))
		b := s.browser(t)
		refuse := func(at string) reply {
			u, _ := url.Parse(at)
			return b.get("/auth/twitter/callback?error=invalid_scope&state=" + u.Query().Get("state"))
		}
		r := refuse(b.start(nil))
		if m == nil {
			r = refuse(r.location())
		}
		if r.StatusCode != http.StatusBadGateway || r.code(t) != "app_misconfigured" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		if pending, _ := b.pendingLogins(); len(pending) != 1 || b.hasSession() || len(s.x.Requests()) != 0 {
			t.Errorf("%s: cookies %v", name, pending)
		}
		if _, line, _ := strings.Cut(s.log.String(), "code=app_misconfigured"); !strings.Contains(line, "remedy=") {
			t.Errorf("%s: the log says %s", name, s.log)
		}
	}
}

// Somebody else's login is not asked for less, whatever a page sends people to.
func TestEmailIsNotSwitchedOffByOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, over(oauth2))
	attacker, victim := s.browser(t), s.browser(t)
	theirs, _ := url.Parse(attacker.start(nil))
	forged := "/auth/twitter/callback?error=invalid_scope&state=" + theirs.Query().Get("state")
	at := victim.start(nil)
	refuseCallback(t, victim, forged, http.StatusForbidden, "login_mismatch")
	if r := attacker.get(forged); scopesOf(t, r.location()) != "tweet.read users.read" {
		t.Errorf("their own: %d %s", r.StatusCode, r.location())
	}
	if r := victim.get(victim.approve(at, ada)); r.StatusCode != http.StatusSeeOther {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	s.browser(t).login(zoe, nil)
	for _, u := range s.users.all() {
		if u.Fields["email"] == nil {
			t.Errorf("no email: %+v", u)
		}
	}
}

// The login that begins again takes the place of its first try, not of another
// tab's.
func TestBeginningAgainDropsNoOtherLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, over(oauth2))
	s.x.SetRequestEmail(false)
	b := s.browser(t)
	var tabs []string
	for i := range 5 {
		s.auth.SetClock(func() time.Time { return time.Now().Add(time.Duration(i) * time.Second) })
		tabs = append(tabs, b.start(nil))
	}
	r := b.get(b.approve(tabs[4], ada))
	names := map[string]int{}
	for _, c := range r.Cookies() {
		names[c.Name]++
	}
	for name, n := range names {
		if n > 1 {
			t.Errorf("%s is set %d times", name, n)
		}
	}
	if pending, _ := b.pendingLogins(); len(pending) != 5 {
		t.Errorf("%d pending logins", len(pending))
	}
	if r := b.get(b.approve(tabs[0], ada)); r.StatusCode != http.StatusSeeOther || scopesOf(t, r.location()) != "tweet.read users.read" {
		t.Errorf("the oldest tab: %d %s", r.StatusCode, r.body)
	}
	if r := b.get(b.approve(r.location(), ada)); r.StatusCode != http.StatusSeeOther || !b.hasSession() {
		t.Errorf("the newest tab: %d %s", r.StatusCode, r.body)
	}
}

func TestLinkingWithoutTheEmailScope(t *testing.T) {
	t.Parallel()
	s := newSite(t, over(oauth2), withStore(linkingMemory{newMemory()}))
	b := s.browser(t)
	b.login(noor, nil)
	s.x.SetRequestEmail(false)
	before := b.cookies()[sessionCookie]
	again := b.get(b.approve(b.start(url.Values{"link": {"1"}, "return_to": {"/account"}}), ada)).location()
	if r := b.get(b.approve(again, ada)); r.location() != "/account" || b.cookies()[sessionCookie] != before || s.users.all()[0].TwitterID != ada || len(s.users.all()) != 1 {
		t.Errorf("%d %s %+v", r.StatusCode, r.body, s.users.all())
	}
}

func TestEmailIsLessThanALogin(t *testing.T) {
	t.Parallel()
	const me = `{"id":"6253282","username":"ada","name":"Ada"}`
	token := func(scope string) func(*site) twittertest.Fault {
		return func(s *site) twittertest.Fault {
			return twittertest.JSONBody(`{"token_type":"bearer","access_token":"` + s.x.BearerToken(ada, "tweet.read", "users.read") + `"` + scope + `}`)
		}
	}
	answer := func(f twittertest.Fault) func(*site) twittertest.Fault {
		return func(*site) twittertest.Fault { return f }
	}
	for name, test := range map[string]struct {
		step  twittertest.Step
		n     int
		fault func(*site) twittertest.Fault
		asked []bool // for the email, in each profile call
	}{
		"granted less":           {twittertest.Token, 1, token(`,"scope":"tweet.read users.read"`), []bool{false}},
		"granted nothing":        {twittertest.Token, 1, token(`,"scope":""`), []bool{false}},
		"X does not say":         {twittertest.Token, 1, token(``), []bool{true}},
		"granted another":        {twittertest.Token, 1, token(`,"scope":"users.emails users.email.read tweet.read users.read"`), []bool{false}},
		"the field is refused":   {twittertest.UsersMe, 1, answer(twittertest.JSONBody(`{"data":` + me + `,"errors":[{"type":"https://api.twitter.com/2/problems/not-authorized-for-field","field":"confirmed_email"}]}`)), []bool{true}},
		"403 for the field":      {twittertest.UsersMe, 1, answer(twittertest.Problem(403, "https://api.twitter.com/2/problems/not-authorized-for-field", "")), []bool{true, false}},
		"code 220 for the field": {twittertest.UsersMe, 1, answer(twittertest.ErrorCode(403, 220)), []bool{true, false}},
		"403 without a reason":   {twittertest.UsersMe, 1, answer(twittertest.PlainText(403, "Forbidden.")), []bool{true, false}},
		"400 for the field":      {twittertest.UsersMe, 1, answer(twittertest.Problem(400, "https://api.twitter.com/2/problems/invalid-request", "")), []bool{true, false}},
		"null":                   {twittertest.UsersMe, 1, answer(twittertest.JSONBody(`{"data":{"id":"6253282","username":"ada","confirmed_email":null}}`)), []bool{true}},
		"empty":                  {twittertest.UsersMe, 1, answer(twittertest.JSONBody(`{"data":{"id":"6253282","username":"ada","confirmed_email":""}}`)), []bool{true}},
		"absent":                 {twittertest.UsersMe, 1, answer(twittertest.JSONBody(`{"data":` + me + `}`)), []bool{true}},
		"of another kind":        {twittertest.UsersMe, 1, answer(twittertest.JSONBody(`{"data":{"id":"6253282","username":"ada","confirmed_email":["a@example.com"]}}`)), []bool{true}},
		"broken, then not there": {twittertest.UsersMe, 1, answer(twittertest.Empty()), []bool{true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, over(oauth2))
			b := s.browser(t)
			callback := b.approve(b.start(nil), ada)
			s.x.FailNext(test.step, test.n, test.fault(s))
			if r := b.get(callback); r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
				t.Fatalf("%d %s\n%s", r.StatusCode, r.body, s.log)
			}
			var asked []bool
			for _, r := range s.x.Requests() {
				if r.Step == twittertest.UsersMe {
					asked = append(asked, strings.Contains(r.Query.Get("user.fields"), "confirmed_email"))
				}
			}
			if !slices.Equal(asked, test.asked) || s.x.Count(twittertest.Token) != 1 {
				t.Errorf("asked for the email: %v", asked)
			}
			if email, has := s.users.all()[0].Fields["email"]; has != (name == "broken, then not there") {
				t.Errorf("the email is %v", email)
			}
		})
	}
}
