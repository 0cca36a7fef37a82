package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/sessions"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// running is the example on a server, with its stand-in for X.
type running struct {
	*httptest.Server
	app *app
	x   *twittertest.Server
	set settings
}

func start(t *testing.T, env map[string]string, args ...string) *running {
	t.Helper()
	return startWith(t, nil, env, args...)
}

// startTLS runs the example on https.
func startTLS(t *testing.T, args ...string) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	env := map[string]string{"TWITTER_CALLBACK_URL": "https://" + server.Listener.Addr().String() + "/auth/twitter/callback"}
	return startOn(t, server, server.StartTLS, nil, env, args...)
}

// startAt runs the example with its callback at that path.
func startAt(t *testing.T, path string, args ...string) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	env := map[string]string{"TWITTER_CALLBACK_URL": "http://" + server.Listener.Addr().String() + path}
	return startOn(t, server, server.Start, nil, env, args...)
}

func newServer() *httptest.Server { return httptest.NewUnstartedServer(nil) }

// startWith runs the example with sessions in that store, if there is one.
func startWith(t *testing.T, store sessions.Store, env map[string]string, args ...string) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	return startOn(t, server, server.Start, store, env, args...)
}

func startOn(t *testing.T, server *httptest.Server, begin func(), store sessions.Store, env map[string]string, args ...string) *running {
	t.Helper()
	return startChanged(t, server, begin, changes{store: store}, env, args...)
}

// changes are what a test changes of the example before it starts.
type changes struct {
	store sessions.Store            // of the sessions
	login func(*twitterauth.Config) // how people sign in
	users func(settings, *users)

	welcome bool // new users see the welcome page, which most tests are not about
}

func startChanged(t *testing.T, server *httptest.Server, begin func(), change changes, env map[string]string, args ...string) *running {
	t.Helper()
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
	kept, err := openSessions(set, keys)
	if err != nil {
		t.Fatal(err)
	}
	if change.store != nil {
		kept.store = change.store
	}
	if change.users != nil {
		change.users(set, users)
	}
	x := chooseX(set)
	login := loginConfig(set, x, keys, users, kept, slog.New(slog.DiscardHandler))
	if !change.welcome {
		login.LandingPage = nil
	}
	if change.login != nil {
		change.login(&login)
	}
	app, err := newApp(set, x, users, kept, login)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = app.handler()
	begin()
	t.Cleanup(func() { server.Close(); x.Close(); kept.Close(); users.Close() })
	return &running{server, app, x.standIn, set}
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
		"metrics":          {[]string{"-metrics", "127.0.0.1:0"}, nil, ""},
		"no metrics' port": {[]string{"-metrics", "9464"}, nil, "-metrics"},
		"an argument":      {[]string{"x"}, nil, "argument"},
		"a secret alone":   {nil, map[string]string{"TWITTER_CONSUMER_SECRET": "canary"}, "TWITTER_CONSUMER_KEY"},
		"an API URL alone": {nil, map[string]string{"TWITTER_API_URL": "http://127.0.0.1:1"}, "TWITTER_CONSUMER_KEY"},
		"a client alone":   {nil, map[string]string{"TWITTER_CLIENT_ID": "id"}, ""},
		"a client secret":  {nil, map[string]string{"TWITTER_CLIENT_SECRET": "canary"}, "TWITTER_CLIENT_ID"},
		"a database":       {[]string{"-db", "mysql://me:canary@host/db"}, nil, "-db"},
		"a session store":  {[]string{"-sessions", "localhost:6379"}, nil, "-sessions"},
		"an unparsable":    {[]string{"-sessions", "redis://me:can%ary@host:x"}, nil, "-sessions"},
		"a socket":         {[]string{"-db", "postgres:///app?host=/tmp/socket&user=app"}, nil, ""},
		"the site's files": {nil, map[string]string{"TWITTER_CALLBACK_URL": "http://127.0.0.1/static/cb"}, "/static"},
		"a public site":    {nil, map[string]string{"TWITTER_CALLBACK_URL": "https://app.example.com/auth/twitter/callback"}, "TWITTER_CONSUMER_KEY"},
		"the same at X":    {nil, map[string]string{"TWITTER_CALLBACK_URL": "https://app.example.com/auth/twitter/callback", "TWITTER_CLIENT_ID": "id"}, ""},
		"https here":       {nil, map[string]string{"TWITTER_CALLBACK_URL": "https://localhost:8443/auth/twitter/callback"}, ""},
		"an unknown flag":  {[]string{"-x"}, nil, "-x"},
		"idle timeouts":    {[]string{"-idle", "30m", "-stay-idle", "720h"}, nil, ""},
		"a short timeout":  {[]string{"-idle", "30s"}, nil, "-idle"},
		"a long timeout":   {[]string{"-idle", "24h"}, nil, "-idle"},
		"a past timeout":   {[]string{"-stay-idle", "-1h"}, nil, "-stay-idle"},
		"a year's timeout": {[]string{"-stay-idle", "8760h"}, nil, "-stay-idle"},
		"invitations":      {[]string{"-invitations", "a, b,"}, nil, ""},
		"a long code":      {[]string{"-invitations", "a," + strings.Repeat("b", 257)}, nil, "-invitations"},
		"a store's limit":  {[]string{"-stay-idle", "721h", "-sessions", "redis://127.0.0.1"}, nil, "-stay-idle"},
	} {
		_, err := readSettings(test.args, func(name string) string { return test.env[name] })
		if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two programs that start at once on one new folder have one key.
func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		set := settings{Data: filepath.Join(t.TempDir(), "data")}
		keys := make(chan string, 8)
		for range cap(keys) {
			go func() {
				k, err := sessionKeys(set)
				if err != nil {
					t.Error(err)
					keys <- ""
					return
				}
				keys <- k[0].Encode()
			}()
		}
		first := <-keys
		for range cap(keys) - 1 {
			if k := <-keys; k != first {
				t.Error("two keys")
			}
		}
		if files, err := os.ReadDir(set.Data); err != nil || len(files) != 1 {
			t.Errorf("left in the folder: %v, %v", files, err)
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
