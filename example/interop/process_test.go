package interop

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// app is a web app with a foreign client, in a process of its own.
type app struct {
	login  string // the address that a login begins at
	errors *output
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

// startApp starts a process and waits until it writes READY with the address that a
// login begins at.
func startApp(t *testing.T, env []string, program string, args ...string) app {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = env
	a := app{errors: &output{}}
	cmd.Stderr = a.errors
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("the app wrote:\n%s", a.errors)
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if address, found := strings.CutPrefix(line, "READY "); found {
			a.login = strings.TrimSpace(address)
			break
		}
		fmt.Fprint(a.errors, line)
		if err != nil {
			t.Fatalf("the app does not start: %v", err)
		}
	}
	go io.Copy(a.errors, lines)
	return a
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
