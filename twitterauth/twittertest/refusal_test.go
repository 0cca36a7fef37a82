package twittertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

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
