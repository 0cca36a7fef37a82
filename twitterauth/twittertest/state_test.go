package twittertest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestStateIsReset(t *testing.T) {
	t.Parallel()
	x := lenient(t)
	keys := func() []string { return []string{x.URL, x.ConsumerKey, x.ConsumerSecret, x.ClientID, x.ClientSecret} }
	before := keys()
	x.SetPeople(twittertest.Person{ID: "1", ScreenName: "one"})
	x.SignInAs("1")
	x.SetStrict(true)
	x.SetRequestEmail(false)
	x.RegisterCallbacks("https://app.example/cb")
	x.RefuseScopes("tweet.write")
	x.SetClock(24 * time.Hour)
	bearer := x.BearerToken("1")
	token, secret := x.TokenPair("1")
	x.Fail(twittertest.UsersMe, twittertest.HTML(500))

	x.Reset()
	if !slices.Equal(keys(), before) {
		t.Error("the keys changed")
	}
	if people := x.People(); len(people) != 4 || people[0].ID != ada || len(x.Requests()) != 0 {
		t.Errorf("the people are %v", people)
	}
	r := request(t, http.MethodGet, x.URL+"/2/users/me", nil)
	r.Header.Set("Authorization", "Bearer "+bearer)
	do(t, x.Client(), r).expect(t, http.StatusUnauthorized, problemType)
	profileCall(x, token, secret).sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, jsonType)
	// Not strict, any callback, the person is asked.
	c := requestTokenCall(x)
	c.method = http.MethodGet
	answer := c.sign(x).send(t, x, "")
	answer.expect(t, http.StatusOK, tokenType)
	form, err := url.ParseQuery(answer.body)
	if err != nil {
		t.Fatal(err)
	}
	if page := get(t, stay(x), consentURL(x, form.Get("oauth_token"))); page.StatusCode != http.StatusOK || !strings.Contains(page.body, "@ada<") {
		t.Errorf("the page is %d %s", page.StatusCode, page.body)
	}
	fresh := x.BearerToken(ada, "tweet.read", "users.read", "users.email")
	r.Header.Set("Authorization", "Bearer "+fresh)
	if g := do(t, x.Client(), r); g.StatusCode != http.StatusOK {
		t.Errorf("%d %s", g.StatusCode, g.body)
	}
	if !slices.ContainsFunc(x.Requests(), func(r twittertest.Request) bool { return r.Step == twittertest.UsersMe }) {
		t.Error("the record is not kept any more")
	}
}
