package interop

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// app is a web app with a foreign client, in a process of its own.
type app struct {
	login  string // the address that a login begins at
	errors *output
	cmd    *exec.Cmd
	cancel context.CancelFunc
}

// output takes what a process writes while the test reads it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// lifetime is how long a process may take for its login, start included.
const lifetime = 2 * time.Minute

// startApp starts a client's app and waits until it writes READY with the address
// that a login begins at.
func startApp(t *testing.T, env []string, c client) *app {
	t.Helper()
	program, args := c.command[0], c.command[1:]
	if c.from == goModule {
		env, program = append(env, "GO_CLIENT="+program), os.Args[0]
	}
	ctx, cancel := context.WithTimeout(t.Context(), lifetime)
	a := &app{cmd: exec.CommandContext(ctx, program, args...), errors: &output{}, cancel: cancel}
	a.cmd.Env, a.cmd.Stderr = env, a.errors
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.stop()
		if t.Failed() {
			t.Logf("the app wrote:\n%s", a.errors)
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if address, found := strings.CutPrefix(line, "READY "); found {
			a.login = strings.TrimSpace(address)
			return a
		}
		io.WriteString(a.errors, line)
		if err != nil {
			t.Fatalf("the app does not start: %v", err)
		}
	}
}

// stop ends the process.
func (a *app) stop() {
	a.cancel()
	a.cmd.Wait()
}

// environment is what every app finds: the keys, and the way to X for programs of
// each language.
func environment(n *network, k keys) []string {
	return append(k.environment(),
		"PATH="+os.Getenv("PATH"),
		"HOME="+os.Getenv("HOME"),
		"https_proxy="+n.proxy, "HTTPS_PROXY="+n.proxy,
		"http_proxy="+n.proxy, // Ruby's Net::HTTP asks for this one over https too
		"no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1",
		"SSL_CERT_FILE="+n.authority,       // OpenSSL, Go
		"REQUESTS_CA_BUNDLE="+n.authority,  // Python's requests
		"NODE_EXTRA_CA_CERTS="+n.authority, // Node.js
		"PERL_LWP_SSL_CA_FILE="+n.authority,
		"PERL_LWP_ENV_PROXY=1",
		"HTTPS_OF_X="+n.https, "NAMES_OF_X="+strings.Join(namesOfX, ","), // node/to_x.mjs
		"OAUTHLIB_INSECURE_TRANSPORT=1", // Python's oauthlib takes a callback over http on loopback then
	)
}
