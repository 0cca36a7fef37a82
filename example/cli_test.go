package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// A person signs in, looks, signs in again, and signs out.
func TestCLI(t *testing.T) {
	t.Parallel()
	program := buildCLI(t)
	overProtocols(t, func(t *testing.T, site *running) {
		site.x.SignInAs(ada)
		c := newTerminal(t, program, site.URL)
		if out, ok := c.run("whoami"); ok || !strings.Contains(out, "you are not signed in") {
			t.Errorf("whoami before: %v %s", ok, out)
		}
		var tokens []string
		for range 2 {
			login := c.startLogin()
			end, status, page := throughBrowser(t, login.address)
			if status != http.StatusOK || end.Path != "/signed-in" || !strings.Contains(page, "You are signed in") {
				t.Fatalf("the browser ends at %s: %d %s", end, status, page)
			}
			if out, ok := login.end(); !ok || !strings.Contains(out, "Signed in.") || strings.Contains(out, "twa_") {
				t.Errorf("login: %v %s", ok, out)
			}
			tokens = append(tokens, c.token())
		}
		if tokens[0] == tokens[1] {
			t.Error("the second login keeps the first token")
		}
		out, ok := c.run("whoami")
		if !ok || !strings.Contains(out, "Signed in at "+site.URL+" as user 1, until ") {
			t.Errorf("whoami: %v %s", ok, out)
		}
		if out, ok := c.run("logout"); !ok || out != "Signed out of "+site.URL+".\n" {
			t.Errorf("logout: %v %s", ok, out)
		}
		if files, err := os.ReadDir(filepath.Dir(c.tokenFile)); err != nil || len(files) != 0 {
			t.Errorf("left in the folder: %v, %v", files, err)
		}
		if out, ok := c.run("logout"); !ok || out != "You are not signed in.\n" {
			t.Errorf("logout again: %v %s", ok, out)
		}
	})
}

func TestCLIOnEachRouter(t *testing.T) {
	t.Parallel()
	program := buildCLI(t)
	for router := range routers {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			site := start(t, nil, "-router", router)
			site.x.SignInAs(noor)
			c := newTerminal(t, program, site.URL)
			login := c.startLogin()
			throughBrowser(t, login.address)
			if out, ok := login.end(); !ok {
				t.Errorf("login: %s", out)
			}
			if out, ok := c.run("whoami"); !ok {
				t.Errorf("whoami: %s", out)
			}
		})
	}
}

// A login that fails is explained in the terminal, and keeps no token.
func TestCLILoginFails(t *testing.T) {
	t.Parallel()
	program := buildCLI(t)
	for name, test := range map[string]struct {
		spoil func(*twittertest.Server)
		says  string
	}{
		"cancelled": {func(x *twittertest.Server) { x.CancelLogins() }, "you cancelled the sign-in"},
		"X is down": {func(x *twittertest.Server) { x.Fail(twittertest.AccessToken, twittertest.HTML(503)) }, "X cannot be reached right now. Please try again. (server_error)"},
		"suspended": {func(x *twittertest.Server) { x.Fail(twittertest.VerifyCredentials, twittertest.ErrorCode(403, 64)) }, "(invalid_grant)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := start(t, nil)
			site.x.SignInAs(ada)
			test.spoil(site.x)
			c := newTerminal(t, program, site.URL)
			login := c.startLogin()
			if _, status, page := throughBrowser(t, login.address); status == http.StatusOK || !strings.Contains(page, "You are not signed in") {
				t.Errorf("the browser shows %d %s", status, page)
			}
			if out, ok := login.end(); ok || !strings.Contains(out, test.says) {
				t.Errorf("login: %v %s", ok, out)
			}
			if _, err := os.Stat(c.tokenFile); err == nil {
				t.Error("there is a token file")
			}
		})
	}
}

// A page that sends the browser to the loopback address neither ends the login nor
// signs another person in.
func TestCLIWaitsForItsOwnLogin(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	site.x.SignInAs(ada)
	c := newTerminal(t, buildCLI(t), site.URL)
	login := c.startLogin()
	request, err := url.Parse(login.address)
	if err != nil {
		t.Fatal(err)
	}
	loopback := request.Query().Get("redirect_uri")
	if u, err := url.Parse(loopback); err != nil || u.Hostname() != "127.0.0.1" || u.Port() == "" {
		t.Fatalf("the redirect URI is %s", loopback)
	}
	for query, want := range map[string]int{
		"": 400, "?code=x": 400, "?code=x&state=x": 400, "?error=access_denied&state=x": 400, "x?code=x": 404,
	} {
		resp, err := http.Get(loopback + query)
		if status, page := text(t, resp, err); status != want || resp.Header.Get("Cache-Control") != "no-store" && want != 404 {
			t.Errorf("%q: %d %s", query, status, page)
		}
	}
	throughBrowser(t, login.address)
	if out, ok := login.end(); !ok {
		t.Errorf("login: %s", out)
	}
	if out, ok := c.run("whoami"); !ok {
		t.Errorf("whoami: %s", out)
	}
}

func TestCLIRefusals(t *testing.T) {
	t.Parallel()
	program := buildCLI(t)
	site, other := start(t, nil), start(t, nil)
	site.x.SignInAs(ada)
	bare := startSmallSite(t, membersOnly) // without AppCallbacks
	signedIn := newTerminal(t, program, site.URL)
	login := signedIn.startLogin()
	throughBrowser(t, login.address)
	if out, ok := login.end(); !ok {
		t.Fatal(out)
	}
	saved, err := os.ReadFile(signedIn.tokenFile)
	if err != nil {
		t.Fatal(err)
	}
	others := startSmallSite(t, membersOnly, withApps("com.example.app:/signed-in"))
	stranger := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(stranger.Close)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte(`{"code":"store_unavailable","message":"We cannot look you up right now."}`))
	}))
	t.Cleanup(down.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	atDown := bytes.ReplaceAll(saved, []byte(site.URL), []byte(down.URL))

	for name, test := range map[string]struct {
		site string
		file []byte // nil: none
		mode os.FileMode
		// By command. The file stays as it is.
		says map[string]string
	}{
		"a file that the group can read": {site.URL, saved, 0o640, map[string]string{"login": "chmod 600", "whoami": "chmod 600", "logout": "chmod 600"}},
		"a file that others can write":   {site.URL, saved, 0o602, map[string]string{"login": "chmod 600", "whoami": "chmod 600", "logout": "chmod 600"}},
		"another file":                   {site.URL, []byte("canary"), 0o600, map[string]string{"login": "not a token file", "whoami": "not a token file", "logout": "not a token file"}},
		"a token of another site":        {other.URL, saved, 0o600, map[string]string{"login": "not for " + other.URL, "whoami": "not for " + other.URL, "logout": "not for " + other.URL}},
		"a site without apps":            {bare.URL, nil, 0, map[string]string{"login": "no login for native apps"}},
		"a site with other apps":         {others.URL, nil, 0, map[string]string{"login": "redirect_uri is not one of"}},
		"another server":                 {stranger.URL, nil, 0, map[string]string{"login": "no login for native apps"}},
		"no site":                        {gone.URL, nil, 0, map[string]string{"login": "does not answer"}},
		"a site whose store is down":     {down.URL, atDown, 0o600, map[string]string{"login": "We cannot look you up", "whoami": "We cannot look you up", "logout": "We cannot look you up"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for command, says := range test.says {
				c := newTerminal(t, program, test.site)
				c.tokenFile = filepath.Join(t.TempDir(), "token.json")
				if test.file != nil {
					if err := os.WriteFile(c.tokenFile, test.file, 0o600); err != nil {
						t.Fatal(err)
					}
					if err := os.Chmod(c.tokenFile, test.mode); err != nil {
						t.Fatal(err)
					}
				}
				out, ok := c.run(command)
				if ok || !strings.Contains(out, says) || strings.Contains(out, "canary") || strings.Contains(out, "twa_") {
					t.Errorf("%s: %v %s", command, ok, out)
				}
				if left, _ := os.ReadFile(c.tokenFile); !bytes.Equal(left, test.file) {
					t.Errorf("%s: the file is %q now", command, left)
				}
			}
		})
	}
	if out, ok := signedIn.run("whoami"); !ok {
		t.Errorf("the session after all that: %s", out)
	}
}

// A session that the site has ended is an error, and login starts another.
func TestCLISessionHasEnded(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	site.x.SignInAs(ada)
	c := newTerminal(t, buildCLI(t), site.URL)
	for range 2 {
		login := c.startLogin()
		throughBrowser(t, login.address)
		if out, ok := login.end(); !ok {
			t.Fatalf("login: %s", out)
		}
		if err := site.app.users.delete(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
	}
	if out, ok := c.run("whoami"); !ok {
		t.Errorf("the second user: %s", out)
	}
	if err := site.app.users.delete(t.Context(), "2"); err != nil {
		t.Fatal(err)
	}
	if out, ok := c.run("whoami"); ok || !strings.Contains(out, "the session has ended: run login") {
		t.Errorf("whoami: %v %s", ok, out)
	}
	if out, ok := c.run("logout"); !ok {
		t.Errorf("logout: %s", out)
	}
}

// The command opens the browser of the variable BROWSER, here a program that hands
// the address to Chromium.
func TestBrowserCLI(t *testing.T) {
	t.Parallel()
	needChromium(t)
	program := buildCLI(t)
	overProtocols(t, func(t *testing.T, site *running) {
		c := newTerminal(t, program, site.URL)
		c.env = []string{"BROWSER=" + browserProgram(t)}
		opened := openedAddress(t, c.env[0])
		login := c.startLogin()
		address := <-opened
		if address != login.address {
			t.Errorf("the browser gets %s, the terminal shows %s", address, login.address)
		}
		b := openTab(t, site)
		b.open(address)
		b.at("/auth/twitter/authorize", signInButton)
		b.reads("Sign in to the app")
		b.takePicture("authorize")
		b.click(signInButton)
		b.pickAt(noor)
		b.at("/signed-in", "h1")
		b.reads("You are signed in")
		b.takePicture("cli signed in")
		if cookies := b.cookies(isSession); len(cookies) != 0 {
			t.Errorf("the browser has a session: %v", cookies)
		}
		if out, ok := login.end(); !ok {
			t.Errorf("login: %s", out)
		}
		if out, ok := c.run("whoami"); !ok {
			t.Errorf("whoami: %s", out)
		}
	})
}
