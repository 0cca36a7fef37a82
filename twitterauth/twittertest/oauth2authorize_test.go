package twittertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// A fault of the request is a page and never a redirect, whatever the person
// would say.
func TestAuthorizeRefusals(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(q url.Values) { return func(q url.Values) { q.Set(name, value) } }
	tests := []struct {
		name  string
		spoil func(q url.Values)
		says  string
	}{
		{"no response_type", set("response_type", ""), "response_type"},
		{"response_type token", set("response_type", "token"), "response_type"},
		{"no client", set("client_id", ""), "client_id"},
		{"unknown client", set("client_id", "other"), "client_id"},
		{"no redirect_uri", set("redirect_uri", ""), "redirect_uri"},
		{"redirect_uri that is not registered", set("redirect_uri", "https://evil.example/cb"), "redirect_uri"},
		{"redirect_uri with more", set("redirect_uri", appCallback+"/"), "redirect_uri"},
		{"redirect_uri with a query", set("redirect_uri", appCallback+"?a=b"), "redirect_uri"},
		{"redirect_uri with a fragment", set("redirect_uri", appCallback+"#a"), "redirect_uri"},
		{"redirect_uri without a host", set("redirect_uri", "/callback"), "redirect_uri"},
		{"redirect_uri of another scheme", set("redirect_uri", "javascript://app/%0aalert(1)"), "redirect_uri"},
		{"no scope", set("scope", ""), "scope"},
		{"unknown scope", set("scope", "tweet.read email"), "scope"},
		{"scopes with two spaces", set("scope", "tweet.read  users.read"), "scope"},
		{"scopes with commas", set("scope", "tweet.read,users.read"), "scope"},
		{"a scope twice", set("scope", "tweet.read tweet.read"), "scope"},
		{"no state", set("state", ""), "state"},
		{"state too long", set("state", strings.Repeat("s", 501)), "state"},
		{"no challenge", set("code_challenge", ""), "code_challenge"},
		{"short challenge", set("code_challenge", s256(appVerifier)[1:]), "code_challenge"},
		{"padded challenge", set("code_challenge", s256(appVerifier)+"="), "code_challenge"},
		{"challenge in the other base64", set("code_challenge", strings.Repeat("+", 42)+"A"), "code_challenge"},
		{"challenge with a line break", set("code_challenge", s256(appVerifier)+"\n"), "code_challenge"},
		{"no method", set("code_challenge_method", ""), "code_challenge_method"},
		{"method plain", set("code_challenge_method", "plain"), "code_challenge_method"},
		{"method in lower case", set("code_challenge_method", "s256"), "code_challenge_method"},
	}
	for name := range authorizeQuery(start(t), loginScope) {
		tests = append(tests, struct {
			name  string
			spoil func(q url.Values)
			says  string
		}{name + " twice", func(q url.Values) { q.Add(name, q.Get(name)) }, name + " is there twice"})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.RegisterCallbacks(appCallback, appCallback+"#a", "/callback", "javascript://app/%0aalert(1)")
			query := authorizeQuery(x, loginScope)
			tt.spoil(query)
			somethingWrong(t, x, authorizeURL(x, query), tt.says)
		})
	}
	t.Run("a query that cannot be read", func(t *testing.T) {
		t.Parallel()
		x := start(t)
		somethingWrong(t, x, authorizeURL(x, authorizeQuery(x, loginScope))+"&a=%zz", "query")
	})
}

func somethingWrong(t *testing.T, x *twittertest.Server, consent, says string) {
	t.Helper()
	page := func() {
		t.Helper()
		answer := get(t, stay(x), consent)
		answer.expect(t, http.StatusBadRequest, tokenType)
		if !strings.Contains(answer.body, "<h1>Something went wrong</h1>") || !strings.Contains(answer.body, says) || strings.Contains(answer.body, "<form") {
			t.Errorf("the page is %s", answer.body)
		}
	}
	page()
	x.SignInAs(ada)
	page()
	x.CancelLogins()
	page()
	if callback, err := x.Authorize(consent, ada); err == nil {
		t.Errorf("Authorize answers %s", callback)
	}
	if callback, err := x.Cancel(consent); err == nil {
		t.Errorf("Cancel answers %s", callback)
	}
}

func TestAuthorizeTakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		alter func(q url.Values)
	}{
		{"as it should be", func(url.Values) {}},
		{"the longest state", func(q url.Values) { q.Set("state", strings.Repeat("s", 500)) }},
		{"a state with characters to encode", func(q url.Values) { q.Set("state", `a&b=c+d %"<`) }},
		{"another order of scopes", func(q url.Values) { q.Set("scope", "offline.access users.read tweet.read") }},
		{"a parameter that nobody knows", func(q url.Values) { q.Set("prompt", "consent") }},
		{"the other callback", func(q url.Values) { q.Set("redirect_uri", "https://app.example/cb?tenant=%61") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.RegisterCallbacks(appCallback, "https://app.example/cb?tenant=%61")
			query := authorizeQuery(x, loginScope)
			tt.alter(query)
			callback, err := x.Authorize(authorizeURL(x, query), ada)
			if err != nil {
				t.Fatal(err)
			}
			back := queryOf(t, callback)
			if !strings.HasPrefix(callback, query.Get("redirect_uri")) || back.Get("state") != query.Get("state") || back.Get("code") == "" {
				t.Errorf("the callback is %s", callback)
			}
		})
	}
}

// The same replies as in OAuth 1.0a, by the page and by the test.
func TestOAuth2ConsentReplies(t *testing.T) {
	t.Parallel()
	const cancelled = appCallback + "?error=access_denied&state=" + appState
	tests := []struct {
		name   string
		set    func(x *twittertest.Server)
		status int
		back   string // how the callback begins
	}{
		{"ask, by default", func(*twittertest.Server) {}, http.StatusOK, ""},
		{"sign in", func(x *twittertest.Server) { x.SignInAs(noor) }, http.StatusFound, appCallback + "?code="},
		{"cancel", func(x *twittertest.Server) { x.CancelLogins() }, http.StatusFound, cancelled},
		{"ask again", func(x *twittertest.Server) { x.SignInAs(noor); x.AskConsent() }, http.StatusOK, ""},
		{"sign in as one who then left", func(x *twittertest.Server) { x.SignInAs(noor); x.SetPeople() }, http.StatusForbidden, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			tt.set(x)
			for range 2 { // X keeps nothing of an authorization request
				answer := get(t, stay(x), authorizeURL(x, authorizeQuery(x, loginScope)))
				answer.expect(t, tt.status, tokenType)
				if back := answer.Header.Get("Location"); !strings.HasPrefix(back, tt.back) || (back == "") != (tt.back == "") {
					t.Errorf("the browser is sent to %q", back)
				}
			}
		})
	}

	x := start(t)
	consent := authorizeURL(x, authorizeQuery(x, loginScope))
	if callback, err := x.Cancel(consent); err != nil || callback != cancelled {
		t.Errorf("Cancel answers %q, %v", callback, err)
	}
	name, value := formField(t, get(t, x.Client(), consent).body)
	if back := post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}}).Header.Get("Location"); back != cancelled {
		t.Errorf("the page's Cancel leads to %q", back)
	}
	// One page, one decision.
	again := post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}, "person": {ada}})
	again.expect(t, http.StatusForbidden, tokenType)
	if !strings.Contains(again.body, "This sign-in has ended") {
		t.Errorf("the page is %s", again.body)
	}
}

func TestOAuth2ConsentPageExpires(t *testing.T) {
	t.Parallel()
	x := start(t)
	name, value := formField(t, get(t, x.Client(), authorizeURL(x, authorizeQuery(x, loginScope))).body)
	x.SetClock(16 * time.Minute)
	post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}, "person": {ada}}).expect(t, http.StatusForbidden, tokenType)
}

// An app that may not ask for the email address is told so, by every way, and
// may ask for less.
func TestEmailScopeNotAllowed(t *testing.T) {
	t.Parallel()
	const want = appCallback + "?error=invalid_scope&state=" + appState
	x := start(t)
	x.SetRequestEmail(false)
	consent := authorizeURL(x, authorizeQuery(x, "tweet.read users.read users.email"))
	back := func() {
		t.Helper()
		answer := get(t, stay(x), consent)
		answer.expect(t, http.StatusFound, tokenType)
		if got := answer.Header.Get("Location"); got != want {
			t.Errorf("the browser is sent to %q", got)
		}
	}
	back()
	x.SignInAs(ada)
	back()
	x.CancelLogins()
	back()
	if callback, err := x.Authorize(consent, ada); err != nil || callback != want {
		t.Errorf("Authorize answers %q, %v", callback, err)
	}
	if callback, err := x.Cancel(consent); err != nil || callback != want {
		t.Errorf("Cancel answers %q, %v", callback, err)
	}
	codeFor(t, x, ada, loginScope)
	x.SetRequestEmail(true)
	codeFor(t, x, ada, "tweet.read users.read users.email")
}
