package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/twittertest"
)

// site is the example as example/deploy runs it: two processes on PostgreSQL
// with the same keys, behind nginx.
type site struct {
	url       string
	accessLog string
	x         *twittertest.Server
	db        string
	binary    string
	ports     [2]int
	copies    [2]*process
}

func startSite(t *testing.T, keys string) *site {
	t.Helper()
	nginx := need(t, "nginx", "nginx", "/usr/sbin/nginx")
	s := &site{x: twittertest.NewServer(), db: startPostgres(t), binary: filepath.Join(t.TempDir(), "example")}
	t.Cleanup(s.x.Close)
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	front := freePort(t)
	s.url = fmt.Sprintf("http://127.0.0.1:%d", front)
	for i := range s.copies {
		s.ports[i] = freePort(t)
		s.startCopy(t, i, keys)
	}
	p := startProcess(t, exec.Command(nginx, "-c", s.nginxConfig(t, front), "-p", t.TempDir(), "-e", "stderr", "-g", "daemon off;"))
	p.await(t, healthy(s.url))
	t.Cleanup(func() { s.checkAccessLog(t) })
	return s
}

// checkAccessLog makes sure that nginx wrote of the logins, without what X
// sent along.
func (s *site) checkAccessLog(t *testing.T) {
	log, err := os.ReadFile(s.accessLog)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(log); !strings.Contains(text, `"GET /auth/twitter/callback"`) || strings.Contains(text, "oauth_") {
		t.Errorf("nginx's access log: %s", text)
	}
}

// nginxConfig is example/deploy/nginx.conf on this test's ports.
func (s *site) nginxConfig(t *testing.T, front int) string {
	t.Helper()
	conf, err := os.ReadFile("deploy/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s.accessLog = filepath.Join(dir, "access.log")
	server := strings.NewReplacer(
		"app1:8080", fmt.Sprintf("127.0.0.1:%d", s.ports[0]),
		"app2:8080", fmt.Sprintf("127.0.0.1:%d", s.ports[1]),
		"/var/log/nginx/access.log", s.accessLog,
		"listen 8080", fmt.Sprintf("listen 127.0.0.1:%d", front),
	).Replace(string(conf))
	return nginxFile(t, server)
}

// startCopy starts one of the two and waits until it serves.
func (s *site) startCopy(t *testing.T, i int, keys string) {
	t.Helper()
	cmd := exec.Command(s.binary, "-addr", fmt.Sprintf("127.0.0.1:%d", s.ports[i]), "-db", s.db, "-data", t.TempDir())
	cmd.Env = []string{
		"TWITTER_API_URL=" + s.x.URL,
		"TWITTER_CONSUMER_KEY=" + s.x.ConsumerKey,
		"TWITTER_CONSUMER_SECRET=" + s.x.ConsumerSecret,
		"TWITTER_CALLBACK_URL=" + s.url + "/auth/twitter/callback",
		"SESSION_KEYS=" + keys,
	}
	s.copies[i] = startProcess(t, cmd)
	s.copies[i].await(t, healthy(fmt.Sprintf("http://127.0.0.1:%d", s.ports[i])))
}

// restartCopy is a rolling deployment's step: shut down, start with other keys.
func (s *site) restartCopy(t *testing.T, i int, keys string) {
	t.Helper()
	s.copies[i].cmd.Process.Signal(syscall.SIGTERM)
	<-s.copies[i].ended
	if !s.copies[i].cmd.ProcessState.Success() {
		t.Errorf("shut down with %v\n%s", s.copies[i].cmd.ProcessState, s.copies[i].output.String())
	}
	s.startCopy(t, i, keys)
}

func healthy(base string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, "GET", base+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	}
}

// begin starts a login and stops where X would send the browser back; finish
// goes on from there.
func (s *site) begin(t *testing.T, c *http.Client) (callback string) {
	t.Helper()
	stop := *c
	stop.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(req.URL.Path, "/auth/twitter/callback") {
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := stop.PostForm(s.url+"/auth/twitter/login", url.Values{"return_to": {"/me"}, "stayLoggedIn": {"true"}})
	if status, body := text(t, resp, err); status/100 != 3 {
		t.Fatalf("%d %s", status, body)
	}
	return resp.Header.Get("Location")
}

func (s *site) finish(t *testing.T, c *http.Client, callback string) {
	t.Helper()
	resp, err := c.Get(callback)
	if err == nil && resp.Request.URL.Path == welcomePath { // a new user
		resp.Body.Close()
		resp, err = c.PostForm(resp.Request.URL.String(), nil)
	}
	if status, page := text(t, resp, err); status != http.StatusOK || resp.Request.URL.Path != "/me" || !strings.Contains(page, "@ada") {
		t.Errorf("%d at %s: %s", status, resp.Request.URL.Path, page)
	}
}

// isAda reports whether the browser is signed in, at both copies.
func (s *site) isAda(t *testing.T, c *http.Client) bool {
	t.Helper()
	var answers []bool
	for range 4 {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "application/json")
		resp, err := c.Do(req)
		status, body := text(t, resp, err)
		if status != http.StatusOK && status != http.StatusUnauthorized {
			t.Fatalf("%d %s", status, body)
		}
		answers = append(answers, strings.Contains(body, `"ada"`))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("the two copies do not agree: %v", answers)
		}
	}
	return answers[0]
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	return (*running)(nil).browser(t)
}

func TestLoginSurvivesTheDeathOfACopy(t *testing.T) {
	t.Parallel()
	key := session.NewKey().Encode()
	s := startSite(t, key)
	s.x.SignInAs("6253282")

	// Enough logins that some begin at one copy and end at the other.
	for range 8 {
		c := newBrowser(t)
		s.finish(t, c, s.begin(t, c))
		if !s.isAda(t, c) {
			t.Error("not signed in")
		}
	}
	for i, p := range s.copies {
		p.kill()
		out := p.output.String()
		for _, path := range []string{"path=/auth/twitter/login", "path=/auth/twitter/callback"} {
			if !strings.Contains(out, path) {
				t.Errorf("copy %d has not served %s", i, path)
			}
		}
		s.startCopy(t, i, key)
	}

	for i := range s.copies {
		signedIn := newBrowser(t)
		s.finish(t, signedIn, s.begin(t, signedIn))
		var browsers [4]*http.Client
		var callbacks [4]string
		for j := range browsers {
			browsers[j] = newBrowser(t)
			callbacks[j] = s.begin(t, browsers[j])
		}
		s.copies[i].kill() // SIGKILL
		for j, c := range browsers {
			s.finish(t, c, callbacks[j])
			if !s.isAda(t, c) {
				t.Error("not signed in")
			}
		}
		if !s.isAda(t, signedIn) {
			t.Error("one who was signed in no longer is")
		}
		s.startCopy(t, i, key)
	}
}

func TestKeysRotateAcrossTwoProcesses(t *testing.T) {
	t.Parallel()
	retired, fresh := session.NewKey().Encode(), session.NewKey().Encode()
	s := startSite(t, retired)
	s.x.SignInAs("6253282")
	early := newBrowser(t)
	s.finish(t, early, s.begin(t, early))
	var late *http.Client // signed in once the fresh key seals everywhere
	for _, keys := range []string{retired + "," + fresh, fresh + "," + retired, fresh} {
		if keys == fresh {
			late = newBrowser(t)
			s.finish(t, late, s.begin(t, late))
		}
		for i := range s.copies {
			inFlight := newBrowser(t)
			callback := s.begin(t, inFlight)
			s.restartCopy(t, i, keys)
			s.finish(t, inFlight, callback)
			if !s.isAda(t, inFlight) {
				t.Error("not signed in after a login during a restart")
			}
			if keys != fresh && !s.isAda(t, early) {
				t.Error("a session is lost while its key is still listed")
			}
		}
	}
	if s.isAda(t, early) {
		t.Error("a session of the retired key is still good")
	}
	if !s.isAda(t, late) {
		t.Error("a session of the fresh key is lost")
	}
	resp, err := early.Get(s.url + "/")
	if status, page := text(t, resp, err); status != http.StatusOK || !strings.Contains(page, "Sign in with X") {
		t.Errorf("with a retired cookie: %d %s", status, page)
	}
	s.finish(t, early, s.begin(t, early)) // signs in again as if nothing had been
	if !s.isAda(t, early) {
		t.Error("not signed in again")
	}
}
