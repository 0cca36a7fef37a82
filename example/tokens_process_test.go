package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// These tests start this test's own program as further machines of the site.

// tokenJobVariable is the environment variable by which the program knows that it
// is such a machine. It has a tokenJob.
const tokenJobVariable = "EXAMPLE_TEST_TOKEN_JOB"

// tokenJob is what a machine does.
type tokenJob struct {
	Args   []string          // of the example
	Env    map[string]string // of the example
	UserID string
	Posts  int  // how many posts at once
	Dies   bool // when X has answered with a new token, before that is stored
}

// tokenResult is how it went.
type tokenResult struct {
	Posted      int
	SignInAgain int // posts that ended in ErrSignInAgain
	Errors      []string
}

// dyingStore is a store whose machine loses its power once X has given a new
// token.
type dyingStore struct{ *users }

func (s dyingStore) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	return s.users.RenewToken(ctx, userID, func(ctx context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
		t, err := renew(ctx, stored)
		if err == nil {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return t, err
	})
}

// runTokenJob is the machine's program. It prints that it is ready, waits for a line
// and writes the result.
func runTokenJob(text string) int {
	var job tokenJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	client, x, closeAll, err := openMachine(job)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer closeAll()
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return 2
	}
	json.NewEncoder(os.Stdout).Encode(postMany(client, x, job.Posts))
	return 0
}

func openMachine(job tokenJob) (client *http.Client, x string, closeAll func(), err error) {
	set, err := readSettings(job.Args, func(name string) string { return job.Env[name] })
	if err != nil {
		return nil, "", nil, err
	}
	keys, err := sessionKeys(set)
	if err != nil {
		return nil, "", nil, err
	}
	kept, err := openUsers(context.Background(), set)
	if err != nil {
		return nil, "", nil, err
	}
	var store twitterauth.UserStore[*User] = kept
	if job.Dies {
		store = dyingStore{kept}
	}
	auth, err := twitterauth.New(store, loginConfig(set, chooseX(set), keys, kept, serverSessions{}, slog.New(slog.NewTextHandler(os.Stderr, nil))))
	if err != nil {
		return nil, "", nil, err
	}
	return auth.Client(job.UserID), set.APIURL, func() { kept.Close() }, nil
}

func postMany(client *http.Client, x string, posts int) (result tokenResult) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range posts {
		wg.Go(func() {
			status, err := tweet(context.Background(), client, x)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && status == http.StatusCreated:
				result.Posted++
			case errors.Is(err, twitterauth.ErrSignInAgain):
				result.SignInAgain++
			default:
				result.Errors = append(result.Errors, fmt.Sprint(status, " ", err))
			}
		})
	}
	wg.Wait()
	return result
}

// machineProcess is a machine that a test has started.
type machineProcess struct {
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Reader
	log bytes.Buffer
}

// startMachineProcess starts a machine at the database of the site r.
func startMachineProcess(t *testing.T, r *running, env map[string]string, job tokenJob) *machineProcess {
	t.Helper()
	job.Args, job.Env = []string{"-data", r.set.Data, "-db", r.set.DB}, map[string]string{"TWITTER_CALLBACK_URL": r.set.CallbackURL}
	for name, value := range env {
		job.Env[name] = value
	}
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &machineProcess{cmd: exec.CommandContext(t.Context(), program)}
	m.cmd.Env = append(os.Environ(), tokenJobVariable+"="+string(text))
	m.cmd.Stderr = &m.log
	if m.in, err = m.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.out = bufio.NewReader(out)
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := m.out.ReadString('\n'); err != nil || line != "ready\n" {
		m.cmd.Wait()
		t.Fatalf("the machine did not start: %q, %v\n%s", line, err, m.log.String())
	}
	return m
}

func (m *machineProcess) begin(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(m.in, "go\n"); err != nil {
		t.Fatal(err)
	}
}

// result waits until the machine has ended.
func (m *machineProcess) result(t *testing.T) (result tokenResult) {
	t.Helper()
	err := json.NewDecoder(m.out).Decode(&result)
	if err := errors.Join(err, m.cmd.Wait()); err != nil {
		t.Fatalf("the machine: %v\n%s", err, m.log.String())
	}
	return result
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// atX2 has the settings of a site that signs in over OAuth 2.0 at a stand-in that
// the site does not know of.
func atX2(t *testing.T) (x *twittertest.Server, env map[string]string) {
	t.Helper()
	x = twittertest.NewServer()
	t.Cleanup(x.Close)
	return x, map[string]string{"TWITTER_API_URL": x.URL, "TWITTER_CLIENT_ID": x.ClientID, "TWITTER_CLIENT_SECRET": x.ClientSecret}
}

// atX1 has the settings of the same site over OAuth 1.0a.
func atX1(t *testing.T) (x *twittertest.Server, env map[string]string) {
	t.Helper()
	x = twittertest.NewServer()
	t.Cleanup(x.Close)
	return x, map[string]string{"TWITTER_API_URL": x.URL, "TWITTER_CONSUMER_KEY": x.ConsumerKey, "TWITTER_CONSUMER_SECRET": x.ConsumerSecret}
}

// startLogging runs the example with a log that the test can read.
func startLogging(t *testing.T, x *twittertest.Server, env map[string]string, change func(*twitterauth.Config), args ...string) (*running, *syncBuffer) {
	t.Helper()
	log := &syncBuffer{}
	server := newServer()
	r := startChanged(t, server, server.Start, changes{login: func(c *twitterauth.Config) {
		c.Logger = slog.New(slog.NewTextHandler(log, nil))
		if change != nil {
			change(c)
		}
	}}, env, args...)
	r.x = x
	return r, log
}

// signedInUser signs Ada in and returns the browser and the user's ID.
func (r *running) signedInUser(t *testing.T) (c *http.Client, userID string) {
	t.Helper()
	c = r.browser(t)
	r.login(t, c, "false")
	_, me := r.me(t, c)
	return c, me["id"].(string)
}

// A hundred posts from two processes, with an expired token, make one refresh, and
// all are posted.
func TestTwoProcessesRefreshOnce(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x, env := atX2(t)
			r, _ := startLogging(t, x, env, nil, args(t)...)
			_, id := r.signedInUser(t)
			expire(t, r.app.users, id)
			x.SetReuseStrict(true) // a second refresh would end the grant
			x.SetLatency(100 * time.Millisecond)
			x.ResetRequests()
			var machines []*machineProcess
			for range 2 {
				machines = append(machines, startMachineProcess(t, r, env, tokenJob{UserID: id, Posts: 50}))
			}
			for _, m := range machines {
				m.begin(t)
			}
			for _, m := range machines {
				if result := m.result(t); result.Posted != 50 {
					t.Errorf("%+v\n%s", result, m.log.String())
				}
			}
			if n := x.Count(twittertest.Token); n != 1 {
				t.Errorf("X was asked for a token %d times", n)
			}
		})
	}
}

// A process is killed when X has answered, before the new token is stored. The next
// call ends in ErrSignInAgain, with a line in the log, and the row is there. When the
// user has signed in again, posts go on.
func TestProcessDiesBeforeItStoresTheToken(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x, env := atX2(t)
			r, log := startLogging(t, x, env, nil, args(t)...)
			c, id := r.signedInUser(t)
			expire(t, r.app.users, id)
			before, err := r.app.users.TwitterToken(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			x.ResetRequests()
			m := startMachineProcess(t, r, env, tokenJob{UserID: id, Posts: 1, Dies: true})
			m.begin(t)
			var exit *exec.ExitError
			if err := m.cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the machine ended with %v\n%s", err, m.log.String())
			}
			if n := x.Count(twittertest.Token); n != 1 {
				t.Fatalf("X was asked for a token %d times", n)
			}
			r.endLeases(t)

			if _, err := tweet(t.Context(), r.app.auth.Client(id), x.URL); !errors.Is(err, twitterauth.ErrSignInAgain) {
				t.Errorf("the next call: %v", err)
			}
			if text := log.String(); !strings.Contains(text, "remedy=") || !strings.Contains(text, "must sign in with X again") {
				t.Errorf("the log has no remedy: %s", text)
			}
			for _, secret := range []string{before.AccessToken, before.RefreshToken} {
				if strings.Contains(log.String()+m.log.String(), secret) {
					t.Error("a token is in the log")
				}
			}
			if after, err := r.app.users.TwitterToken(t.Context(), id); err != nil || !isSame(after, before) {
				t.Errorf("the row is lost or changed: %v", err)
			}

			status, page := r.post(t, c, postPath, form("text", "hello"))
			if status != http.StatusConflict || !strings.Contains(page, "Sign in with X again") {
				t.Errorf("%d %s", status, page)
			}
			r.post(t, c, "/auth/twitter/login", form("link", "true"))
			if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusOK || !strings.Contains(page, "Posted") {
				t.Errorf("signed in again: %d %s", status, page)
			}
		})
	}
}

// endLeases is the time that passes until a lease of a killed process ends. On
// PostgreSQL there are none.
func (r *running) endLeases(t *testing.T) {
	t.Helper()
	if !r.app.users.leases {
		return
	}
	var until int64
	if err := r.app.users.db.QueryRowContext(t.Context(), `SELECT max(lease_until) FROM tokens`).Scan(&until); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(time.UnixMicro(until)); left <= 0 || left > leaseTime {
		t.Errorf("the lease ends in %v", left)
	}
	r.change(t, `UPDATE tokens SET lease_until = $1`, time.Now().UnixMicro())
}
