package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// buildCLI returns the command-line client as a program.
func buildCLI(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "cli")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", name, "./cli").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// terminal is where a person uses the command-line client.
type terminal struct {
	*testing.T
	program   string
	site      string
	tokenFile string
	env       []string // without PATH and DISPLAY there is no browser
}

func newTerminal(t *testing.T, program, site string) *terminal {
	return &terminal{T: t, program: program, site: site, tokenFile: filepath.Join(t.TempDir(), "config", "token.json")}
}

func (c *terminal) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.Context(), c.program, append(args, "-site", c.site, "-token-file", c.tokenFile)...)
	cmd.Env = append([]string{"PATH=/nowhere"}, c.env...)
	return cmd
}

// run runs a command to its end.
func (c *terminal) run(args ...string) (output string, ok bool) {
	c.Helper()
	out, err := c.command(args...).CombinedOutput()
	return string(out), err == nil
}

// pendingLogin is a login command that waits for the browser.
type pendingLogin struct {
	*terminal
	address string // for the browser
	cmd     *exec.Cmd
	rest    *bufio.Reader
	errors  bytes.Buffer
}

var shownAddress = regexp.MustCompile(`^http\S+\n$`)

func (c *terminal) startLogin() *pendingLogin {
	c.Helper()
	p := &pendingLogin{terminal: c, cmd: c.command("login")}
	p.cmd.Stderr = &p.errors
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		c.Fatal(err)
	}
	p.rest = bufio.NewReader(out)
	for !shownAddress.MatchString(p.address) {
		if p.address, err = p.rest.ReadString('\n'); err != nil {
			p.cmd.Wait()
			c.Fatalf("no address is shown: %s", p.errors.String())
		}
	}
	p.address = strings.TrimSpace(p.address)
	return p
}

// end returns what the command wrote when it has ended.
func (p *pendingLogin) end() (output string, ok bool) {
	p.Helper()
	var rest bytes.Buffer
	p.rest.WriteTo(&rest)
	err := p.cmd.Wait()
	return rest.String() + p.errors.String(), err == nil
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// throughBrowser is what a person does in the system's browser: it opens the
// address, presses the button of the page and follows X's redirects. X has been
// told whom to sign in.
func throughBrowser(t *testing.T, address string) (end *url.URL, status int, page string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	resp, err := browser.Get(address)
	status, page = text(t, resp, err)
	if status != http.StatusOK || !strings.Contains(page, "Sign in to the app") {
		t.Fatalf("the page before: %d %s", status, page)
	}
	form := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page)
	target, err := resp.Request.URL.Parse(html.UnescapeString(action[1]))
	if err != nil {
		t.Fatal(err)
	}
	resp, err = browser.PostForm(target.String(), form)
	status, page = text(t, resp, err)
	return resp.Request.URL, status, page
}

// overProtocols starts the example at a stand-in, over each protocol.
func overProtocols(t *testing.T, test func(*testing.T, *running)) {
	for _, protocol := range []string{"OAuth 1.0a", "OAuth 2.0"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			test(t, startOver(t, protocol))
		})
	}
}

func startOver(t *testing.T, protocol string) *running {
	t.Helper()
	if protocol == "OAuth 1.0a" {
		return start(t, nil)
	}
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	site := start(t, map[string]string{"TWITTER_API_URL": x.URL, "TWITTER_CLIENT_ID": x.ClientID, "TWITTER_CLIENT_SECRET": x.ClientSecret})
	site.x = x
	return site
}

// token returns the kept token and checks the file.
func (c *terminal) token() string {
	c.Helper()
	info, err := os.Stat(c.tokenFile)
	if err != nil {
		c.Fatal(err)
	}
	folder, err := os.Stat(filepath.Dir(c.tokenFile))
	if err != nil || info.Mode() != 0o600 || folder.Mode().Perm() != 0o700 {
		c.Errorf("the file has mode %v, its folder %v (%v)", info.Mode(), folder.Mode(), err)
	}
	var saved struct {
		Token struct {
			AccessToken string    `json:"access_token"`
			Expiry      time.Time `json:"expiry"`
		}
	}
	content, err := os.ReadFile(c.tokenFile)
	if err != nil || json.Unmarshal(content, &saved) != nil || !strings.HasPrefix(saved.Token.AccessToken, "twa_") {
		c.Fatalf("the token file: %s %v", content, err)
	}
	if days := time.Until(saved.Token.Expiry).Hours() / 24; days < 29 || days > 31 {
		c.Errorf("the token is good for %.1f days", days)
	}
	return saved.Token.AccessToken
}

// browserProgram makes a program that writes the address, which it gets, into a
// pipe of the same folder.
func browserProgram(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	pipe, program := filepath.Join(folder, "pipe"), filepath.Join(folder, "browser")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$1\" > '"+pipe+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return program
}

// openedAddress returns what a browserProgram gets.
func openedAddress(t *testing.T, variable string) <-chan string {
	t.Helper()
	_, program, _ := strings.Cut(variable, "=")
	// For writing too, so that neither side waits for the other to open it.
	pipe, err := os.OpenFile(filepath.Join(filepath.Dir(program), "pipe"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pipe.Close() })
	opened := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(pipe).ReadString('\n')
		opened <- strings.TrimSpace(line)
	}()
	return opened
}

// withApps makes a small site take these apps.
func withApps(callbacks ...string) func(*twitterauth.Config, *twittertest.Server) {
	return func(c *twitterauth.Config, _ *twittertest.Server) {
		c.AppCallbacks, c.Session.Bearer = callbacks, true
	}
}
