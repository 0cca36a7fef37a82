package main

import (
	"net/http"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// membersOnly is a site whose every page needs a user.
func membersOnly(s *smallSite) http.Handler {
	mux := http.NewServeMux()
	s.auth.Mount(mux)
	mux.Handle("GET /{$}", s.page(`<h1>Members</h1><p class="member">@{{.ScreenName}}, {{.ID}}</p>
		<form method="post" action="/auth/twitter/logout"><button>Log out</button></form>`))
	return s.auth.RequireUser(mux)
}

// staysSignedOut looks at the site in every way that a person has. X approves
// every login at once, so a login that begins is a login that ends.
func (b *tab) staysSignedOut() {
	b.Helper()
	begun := b.site.x.Count(twittertest.RequestToken)
	check := func() {
		b.Helper()
		b.at("/auth/twitter/login", signInButton)
	}
	check()
	b.reload()
	check()
	b.back()
	check()
	b.reload()
	check()
	b.open("/")
	check()
	b.open("/auth/twitter/login") // from a bookmark, or a link of the app
	check()
	other := b.another()
	other.open("/")
	other.at("/auth/twitter/login", signInButton)
	if n := b.site.x.Count(twittertest.RequestToken) - begun; n != 0 {
		b.Errorf("%d logins began without a click", n)
	}
}

func TestBrowserStaysLoggedOutWhereEveryPageNeedsAUser(t *testing.T) {
	t.Parallel()
	s := startSmallSite(t, membersOnly)
	s.x.SignInAs(ada)
	b := openTab(t, s.running)
	b.open("/")
	b.at("/", ".member")
	b.click(`form[action="/auth/twitter/logout"] button`)
	b.staysSignedOut()
	b.click(signInButton) // one click
	b.at("/", ".member")
	b.reads("@ada, 1")
	b.open("/")
	b.at("/", ".member")
}

func TestBrowserDoesNotBringADeletedAccountBack(t *testing.T) {
	t.Parallel()
	for name, notice := range map[string]func(*tab){
		"a visit":  func(b *tab) { b.open("/") },
		"a reload": func(b *tab) { b.reload() },
		"a script's fetch, and then a visit": func(b *tab) {
			b.expect("status of 401")
			b.fetches("/", "{}", http.StatusUnauthorized)
			b.open("/")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSmallSite(t, membersOnly)
			s.x.SignInAs(ada)
			b := openTab(t, s.running)
			b.open("/")
			b.at("/", ".member")
			s.members.deleteAll() // on another device
			notice(b)
			b.at("/auth/twitter/login", signInButton)
			b.open("/")
			b.staysSignedOut()
			if left := s.members.list(); len(left) != 0 {
				t.Errorf("the account came back: %+v", left)
			}
			b.click(signInButton) // the person's own wish
			b.at("/", ".member")
			b.reads("@ada, 2")
		})
	}
}
