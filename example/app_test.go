package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// running is the example on a server, with its stand-in for X.
type running struct {
	*httptest.Server
	app *app
	x   *twittertest.Server
}

func start(t *testing.T, env map[string]string, args ...string) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	args = append([]string{"-data", t.TempDir(), "-addr", server.Listener.Addr().String()}, args...)
	set, err := readSettings(args, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	set.settle(server.Listener.Addr())
	keys, err := sessionKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	users, err := openUsers(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	x := chooseX(set)
	app, err := newApp(set, x, keys, users, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = app.handler()
	server.Start()
	t.Cleanup(func() { server.Close(); x.Close(); users.Close() })
	return &running{server, app, x.standIn}
}

// browser follows redirects and keeps cookies.
func (r *running) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func text(t *testing.T, resp *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (r *running) me(t *testing.T, c *http.Client) (status int, me map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.URL+"/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.Do(req)
	status, body := text(t, resp, err)
	if err := json.Unmarshal([]byte(body), &me); err != nil {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	return status, me
}

func TestEveryoneSignsIn(t *testing.T) {
	t.Parallel()
	for router := range routers {
		r := start(t, nil, "-router", router)
		for _, p := range r.x.People() {
			c := r.browser(t)
			if status, me := r.me(t, c); status != http.StatusUnauthorized || me["code"] != "login_required" {
				t.Errorf("before the login: %d %v", status, me)
			}
			r.x.SignInAs(p.ID)
			resp, err := c.PostForm(r.URL+"/auth/twitter/login", url.Values{"return_to": {"/me"}})
			status, page := text(t, resp, err)
			if status != http.StatusOK || resp.Request.URL.Path != "/me" || strings.Contains(page, "<b>bold") {
				t.Errorf("%s: %d at %s: %s", p.Name, status, resp.Request.URL.Path, page)
			}
			_, me := r.me(t, c)
			want := map[string]any{"id": me["id"], "twitterId": p.ID, "screenName": p.ScreenName, "name": p.Name}
			if p.Email != "" {
				want["email"] = p.Email
			}
			want["profileImage"] = me["profileImage"]
			if len(me) != len(want) {
				t.Errorf("%v, want %v", me, want)
			}
			for name, value := range want {
				if me[name] != value {
					t.Errorf("%s is %v, want %v", name, me[name], value)
				}
			}
			resp, err = c.Get(r.URL + "/")
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "@"+p.ScreenName) {
				t.Errorf("home: %d %s", status, page)
			}
			resp, err = c.PostForm(r.URL+"/auth/twitter/logout", nil)
			if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Sign in with X") {
				t.Errorf("logout: %d %s", status, page)
			}
		}
	}
}

func TestManyFirstLoginsMakeOneUser(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	token, secret := r.x.TokenPair("6253282")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			resp, err := http.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			if status, body := text(t, resp, err); status != http.StatusOK || !strings.Contains(body, `"userId":"1"`) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wg.Wait()
	var n int
	if err := r.app.users.db.QueryRow(`SELECT count(*) FROM users`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d users, %v", n, err)
	}
}

func TestUpsertKeepsWhatXDidNotSend(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	ada := r.x.People()[0]
	r.x.SignInAs(ada.ID)
	c := r.browser(t)
	login := func() {
		resp, err := c.PostForm(r.URL+"/auth/twitter/login", nil)
		text(t, resp, err)
	}
	login()
	ada.Email, ada.ScreenName = "", "ada2"
	r.x.AddPerson(ada)
	login()
	if _, me := r.me(t, c); me["id"] != "1" || me["screenName"] != "ada2" || me["email"] != "ada@example.com" {
		t.Errorf("%v", me)
	}
}

func TestGuestLinksAnAccount(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
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
	if status, page := link(c); status != http.StatusOK || !strings.Contains(page, "@ada") {
		t.Errorf("%d %s", status, page)
	}
	if _, me := r.me(t, c); me["id"] != "1" || me["twitterId"] != "6253282" || me["name"] != "Ada Lovelace" {
		t.Errorf("%v", me)
	}
	other := r.browser(t)
	resp, err = other.PostForm(r.URL+"/guest", nil)
	text(t, resp, err)
	if status, body := link(other); status != http.StatusConflict || !strings.Contains(body, "already_linked") {
		t.Errorf("another guest: %d %s", status, body)
	}
}

func TestLogOutOnAllDevices(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
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
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		want string // in the error; "" for none
	}{
		"defaults":         {nil, nil, ""},
		"a router":         {[]string{"-router", "gorilla"}, nil, "-router"},
		"an address":       {[]string{"-addr", "8080"}, nil, "-addr"},
		"an argument":      {[]string{"x"}, nil, "argument"},
		"a secret alone":   {nil, map[string]string{"TWITTER_CONSUMER_SECRET": "canary"}, "TWITTER_CONSUMER_KEY"},
		"an API URL alone": {nil, map[string]string{"TWITTER_API_URL": "http://127.0.0.1:1"}, "TWITTER_CONSUMER_KEY"},
		"an unknown flag":  {[]string{"-x"}, nil, "-x"},
	} {
		_, err := readSettings(test.args, func(name string) string { return test.env[name] })
		if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	set := settings{Data: filepath.Join(t.TempDir(), "deep", "data")}
	first, err := sessionKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sessionKeys(set)
	if err != nil || again[0].Encode() != first[0].Encode() {
		t.Errorf("the second run has another key, %v", err)
	}
	info, err := os.Stat(set.file("session.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(set.file("session.key"), []byte("canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sessionKeys(set); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a broken key file: %v", err)
	}
	set.SessionKeys = first[0].Encode() + ",junk"
	if _, err := sessionKeys(set); err == nil || !strings.Contains(err.Error(), "key 2") {
		t.Errorf("a broken SESSION_KEYS: %v", err)
	}
}
