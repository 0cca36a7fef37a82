package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/twitterauth"
)

// onEachDatabase runs a test of users on SQLite and on PostgreSQL.
func onEachDatabase(t *testing.T, test func(t *testing.T, r *running)) {
	for name, args := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, nil, args(t)...))
		})
	}
}

func TestManyFirstLoginsMakeOneUser(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		token, secret := r.x.TokenPair("6253282")
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				resp, err := http.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
				if status, body := text(t, resp, err); status != http.StatusOK {
					t.Errorf("%d %s", status, body)
				}
			})
		}
		wg.Wait()
		var n int
		if err := r.app.users.db.QueryRow(`SELECT count(*) FROM users`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d users, %v", n, err)
		}
	})
}

func TestUpsertKeepsWhatXDidNotSend(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		ada := r.x.People()[0]
		r.x.SignInAs(ada.ID)
		c := r.browser(t)
		login := func() map[string]any {
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", nil)
			text(t, resp, err)
			_, me := r.me(t, c)
			return me
		}
		first := login()
		ada.Email, ada.ScreenName = "", "ada2"
		r.x.AddPerson(ada)
		if me := login(); me["id"] != first["id"] || me["screenName"] != "ada2" || me["email"] != "ada@example.com" {
			t.Errorf("%v after %v", me, first)
		}
	})
}

func TestGuestLinksAnAccount(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		r.x.SignInAs("6253282")
		c := r.browser(t)
		resp, err := c.PostForm(r.URL+"/guest", nil)
		if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Link your X account") {
			t.Fatalf("%d %s", status, page)
		}
		link := func(c *http.Client) (int, string) {
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"link": {"true"}})
			return text(t, resp, err)
		}
		_, guest := r.me(t, c)
		if status, page := link(c); status != http.StatusOK || !strings.Contains(page, "@ada") {
			t.Errorf("%d %s", status, page)
		}
		if _, me := r.me(t, c); me["id"] != guest["id"] || me["twitterId"] != "6253282" || me["name"] != "Ada Lovelace" {
			t.Errorf("%v", me)
		}
		if status, page := link(c); status != http.StatusOK || !strings.Contains(page, "@ada") {
			t.Errorf("the same account again: %d %s", status, page)
		}
		r.x.SignInAs("42")
		other := r.browser(t)
		resp, err = other.PostForm(r.URL+"/auth/twitter/login", nil)
		text(t, resp, err)
		r.x.SignInAs("6253282")
		if status, body := link(other); status != http.StatusConflict || !strings.Contains(body, "already_linked") {
			t.Errorf("a user who is no guest: %d %s", status, body)
		}
		if _, me := r.me(t, other); me["twitterId"] != "42" {
			t.Errorf("a user who is no guest is %v", me)
		}
	})
}

// Many guests link one account at once: one gets it, the others become that user.
func TestManyGuestsLinkOneAccount(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		login := twitterauth.Login{TwitterID: "6253282", ScreenName: "ada"}
		const guests = 20
		outcomes := make(chan error, guests)
		for range guests {
			id, err := r.app.users.newGuest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			go func() { outcomes <- r.app.users.LinkLogin(t.Context(), id, login) }()
		}
		linked := 0
		for range guests {
			switch err := <-outcomes; {
			case err == nil:
				linked++
			case !strings.Contains(err.Error(), "SwitchTo"):
				t.Error(err)
			}
		}
		var left int
		if err := r.app.users.db.QueryRow(`SELECT count(*) FROM users`).Scan(&left); err != nil || linked != 1 || left != 1 {
			t.Errorf("%d guests have it, %d users are left, %v", linked, left, err)
		}
	})
}

func TestLogOutOnAllDevices(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		r.x.SignInAs("42")
		phone, laptop := r.browser(t), r.browser(t)
		for _, c := range []*http.Client{phone, laptop} {
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"stayLoggedIn": {"true"}})
			text(t, resp, err)
		}
		resp, err := phone.PostForm(r.URL+"/logout-everywhere", nil)
		text(t, resp, err)
		for _, c := range []*http.Client{phone, laptop} {
			if status, me := r.me(t, c); status != http.StatusUnauthorized {
				t.Errorf("%d %v", status, me)
			}
		}
	})
}
