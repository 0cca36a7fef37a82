package twitterauth_test

import (
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

// A few targets of each kind; package site has them all.
var (
	keptReturns    = []string{"/", "/account", "/ok?x=//e#f", "/a//b", "/%2F/e", "/café", "/search?q=\\d+", "/a?next=https://e", "/a/../b"}
	refusedReturns = []string{"", "//e", "/\\e", "///e", "/\t/e", "https://e", "https:e", "https://app@e", "javascript:alert(1)", "data:text/html,x", "/a\r\nSet-Cookie: x=y", "/" + strings.Repeat("a", 2048), "account", "/.//e", "/a/../\\e", "/\x00", "/\xff", "/auth/twitter/login", "/auth/twitter/callback?oauth_token=a&oauth_verifier=b", "/auth/twitter/logout#x", "/%zz"}
)

func TestReturnToThroughALogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.AfterLogin = "/after" })
	b := s.browser(t)
	for i, target := range append(append([]string{}, keptReturns[:9]...), refusedReturns...) {
		want := "/after"
		if i < 9 {
			want = strings.ReplaceAll(target, "é", "%C3%A9")
		}
		r := b.login(ada, url.Values{"return_to": {target}})
		if got := r.Header["Location"]; len(got) != 1 || got[0] != want {
			t.Errorf("%q: went to %q", target, got)
		}
	}
	if r := b.login(ada, url.Values{"return_to": {"/a", "/b"}}); r.location() != "/after" {
		t.Errorf("given twice: went to %q", r.location())
	}
	if r := b.login(ada, nil); r.location() != "/after" {
		t.Errorf("not given: went to %q", r.location())
	}
}
