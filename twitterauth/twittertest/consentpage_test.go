package twittertest_test

import (
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// The stand-in's pages carry a mark that the app's and X's pages lack, and load
// nothing.
func TestPagesAreMarked(t *testing.T) {
	t.Parallel()
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	token, _, err := consumer(x).RequestToken()
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{
		"consent": x.URL + "/oauth/authenticate?oauth_token=" + url.QueryEscape(token),
		"over":    x.URL + "/oauth/authenticate?oauth_token=nothing",
		"2.0":     x.URL + "/i/oauth2/authorize",
	} {
		page := get(t, x.Client(), address)
		if !strings.Contains(page.body, `<header class="mark">Stand-in for X, for development</header>`) {
			t.Errorf("%s: %s", name, page.body)
		}
		if strings.Contains(page.body, "<img") || strings.Contains(page.body, "https://pbs") {
			t.Errorf("%s asks for a picture elsewhere", name)
		}
	}
}
