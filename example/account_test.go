package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// onEachRouterAndDatabase runs a test on every router, with each database.
func onEachRouterAndDatabase(t *testing.T, test func(t *testing.T, r *running)) {
	for router := range routers {
		for database, args := range databases {
			t.Run(router+" on "+database, func(t *testing.T) {
				t.Parallel()
				test(t, start(t, nil, append(args(t), "-router", router)...))
			})
		}
	}
}

// post posts a form as a page of the site does.
func (r *running) post(t *testing.T, c *http.Client, path string, form url.Values) (status int, page string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Origin", r.URL)
	resp, err := c.Do(req)
	return text(t, resp, err)
}

func (r *running) page(t *testing.T, c *http.Client, path string) string {
	t.Helper()
	resp, err := c.Get(r.URL + path)
	status, page := text(t, resp, err)
	if status != http.StatusOK {
		t.Errorf("%s: %d %s", path, status, page)
	}
	return page
}

// A guest who linked an X account is a guest again, with the same ID, and who
// is signed in elsewhere by that account is not any more. The account is free.
func TestDisconnectX(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		r.x.SignInAs("6253282")
		c := r.browser(t)
		r.post(t, c, "/guest", nil)
		_, guest := r.me(t, c)
		if page := r.page(t, c, "/me"); strings.Contains(page, "Disconnect X") {
			t.Errorf("a guest has nothing to disconnect: %s", page)
		}
		r.post(t, c, "/auth/twitter/login", url.Values{"link": {"true"}})
		elsewhere := r.browser(t)
		r.login(t, elsewhere, "true")
		if _, me := r.me(t, elsewhere); me["id"] != guest["id"] || me["email"] != "ada@example.com" {
			t.Fatalf("%v", me)
		}
		if page := r.page(t, c, "/me"); !strings.Contains(page, "Disconnect X") {
			t.Errorf("no button: %s", page)
		}

		if status, page := r.post(t, c, "/disconnect-x", nil); status != http.StatusOK || !strings.Contains(page, "Link your X account") {
			t.Errorf("%d %s", status, page)
		}
		_, me := r.me(t, c)
		if len(me) != 2 || me["id"] != guest["id"] || me["name"] != "Guest" {
			t.Errorf("something of X is left: %v", me)
		}
		if status, me := r.me(t, elsewhere); status != http.StatusUnauthorized {
			t.Errorf("still signed in elsewhere: %v", me)
		}
		// Once more does no harm.
		if status, page := r.post(t, c, "/disconnect-x", nil); status != http.StatusOK {
			t.Errorf("%d %s", status, page)
		}
		r.login(t, elsewhere, "true")
		if _, me := r.me(t, elsewhere); me["id"] == guest["id"] || me["screenName"] != "ada" {
			t.Errorf("the X account leads to %v", me)
		}
		_, owner := r.me(t, elsewhere)
		if status, page := r.post(t, c, "/auth/twitter/login", url.Values{"link": {"true"}}); status != http.StatusOK {
			t.Errorf("the account is another user's now: %d %s", status, page)
		}
		if _, me := r.me(t, c); me["id"] != owner["id"] {
			t.Errorf("the guest is %v, not the user who has the account", me)
		}
	})
}

// Who came with X could not come back without it.
func TestDisconnectXIsRefused(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.login(t, c, "false")
		_, before := r.me(t, c)
		if page := r.page(t, c, "/me"); strings.Contains(page, "Disconnect X") || !strings.Contains(page, "cannot be disconnected") {
			t.Errorf("%s", page)
		}
		if status, page := r.post(t, c, "/disconnect-x", nil); status != http.StatusConflict || !strings.Contains(page, "only way to sign in") {
			t.Errorf("%d %s", status, page)
		}
		if _, me := r.me(t, c); me["twitterId"] != "6253282" || len(me) != len(before) {
			t.Errorf("%v", me)
		}
	})
}

// A deleted user is gone, the cookies that are left sign in no user, and the next
// user has another ID.
func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c, elsewhere := r.browser(t), r.browser(t)
		cookie := r.login(t, c, "true")
		r.login(t, elsewhere, "false")
		_, ada := r.me(t, c)
		if page := r.page(t, c, "/delete-account"); !strings.Contains(page, "Delete your account?") || !strings.Contains(page, "@ada") {
			t.Fatal(page)
		}
		for name, form := range map[string]url.Values{"no user": nil, "another user": {"user": {"4711"}}} {
			if status, page := r.post(t, c, "/delete-account", form); status != http.StatusConflict || !strings.Contains(page, "Nothing was deleted") {
				t.Errorf("%s: %d %s", name, status, page)
			}
		}
		if status, _ := r.me(t, c); status != http.StatusOK {
			t.Fatalf("%d before the account is deleted", status)
		}

		if status, page := r.post(t, c, "/delete-account", url.Values{"user": {ada["id"].(string)}}); status != http.StatusOK || !strings.Contains(page, `class="signin"`) {
			t.Errorf("%d %s", status, page)
		}
		signedOut := func(when string) {
			t.Helper()
			for name, c := range map[string]*http.Client{"here": c, "elsewhere": elsewhere, "a copy": {Transport: withCookie{cookie}}} {
				if status, me := r.me(t, c); status != http.StatusUnauthorized {
					t.Errorf("%s, %s: %d %v", when, name, status, me)
				}
			}
		}
		signedOut("deleted")
		if n := r.count(t, "sessions"); n != 0 {
			t.Errorf("%d rows of sessions are left", n)
		}
		r.x.SignInAs("42")
		next := r.browser(t)
		r.post(t, next, "/auth/twitter/login", nil)
		if status, me := r.me(t, next); status != http.StatusOK || me["id"] == ada["id"] {
			t.Errorf("the next user is %v, the deleted user was %v", me, ada)
		}
		signedOut("after the next user came")

		r.login(t, c, "false") // comes again, as somebody new
		if _, me := r.me(t, c); me["id"] == ada["id"] || me["screenName"] != "ada" {
			t.Errorf("%v", me)
		}
	})
}

// Both are for the user alone, by a form of this site.
func TestAccountRoutesAreGuarded(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.login(t, c, "false")
		stranger := r.browser(t)
		for _, path := range []string{"/disconnect-x", "/delete-account"} {
			req, err := http.NewRequestWithContext(t.Context(), "POST", r.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", "https://evil.example")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			resp, err := c.Do(req)
			if status, body := text(t, resp, err); status != http.StatusForbidden {
				t.Errorf("%s from elsewhere: %d %s", path, status, body)
			}
			if status, body := r.jsonOf(t, stranger, "POST", r.URL+path); status != http.StatusUnauthorized {
				t.Errorf("%s without a user: %d %s", path, status, body)
			}
		}
		if status, body := r.jsonOf(t, stranger, "GET", r.URL+"/delete-account"); status != http.StatusUnauthorized {
			t.Errorf("the page without a user: %d %s", status, body)
		}
		if status, _ := r.me(t, c); status != http.StatusOK {
			t.Errorf("%d afterwards", status)
		}
	})
}

// A database of an earlier version, which did not know who began as a guest and
// had no rows of sessions and no tokens, is used on. People sign in once more, as the users that
// they were.
func TestEarlierTables(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.login(t, c, "false")
		_, before := r.me(t, c)
		for _, statement := range []string{`ALTER TABLE users DROP COLUMN began_as_guest`, `DROP TABLE sessions`, `DROP TABLE tokens`} {
			if _, err := r.app.users.db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // the second finds nothing to do
			again, err := openUsers(t.Context(), r.set)
			if err != nil {
				t.Fatal(err)
			}
			again.Close()
		}
		if status, me := r.me(t, c); status != http.StatusUnauthorized || me["code"] != "login_required" {
			t.Errorf("a session without a row: %d %v", status, me)
		}
		r.login(t, c, "false")
		if status, me := r.me(t, c); status != http.StatusOK || me["id"] != before["id"] {
			t.Errorf("%d %v", status, me)
		}
		if n := r.count(t, "tokens"); n != 1 {
			t.Errorf("%d tokens", n)
		}
	})
}

// With the stand-in nothing in a page is asked for elsewhere; with X pictures
// are, and at X's hosts alone.
func TestPictures(t *testing.T) {
	t.Parallel()
	const hosts = "https://pbs.twimg.com https://abs.twimg.com"
	standIn := start(t, nil)
	c := standIn.browser(t)
	standIn.login(t, c, "false")
	for _, path := range []string{"/", "/me", "/delete-account"} {
		if page := standIn.page(t, c, path); strings.Contains(page, "<img") || strings.Contains(page, "https://") || !strings.Contains(page, `class="avatar" aria-hidden="true">A<`) {
			t.Errorf("%s: %s", path, page)
		}
	}
	if policy := standIn.app.policy; !strings.Contains(policy, "img-src 'self' data:;") || strings.Contains(policy, "twimg.com") {
		t.Errorf("%s", policy)
	}

	atX := startAtX(t)
	c = atX.browser(t)
	atX.login(t, c, "false")
	if page := atX.page(t, c, "/me"); !strings.Contains(page, `<img src="https://pbs.twimg.com/profile_images/1/ada_normal.png"`) {
		t.Errorf("%s", page)
	}
	if policy := atX.app.policy; !strings.Contains(policy, "img-src 'self' data: "+hosts+";") {
		t.Errorf("%s", policy)
	}
}

// startAtX runs the example as with the real X, which is a stand-in that the
// example does not know of.
func startAtX(t *testing.T) *running {
	t.Helper()
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	r := start(t, map[string]string{"TWITTER_API_URL": x.URL, "TWITTER_CONSUMER_KEY": x.ConsumerKey, "TWITTER_CONSUMER_SECRET": x.ConsumerSecret})
	r.x = x
	return r
}
