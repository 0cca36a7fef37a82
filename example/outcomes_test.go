package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/twitterauth"
)

// onEachRouterAndDatabaseWith runs a test on all of them, with the welcome page.
func onEachWithWelcome(t *testing.T, test func(t *testing.T, r *running), more ...string) {
	for router := range routers {
		for database, args := range databases {
			t.Run(router+" on "+database, func(t *testing.T) {
				t.Parallel()
				server := newServer()
				test(t, startChanged(t, server, server.Start, changes{welcome: true}, nil, append(append(args(t), "-router", router), more...)...))
			})
		}
	}
}

// at returns the path and query where a client that follows redirects has arrived.
func at(resp *http.Response) string { return resp.Request.URL.RequestURI() }

// A new user meets the welcome page on every login, on each device, until it is
// filled in, and then goes on to where the login was meant to lead.
func TestWelcomePage(t *testing.T) {
	t.Parallel()
	onEachWithWelcome(t, func(t *testing.T, r *running) {
		r.x.SignInAs(ada)
		login := func(c *http.Client, form url.Values) (where, page string) {
			t.Helper()
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", form)
			status, page := text(t, resp, err)
			if status != http.StatusOK {
				t.Fatalf("%d at %s: %s", status, at(resp), page)
			}
			return at(resp), page
		}
		phone, laptop := r.browser(t), r.browser(t)
		form := url.Values{"return_to": {"/me?tab=1&x=%2F"}}
		const welcome = "/welcome?return_to=%2Fme%3Ftab%3D1%26x%3D%252F"
		for _, c := range []*http.Client{phone, laptop, phone} {
			if where, page := login(c, form); where != welcome || !strings.Contains(page, "You are new here") || !strings.Contains(page, `action="/welcome?return_to=%2fme%3ftab%3d1%26x%3d%252F"`) {
				t.Errorf("at %s: %s", where, page)
			}
		}
		if where, _ := login(laptop, nil); where != "/welcome" {
			t.Errorf("without return_to: at %s", where)
		}
		resp, err := phone.PostForm(r.URL+welcome, nil)
		if status, page := text(t, resp, err); status != http.StatusOK || at(resp) != "/me?tab=1&x=%2F" || !strings.Contains(page, "User ID here") {
			t.Errorf("agreed: %d at %s: %s", status, at(resp), page)
		}
		if where, _ := login(laptop, form); where != "/me?tab=1&x=%2F" {
			t.Errorf("the next login: at %s", where)
		}
		resp, err = laptop.Get(r.URL + welcome)
		if text(t, resp, err); at(resp) != "/me?tab=1&x=%2F" {
			t.Errorf("the page once more: at %s", at(resp))
		}
		for _, target := range []string{"https://evil.example/", "//evil.example", "/auth/twitter/login", `/me#/../\evil.example`} {
			resp, err := laptop.PostForm(r.URL+"/welcome?return_to="+url.QueryEscape(target), nil)
			if text(t, resp, err); resp.Request.URL.Host != strings.TrimPrefix(r.URL, "http://") || at(resp) != "/" {
				t.Errorf("to %s: at %s", target, resp.Request.URL)
			}
		}
	})
}

// A native client reads where a login leads, and a confirmation is not led away.
func TestWelcomePageElsewhere(t *testing.T) {
	t.Parallel()
	onEachWithWelcome(t, func(t *testing.T, r *running) {
		token, secret := r.x.TokenPair(ada)
		landing := func() string {
			t.Helper()
			resp, err := http.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			_, body := text(t, resp, err)
			var answer struct{ Landing string }
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatal(body)
			}
			return answer.Landing
		}
		if got := landing(); got != "/welcome" {
			t.Errorf("the first login leads to %q", got)
		}
		r.x.SignInAs(ada)
		c := r.browser(t)
		resp, err := c.PostForm(r.URL+"/auth/twitter/login", nil)
		text(t, resp, err)
		resp, err = c.PostForm(r.URL+"/auth/twitter/login", url.Values{"reauth": {"true"}, "return_to": {"/delete-account"}})
		if status, page := text(t, resp, err); at(resp) != "/delete-account" {
			t.Errorf("a confirmation: %d at %s: %s", status, at(resp), page)
		}
		resp, err = c.PostForm(r.URL+"/welcome", nil)
		text(t, resp, err)
		if got := landing(); got != "/" {
			t.Errorf("later logins lead to %q", got)
		}
	})
}

// A database that fails at the welcome page's question does not undo the login.
func TestWelcomePageWithoutItsColumn(t *testing.T) {
	t.Parallel()
	server := newServer()
	r := startChanged(t, server, server.Start, changes{login: func(c *twitterauth.Config) {
		c.LandingPage = func(context.Context, string, twitterauth.Login, string) (string, error) { return "", sql.ErrConnDone }
	}}, nil)
	r.x.SignInAs(ada)
	c := r.browser(t)
	resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/me"}})
	if status, page := text(t, resp, err); status != http.StatusOK || at(resp) != "/me" {
		t.Errorf("%d at %s: %s", status, at(resp), page)
	}
}

// A guest with a cart who turns out to have an account is signed in to it, and the
// cart moves there.
func TestCartMovesToTheAccount(t *testing.T) {
	t.Parallel()
	onEachWithWelcome(t, func(t *testing.T, r *running) {
		r.x.SignInAs(ada)
		home := r.browser(t)
		resp, err := home.PostForm(r.URL+"/auth/twitter/login", nil)
		text(t, resp, err)
		resp, err = home.PostForm(r.URL+"/welcome", nil)
		text(t, resp, err)
		_, owner := r.me(t, home)
		r.post(t, home, "/cart", url.Values{"item": {"tea"}})

		away := r.browser(t)
		r.post(t, away, "/guest", nil)
		_, guest := r.me(t, away)
		for _, item := range []string{"tea", "mug", "mug"} {
			r.post(t, away, "/cart", url.Values{"item": {item}})
		}
		if status, page := r.post(t, away, "/cart", url.Values{"item": {"yacht"}}); status != http.StatusConflict || !strings.Contains(page, "not for sale") {
			t.Errorf("what is not for sale: %d %s", status, page)
		}
		resp, err = away.Get(r.URL + "/cart")
		if _, page := text(t, resp, err); !strings.Contains(page, "<dt>Mug</dt><dd>2</dd>") || !strings.Contains(page, `name="link" value="true"`) || !strings.Contains(page, `name="return_to" value="/cart"`) {
			t.Errorf("the guest's cart: %s", page)
		}
		copied := r.copyOf(t, away)
		resp, err = away.PostForm(r.URL+"/auth/twitter/login", url.Values{"link": {"true"}, "return_to": {"/cart"}})
		status, page := text(t, resp, err)
		if status != http.StatusOK || at(resp) != "/cart" || !strings.Contains(page, "<dt>Tea</dt><dd>2</dd>\n<dt>Mug</dt><dd>2</dd>") || strings.Contains(page, "Guests lose") {
			t.Errorf("%d at %s: %s", status, at(resp), page)
		}
		if _, me := r.me(t, away); me["id"] != owner["id"] || me["id"] == guest["id"] {
			t.Errorf("signed in as %v, want %v", me, owner)
		}
		if status, me := r.me(t, copied); status != http.StatusUnauthorized {
			t.Errorf("a copy of the guest's cookie: %d %v", status, me)
		}
		for what, query := range map[string]string{
			"users":           `SELECT count(*) FROM users`,
			"users with rows": `SELECT count(DISTINCT user_id) FROM sessions`,
			"tokens":          `SELECT count(*) FROM tokens`,
		} {
			var n int
			if err := r.app.users.db.QueryRow(query).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d %s, %v", n, what, err)
			}
		}
	})
}

// copyOf is a browser with a copy of another's cookies.
func (r *running) copyOf(t *testing.T, c *http.Client) *http.Client {
	t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	other := r.browser(t)
	other.Jar.SetCookies(u, c.Jar.Cookies(u))
	return other
}

// Nothing is moved and nobody is switched where the move fails.
func TestCartStaysWhenTheMoveFails(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		login := twitterauth.Login{TwitterID: ada, ScreenName: "ada"}
		owner, err := r.app.users.UserForLogin(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		guest, err := r.app.users.newGuest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.app.users.addToCart(t.Context(), guest, "mug"); err != nil {
			t.Fatal(err)
		}
		r.change(t, `ALTER TABLE tokens RENAME TO hidden`)
		login.Token = twitterauth.Token{AccessToken: "a", AccessSecret: "b"}
		if err := r.app.users.LinkLogin(t.Context(), guest, login); err == nil || strings.Contains(err.Error(), "SwitchTo") {
			t.Errorf("the move: %v", err)
		}
		for id, want := range map[string]string{owner: "map[]", guest: "map[mug:1]"} {
			if cart, err := r.app.users.cart(t.Context(), id); err != nil || fmt.Sprint(cart) != want {
				t.Errorf("user %s has %v, %v", id, cart, err)
			}
		}
		if user, err := r.app.users.UserByID(t.Context(), guest); err != nil || !user.isGuest() {
			t.Errorf("the guest is %v, %v", user, err)
		}
	})
}

// What guests add while their carts move is in the account's cart or refused, and
// nothing is counted twice.
func TestCartsMoveAtOnce(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		login := twitterauth.Login{TwitterID: ada, ScreenName: "ada"}
		owner, err := r.app.users.UserForLogin(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		const guests, items = 8, 10
		var wg sync.WaitGroup
		var mu sync.Mutex
		added := 0
		for range guests {
			guest, err := r.app.users.newGuest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := r.app.users.addToCart(t.Context(), guest, "mug"); err != nil {
				t.Fatal(err)
			}
			added++
			wg.Go(func() {
				for range items {
					if r.app.users.addToCart(context.Background(), guest, "mug") == nil {
						mu.Lock()
						added++
						mu.Unlock()
					}
				}
			})
			wg.Go(func() {
				if err := r.app.users.LinkLogin(context.Background(), guest, login); err == nil || !strings.Contains(err.Error(), "SwitchTo") {
					t.Errorf("the move: %v", err)
				}
			})
		}
		wg.Wait()
		if cart, err := r.app.users.cart(t.Context(), owner); err != nil || cart["mug"] != added {
			t.Errorf("%v in the cart, %d were added, %v", cart, added, err)
		}
	})
}

// With -invitations a new account needs an unused code, and the page
// says why. People who have an account need none.
func TestInvitations(t *testing.T) {
	t.Parallel()
	onEachWithWelcome(t, func(t *testing.T, r *running) {
		r.change(t, `INSERT INTO users (twitter_id, screen_name, onboarded_at) VALUES ($1, 'zoe_quotes', 1)`, zoe)
		login := func(person, invite string, more ...string) (int, string, *http.Client) {
			t.Helper()
			r.x.SignInAs(person)
			c := r.browser(t)
			form := url.Values{"return_to": {"/me"}}
			if invite != "" {
				form.Set("data", invite)
			}
			if len(more) > 0 {
				r.post(t, c, "/guest", nil)
				form.Set("link", "true")
			}
			req, err := http.NewRequestWithContext(t.Context(), "POST", r.URL+"/auth/twitter/login", strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Accept", "text/html")
			resp, err := c.Do(req)
			status, page := text(t, resp, err)
			return status, page, c
		}
		const needed, used = "New accounts need an invitation. Open the link in your invitation and sign in there.", "This invitation has been used. Please ask for another."
		refused := func(what string, status int, page, why string) {
			t.Helper()
			if status != http.StatusForbidden || !strings.Contains(page, "<p>"+why+"</p>") {
				t.Errorf("%s: %d %s", what, status, page)
			}
		}
		let := func(what string, status int, page string) {
			t.Helper()
			if status != http.StatusOK || !strings.Contains(page, "You are new here") {
				t.Errorf("%s: %d %s", what, status, page)
			}
		}
		status, page, c := login(ada, "")
		refused("no code", status, page, needed)
		if status, _ := r.me(t, c); status != http.StatusUnauthorized {
			t.Errorf("refused and signed in: %d", status)
		}
		status, page, _ = login(ada, "first,second")
		refused("another code", status, page, needed)
		status, page, _ = login(zoe, "")
		if status != http.StatusOK || !strings.Contains(page, "@zoe_quotes") {
			t.Errorf("who has an account: %d %s", status, page)
		}
		status, page, _ = login(ada, "first")
		let("a code", status, page)
		status, page, _ = login(noor, "first")
		refused("a code that was used", status, page, used)
		status, page, _ = login(ada, "")
		let("the next login", status, page)
		status, page, guest := login(noor, "", "as a guest")
		refused("a guest", status, page, needed)
		if _, me := r.me(t, guest); me["name"] != "Guest" {
			t.Errorf("a refused guest is %v", me)
		}
		status, page, guest = login(noor, "second", "as a guest")
		let("a guest with a code", status, page)
		resp, err := guest.PostForm(r.URL+"/disconnect-x", nil)
		text(t, resp, err)
		resp, err = guest.PostForm(r.URL+"/auth/twitter/login", url.Values{"link": {"true"}})
		if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "@noor") {
			t.Errorf("who was invited before: %d %s", status, page)
		}
		r.change(t, `DELETE FROM users WHERE twitter_id = $1`, ada)
		status, page, _ = login(ada, "first")
		refused("after the account was deleted", status, page, used)
		var accounts int
		if err := r.app.users.db.QueryRow(`SELECT count(*) FROM users WHERE twitter_id IS NOT NULL`).Scan(&accounts); err != nil || accounts != 2 {
			t.Errorf("%d accounts, %v", accounts, err)
		}
	}, "-invitations", "first, second")
}

// An invitation's link carries its code through the site's own page.
func TestInvitationLink(t *testing.T) {
	t.Parallel()
	r := start(t, nil, "-invitations", "a code")
	for _, path := range []string{"/signin?invite=a+code", "/?invite=a+code"} {
		visitor, guest := r.browser(t), r.browser(t)
		r.post(t, guest, "/guest", nil)
		for who, c := range map[string]*http.Client{"a visitor": visitor, "a guest": guest} {
			if _, _, page := r.visit(t, c, path); !strings.Contains(page, `name="data" value="a code"`) || strings.Contains(page, `name="link"`) != (who == "a guest") {
				t.Errorf("%s, %s: %s", path, who, page)
			}
		}
	}
	if _, _, page := r.visit(t, r.browser(t), "/signin"); strings.Contains(page, `name="data"`) {
		t.Errorf("without a code: %s", page)
	}
}

// One invitation makes one account, also for many at once.
func TestInvitationIsUsedOnce(t *testing.T) {
	t.Parallel()
	for name, args := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, nil, append(args(t), "-invitations", "one")...)
			const people, times = 10, 3
			var mu sync.Mutex
			var wg sync.WaitGroup
			in := map[string]bool{}
			for i := range people * times {
				id := fmt.Sprint(1000 + i%people)
				wg.Go(func() {
					_, err := r.app.users.UserForLogin(context.Background(), twitterauth.Login{TwitterID: id, ScreenName: "p" + id, Data: "one"})
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						in[id] = true
					} else if !strings.Contains(err.Error(), "has been used") {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			var n int
			if err := r.app.users.db.QueryRow(`SELECT count(*) FROM users`).Scan(&n); err != nil || n != 1 || len(in) != 1 {
				t.Errorf("%d users, %v are in, %v", n, in, err)
			}
		})
	}
}

// A guest fills a cart, signs in with an X account that has an account here, and
// goes on with the cart; a new user meets the welcome page first.
func TestBrowserKeepsTheCart(t *testing.T) {
	t.Parallel()
	server := newServer()
	site := startChanged(t, server, server.Start, changes{welcome: true}, nil)
	b := openTab(t, site)
	b.openGuarded("/me")
	b.pick(ada)
	b.at(welcomePath, "button.quiet")
	b.reads("Ada Lovelace")
	b.click("main button.quiet")
	b.atMe()
	b.click(logOutButton)
	b.atSignIn()
	b.open(cartPath)
	b.atSignInPage()
	b.click(guestButton)
	b.at(cartPath, "#shop")
	b.click(`input[value="tea"] + button`)
	b.at(cartPath, "dl")
	b.click(signInButton)
	b.pick(ada)
	b.at(cartPath, "dl")
	b.reads("@ada")
	b.reads("Tea")
	b.open("/me")
	b.atMe()
}

// A person without an invitation reads why, and comes in with the link of one.
func TestBrowserNeedsAnInvitation(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil, "-invitations", "c0de"))
	b.expect("status of 403")
	b.open("/")
	b.atSignIn()
	b.click(signInButton)
	b.pick(ada)
	b.at("/auth/twitter/callback", "main")
	b.reads("New accounts need an invitation. Open the link in your invitation and sign in there.")
	b.open("/signin?invite=c0de")
	b.atSignInPage()
	b.click(signInButton)
	b.pick(ada)
	b.atHome()
	b.reads("@ada")
}
