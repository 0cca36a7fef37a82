package twittertest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestConsentReplies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		set    func(x *twittertest.Server)
		status int
		query  []string // the names in the callback's query
	}{
		{"ask, by default", func(*twittertest.Server) {}, http.StatusOK, nil},
		{"sign in", func(x *twittertest.Server) { x.SignInAs(noor) }, http.StatusFound, []string{"oauth_token", "oauth_verifier"}},
		{"cancel", func(x *twittertest.Server) { x.CancelLogins() }, http.StatusFound, []string{"denied"}},
		{"ask again", func(x *twittertest.Server) { x.SignInAs(noor); x.AskConsent() }, http.StatusOK, nil},
		{"sign in as one who then left", func(x *twittertest.Server) { x.SignInAs(noor); x.SetPeople() }, http.StatusForbidden, nil},
	}
	for _, tt := range tests {
		for _, path := range []string{"/oauth/authenticate", "/oauth/authorize"} {
			t.Run(tt.name+" at "+path, func(t *testing.T) {
				t.Parallel()
				x := start(t)
				tt.set(x)
				token, _ := begin(t, x)
				answer := get(t, stay(x), x.URL+path+"?oauth_token="+token)
				answer.expect(t, tt.status, "text/html; charset=utf-8")
				var names []string
				for name := range queryOf(t, answer.Header.Get("Location")) {
					names = append(names, name)
				}
				slices.Sort(names)
				if !slices.Equal(names, tt.query) {
					t.Errorf("the callback's parameters are %q, want %q", names, tt.query)
				}
			})
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ways := map[string]func(t *testing.T, x *twittertest.Server, token string) string{
		"by the page": func(t *testing.T, x *twittertest.Server, token string) string {
			return post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}}).Header.Get("Location")
		},
		"by the test": func(t *testing.T, x *twittertest.Server, token string) string {
			callback, err := x.Cancel(consentURL(x, token))
			if err != nil {
				t.Fatal(err)
			}
			return callback
		},
	}
	for name, cancel := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token, secret := begin(t, x)
			if got, want := cancel(t, x, token), appCallback+"?denied="+token; got != want {
				t.Errorf("the callback is %s, want %s", got, want)
			}
			accessTokenCall(x, token, secret, "").sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, "text/html; charset=utf-8")
		})
	}
}

func TestCallbackKeepsItsQuery(t *testing.T) {
	t.Parallel()
	x := start(t)
	app := consumer(x)
	app.CallbackURL = appCallback + "?tenant=a%26b"
	token, _, err := app.RequestToken()
	if err != nil {
		t.Fatal(err)
	}
	callback, err := x.Authorize(consentURL(x, token), ada)
	if err != nil {
		t.Fatal(err)
	}
	if query := queryOf(t, callback); query.Get("tenant") != "a&b" || query.Get("oauth_token") != token {
		t.Errorf("the callback is %s", callback)
	}
}

// The app's own query comes back as it was.
func TestCallbackQueryIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, own := range []string{"z=1&a=%7e&b;c&z=0", "a+b=%20", "denied=1", "%zz"} {
		x := start(t)
		begun := func() string {
			c := requestTokenCall(x)
			c.set("oauth_callback", appCallback+"?"+own)
			token, err := url.ParseQuery(c.sign(x).send(t, x, "").body)
			if err != nil {
				t.Fatal(err)
			}
			return consentURL(x, token.Get("oauth_token"))
		}
		if callback, err := x.Authorize(begun(), ada); err != nil || !strings.HasPrefix(callback, appCallback+"?"+own+"&oauth_token=") {
			t.Errorf("%s: approved, %s, %v", own, callback, err)
		}
		if callback, err := x.Cancel(begun()); err != nil || !strings.HasPrefix(callback, appCallback+"?"+own+"&denied=") {
			t.Errorf("%s: cancelled, %s, %v", own, callback, err)
		}
	}
}

func TestConsentRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		token func(t *testing.T, x *twittertest.Server) string
	}{
		{"no token", func(*testing.T, *twittertest.Server) string { return "" }},
		{"unknown token", func(*testing.T, *twittertest.Server) string { return "unknown" }},
		{"approved token", func(t *testing.T, x *twittertest.Server) string {
			token, _, _ := approved(t, x, ada)
			return token
		}},
		{"exchanged token", func(t *testing.T, x *twittertest.Server) string {
			token, secret, verifier := approved(t, x, ada)
			accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
			return token
		}},
		{"cancelled token", func(t *testing.T, x *twittertest.Server) string {
			token, _ := begin(t, x)
			if _, err := x.Cancel(consentURL(x, token)); err != nil {
				t.Fatal(err)
			}
			return token
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token := tt.token(t, x)
			over := func(answer got) {
				t.Helper()
				answer.expect(t, http.StatusForbidden, "text/html; charset=utf-8")
				if !strings.Contains(answer.body, "This sign-in has ended") || strings.Contains(answer.body, "<form") {
					t.Errorf("the page is %s", answer.body)
				}
			}
			over(get(t, stay(x), consentURL(x, token)))
			over(post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}, "person": {ada}}))
			over(post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}}))
			if callback, err := x.Authorize(consentURL(x, token), ada); err == nil {
				t.Errorf("Authorize answers %s", callback)
			}
			if callback, err := x.Cancel(consentURL(x, token)); err == nil {
				t.Errorf("Cancel answers %s", callback)
			}
			x.SignInAs(ada)
			over(get(t, stay(x), consentURL(x, token)))
		})
	}
}

func TestConsentOfNobody(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, _ := begin(t, x)
	if callback, err := x.Authorize(consentURL(x, token), "0"); err == nil {
		t.Errorf("Authorize answers %s", callback)
	}
	post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}, "person": {"0"}}).expect(t, http.StatusForbidden, "text/html; charset=utf-8")
	// The login can still be approved by somebody.
	if _, err := x.Authorize(consentURL(x, token), ada); err != nil {
		t.Error(err)
	}
	if callback, err := x.Authorize("http://[::1", ada); err == nil {
		t.Errorf("an address that cannot be parsed leads to %s", callback)
	}
}

// A person whom X keeps out cannot approve an app, in either protocol and by
// any way; another person still can.
func TestConsentOfThoseKeptOut(t *testing.T) {
	t.Parallel()
	people := map[string]struct {
		person twittertest.Person
		says   string
	}{
		"suspended": {twittertest.Person{ID: "7", ScreenName: "out", Suspended: true}, "Your account is suspended"},
		"locked":    {twittertest.Person{ID: "7", ScreenName: "shut", Locked: true}, "Your account is locked"},
	}
	protocols := map[string]struct {
		begin func(t *testing.T, x *twittertest.Server) (consentURL string)
		proof string
	}{
		"OAuth 1.0a": {func(t *testing.T, x *twittertest.Server) string {
			token, _ := begin(t, x)
			return consentURL(x, token)
		}, "oauth_verifier"},
		"OAuth 2.0": {func(_ *testing.T, x *twittertest.Server) string {
			return authorizeURL(x, authorizeQuery(x, loginScope))
		}, "code"},
	}
	for kind, tt := range people {
		for protocol, p := range protocols {
			t.Run(kind+", "+protocol, func(t *testing.T) {
				t.Parallel()
				x := start(t)
				x.AddPerson(tt.person)
				consent := p.begin(t, x)
				refused := func(answer got) {
					t.Helper()
					answer.expect(t, http.StatusForbidden, tokenType)
					if !strings.Contains(answer.body, "<h1>"+tt.says+"</h1>") || strings.Contains(answer.body, "<form") {
						t.Errorf("the page is %s", answer.body)
					}
				}
				name, value := formField(t, get(t, stay(x), consent).body)
				refused(post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}, "person": {"7"}}))
				x.SignInAs("7")
				refused(get(t, stay(x), consent))
				if callback, err := x.Authorize(consent, "7"); err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("Authorize answers %q, %v", callback, err)
				}
				back := post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}, "person": {ada}}).Header.Get("Location")
				if !queryOf(t, back).Has(p.proof) {
					t.Errorf("somebody else is sent to %q", back)
				}
			})
		}
	}
}

// formField reads what the consent page's forms send.
func formField(t *testing.T, page string) (name, value string) {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<input type="hidden" name="`)
	name, rest, ok2 := strings.Cut(rest, `" value="`)
	value, _, ok3 := strings.Cut(rest, `"`)
	if !ok || !ok2 || !ok3 {
		t.Fatalf("the page has no form: %s", page)
	}
	return name, value
}

// A person needs no name; the page must cope, and must not show the mark of a
// broken character.
func TestConsentPageForANamelessPerson(t *testing.T) {
	t.Parallel()
	x := start(t)
	x.SetPeople(twittertest.Person{ID: "7", ScreenName: "nameless"})
	token, _ := begin(t, x)
	page := get(t, x.Client(), consentURL(x, token))
	page.expect(t, http.StatusOK, "text/html; charset=utf-8")
	if !strings.Contains(page.body, "@nameless") || strings.ContainsRune(page.body, '\uFFFD') {
		t.Errorf("the page is %s", page.body)
	}
}

func TestConsentPageHeaders(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, _ := begin(t, x)
	h := get(t, x.Client(), consentURL(x, token)).Header
	if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "form-action") {
		t.Errorf("the policy is %q", csp)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
		t.Errorf("the headers are %v", h)
	}
}
