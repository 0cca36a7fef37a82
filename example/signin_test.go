package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The sign-in page leads to where the person wanted to go, with X and as a guest,
// and nowhere else.
func TestSignInPage(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		at, status, page := r.visit(t, c, "/me?tab=1&x=%2F")
		if status != http.StatusOK || at != "/signin?return_to=%2Fme%3Ftab%3D1%26x%3D%252F" {
			t.Fatalf("%d at %s", status, at)
		}
		for _, want := range []string{
			`<input type="hidden" name="return_to" value="/me?tab=1&amp;x=%2F">`,
			`<input type="checkbox" name="stayLoggedIn" value="true">`,
			`action="/guest?return_to=%2fme%3ftab%3d1%26x%3d%252F"`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %s: %s", want, page)
			}
		}
		if status, page := r.post(t, c, "/guest?return_to=%2Fme%3Ftab%3D1", nil); status != http.StatusOK || !strings.Contains(page, "User ID here") {
			t.Errorf("a guest: %d %s", status, page)
		}
		if _, _, page := r.visit(t, c, "/signin?return_to=%2Fme"); !strings.Contains(page, "You are here as a guest") || !strings.Contains(page, `href="/me">Go on`) || !strings.Contains(page, `name="link" value="true"`) {
			t.Errorf("a guest who comes again: %s", page)
		}
		for _, target := range []string{"https://evil.example/", "//evil.example", "javascript:alert(1)", "/auth/twitter/login"} {
			if status, page := r.post(t, r.browser(t), "/guest?return_to="+url.QueryEscape(target), nil); status != http.StatusOK || !strings.Contains(page, "Welcome, guest") {
				t.Errorf("a guest for %s: %d %s", target, status, page)
			}
			if _, status, page := r.visit(t, r.browser(t), "/signin?return_to="+url.QueryEscape(target)); status != http.StatusOK || strings.Contains(page, "return_to") {
				t.Errorf("%s: %d %s", target, status, page)
			}
		}

		r.x.CancelLogins()
		if status, page := r.post(t, r.browser(t), "/auth/twitter/login", url.Values{"return_to": {"/me"}}); status != http.StatusForbidden || !strings.Contains(page, `href="/signin?return_to=%2Fme"`) {
			t.Errorf("an error page: %d %s", status, page)
		}
	})
}

// After a logout every way leads to the sign-in page, and one click signs in.
func TestBrowserStaysLoggedOut(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	site.x.SignInAs(ada) // X asks no more
	b := openTab(t, site)
	b.openGuarded("/me")
	b.atMe()
	b.click(logOutButton)
	b.atSignIn()
	b.open("/me")
	b.atSignInPage()
	b.reload()
	b.atSignInPage()
	b.open("/auth/twitter/login?return_to=/me")
	b.atSignInPage()
	b.back()
	b.atSignInPage()
	b.click(signInButton)
	b.atMe()
}

func TestBrowserGuestGoesToTheGuardedPage(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.open("/devices")
	b.atSignInPage()
	b.click(guestButton)
	b.atDevices()
	b.reads("This device")
}
