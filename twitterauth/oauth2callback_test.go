package twitterauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// STATE stands for the state of a pending login of this browser, TOKEN for a
// request token of one that began over OAuth 1.0a, X for X's origin.
var badOAuth2Queries = map[string]string{
	"no parameters":             "",
	"others only":               "utm_source=x",
	"no code":                   "state=STATE",
	"no state":                  "code=c",
	"an error without a state":  "error=access_denied",
	"empty state":               "state=&code=c",
	"empty state of an error":   "state=&error=access_denied",
	"empty code":                "state=STATE&code=",
	"empty error":               "state=STATE&error=",
	"code and error":            "state=STATE&code=c&error=access_denied",
	"empty code and error":      "state=STATE&code=&error=access_denied",
	"code and empty error":      "state=STATE&code=c&error=",
	"two states":                "state=STATE&state=STATE&code=c",
	"two codes":                 "state=STATE&code=c&code=c",
	"two errors":                "state=STATE&error=access_denied&error=access_denied",
	"two issuers":               "state=STATE&code=c&iss=X&iss=X",
	"another issuer":            "state=STATE&code=c&iss=https%3A%2F%2Fevil.example",
	"another issuer's error":    "state=STATE&error=invalid_scope&iss=https%3A%2F%2Fevil.example",
	"another issuer's cancel":   "state=STATE&error=access_denied&iss=https%3A%2F%2Fevil.example",
	"an empty issuer":           "state=STATE&code=c&iss=",
	"an issuer and a path":      "state=STATE&code=c&iss=X%2F..",
	"a user at the issuer":      "state=STATE&code=c&iss=https%3A%2F%2Fx.com%40evil.example",
	"broken escape":             "state=STATE&code=%zz",
	"half an escape":            "state=STATE&code=c%2",
	"semicolons":                "state=STATE;code=c",
	"NUL":                       "state=STATE%00&code=c",
	"CR LF":                     "state=STATE&code=c%0d%0aX:y",
	"invalid UTF-8":             "state=STATE%ff&code=c",
	"invalid UTF-8 in an error": "state=STATE&error=%ff",
	"a long state":              "state=" + strings.Repeat("s", 257) + "&code=c",
	"a long code":               "state=STATE&code=" + strings.Repeat("c", 257),
	"a code of 500 KB":          "state=STATE&code=" + strings.Repeat("c", 500<<10),
	"a long error":              "state=STATE&error=" + strings.Repeat("e", 257),
	"a token too":               "state=STATE&code=c&oauth_token=TOKEN",
	"a token and verifier too":  "state=STATE&code=c&oauth_token=TOKEN&oauth_verifier=v",
	"a verifier too":            "state=STATE&code=c&oauth_verifier=v",
	"denied too":                "state=STATE&code=c&denied=TOKEN",
	"denied and cancelled":      "state=STATE&error=access_denied&denied=STATE",
	"denied, and scope":         "state=STATE&error=invalid_scope&denied=STATE",
	"a login of 1.0a and code":  "oauth_token=TOKEN&oauth_verifier=v&code=c",
	"and an error":              "oauth_token=TOKEN&oauth_verifier=v&error=access_denied",
	"and a state":               "oauth_token=TOKEN&oauth_verifier=v&state=STATE",
	"and an issuer":             "oauth_token=TOKEN&oauth_verifier=v&iss=X",
	"denied and code":           "denied=TOKEN&code=c",
	"denied and error":          "denied=TOKEN&error=access_denied",
	"denied and state":          "denied=TOKEN&state=STATE",
}

func TestOAuth2CallbackQueries(t *testing.T) {
	t.Parallel()
	for which, use := range map[string]func(*twitterauth.Config, *twittertest.Server){"alone": useOAuth2, "beside OAuth 1.0a": useBoth, "OAuth 1.0a alone": useOAuth1} {
		for name, query := range badOAuth2Queries {
			t.Run(which+", "+name, func(t *testing.T) {
				t.Parallel()
				servers := siblings(t, use, useOAuth1, useOAuth2)
				s := servers[0]
				b := s.browser(t)
				b.login(noor, nil)
				under := func(s *site, name string) string { // a pending login
					u, _ := url.Parse(b.through(s).start(nil))
					return u.Query().Get(name)
				}
				token, state := under(servers[1], "oauth_token"), under(servers[2], "state")
				query := strings.NewReplacer("STATE", state, "TOKEN", token, "X", url.QueryEscape(s.x.URL)).Replace(query)
				refuseCallback(t, b, "/auth/twitter/callback?"+query, http.StatusBadRequest, "bad_request")
				if got := b.whoami(); got != "user u1 @noor" {
					t.Errorf("now %s", got)
				}
			})
		}
	}
}

// issuers: RFC 9207. X does not send one, as yet.
func TestOAuth2CallbackQueriesThatAreTaken(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"an issuer": "&iss=X", "X behind a proxy": "&iss=https%3A%2F%2Fx.com", "others": "&lang=en", "a description": "&error_description=" + strings.Repeat("why+", 250) + "&error_uri=https%3A%2F%2Fx.com"} {
		s := newSite(t, over(oauth2))
		b := s.browser(t)
		r := b.get(b.approve(b.start(nil), ada) + strings.ReplaceAll(more, "iss=X", "iss="+url.QueryEscape(s.x.URL)))
		if r.StatusCode != http.StatusSeeOther || b.whoami() != "user u1 @ada" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// A login of one protocol is not finished by a callback of the other.
func TestCallbackOfTheOtherProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		began      protocol
		key, proof string
	}{
		"OAuth 1.0a answered as 2.0":            {oauth1, "state", "code"},
		"OAuth 1.0a answered with an error":     {oauth1, "state", "error"},
		"OAuth 2.0 answered as 1.0a":            {oauth2, "oauth_token", "oauth_verifier"},
		"OAuth 2.0 answered as 1.0a, cancelled": {oauth2, "denied", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{"c", "access_denied", "invalid_scope"} {
				servers := siblings(t, test.began.use, useBoth)
				b := servers[0].browser(t)
				second := b.through(servers[1])
				callback, err := url.Parse(b.approve(b.start(nil), ada))
				if err != nil {
					t.Fatal(err)
				}
				query := url.Values{test.key: {callback.Query().Get(test.began.key)}}
				if test.proof != "" {
					query.Set(test.proof, value)
				}
				code := "login_mismatch"
				if test.key == "denied" || value == "access_denied" && test.proof == "error" {
					code = "access_denied" // which changes nothing
				}
				refuseCallback(t, second, "/auth/twitter/callback?"+query.Encode(), http.StatusForbidden, code)
				if pending, _ := b.pendingLogins(); len(pending) != 1 {
					t.Errorf("the pending login is gone: %v", pending)
				}
				if r := second.get("/auth/twitter/callback?" + callback.RawQuery); r.StatusCode != http.StatusSeeOther {
					t.Errorf("the callback itself: %d %s", r.StatusCode, r.body)
				}
			}
		})
	}
}

func TestOAuth2ErrorsOfTheConsent(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		status int
		code   string
		log    string
	}{
		"access_denied":             {403, "access_denied", "cancelled"},
		"unauthorized_client":       {502, "app_misconfigured", "add exactly http://127.0.0.1"},
		"invalid_request":           {502, "app_misconfigured", "add exactly http://127.0.0.1"},
		"unsupported_response_type": {502, "app_misconfigured", "User authentication settings"},
		"server_error":              {502, "provider_unavailable", "in trouble"},
		"temporarily_unavailable":   {502, "provider_unavailable", "in trouble"},
		"<script>canary</script>":   {502, "provider_unavailable", "does not document"},
		"ACCESS_DENIED":             {502, "provider_unavailable", "does not document"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, over(oauth2))
			b := s.browser(t)
			b.login(noor, nil)
			at, err := url.Parse(b.start(url.Values{"return_to": {"/account?x"}}))
			if err != nil {
				t.Fatal(err)
			}
			target := "/auth/twitter/callback?" + url.Values{"state": {at.Query().Get("state")}, "error": {code}, "error_description": {"<script>canary</script>"}}.Encode()
			refuseCallback(t, s.browser(t), target, http.StatusForbidden, map[bool]string{true: "access_denied", false: "login_mismatch"}[code == "access_denied"])
			s.x.ResetRequests()
			before := b.cookies()[sessionCookie]
			r := b.visit(target)
			if r.StatusCode != want.status || strings.Contains(r.body+s.log.String(), "canary") || !strings.Contains(s.log.String(), "code="+want.code) || !strings.Contains(s.log.String(), want.log) {
				t.Errorf("%d %s\n%s", r.StatusCode, r.body, s.log)
			}
			if offers := strings.Contains(r.body, `value="/account?x"`); offers != (want.code != "app_misconfigured") {
				t.Errorf("a form to start again: %t", offers)
			}
			if pending, _ := b.pendingLogins(); len(pending) != 1 || b.cookies()[sessionCookie] != before || len(s.x.Requests()) != 0 {
				t.Errorf("cookies %v, X was asked %d times", pending, len(s.x.Requests()))
			}
		})
	}
}

// A code is good once, and for 30 seconds.
func TestCodeIsTooOldOrUsed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *site, b *browser, callback string){
		"too old": func(s *site, _ *browser, _ string) { s.x.ExpireCodes() },
		"used": func(s *site, b *browser, callback string) {
			cookies := b.cookies()
			b.get(callback)
			b.do("POST", "/auth/twitter/logout", nil)
			for name, value := range cookies {
				b.setCookie(name, value)
			}
		},
		"another login's": func(s *site, b *browser, callback string) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, over(oauth2))
			b := s.browser(t)
			callback := b.approve(b.start(nil), ada)
			spoil(s, b, callback)
			if name == "another login's" {
				attacker := s.browser(t)
				theirs, _ := url.Parse(attacker.approve(attacker.start(nil), zoe))
				mine, _ := url.Parse(callback)
				callback = "/auth/twitter/callback?" + url.Values{"state": {mine.Query().Get("state")}, "code": {theirs.Query().Get("code")}}.Encode()
			}
			s.x.ResetRequests()
			if r := b.get(callback); r.StatusCode != http.StatusForbidden || r.code(t) != "login_expired" || b.hasSession() {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			if !strings.Contains(s.log.String(), "30 seconds") || s.x.Count(twittertest.Token) != 1 {
				t.Errorf("asked %d times, the log says %s", s.x.Count(twittertest.Token), s.log)
			}
		})
	}
}

// A code of somebody else's login under one's own state: X holds the code to
// the verifier that is in this browser's cookie.
func TestCodeOfAnotherLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, over(oauth2))
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
