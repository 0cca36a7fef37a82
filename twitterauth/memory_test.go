package twitterauth_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// elsewhereEnv makes this program the X of a farX, with that protocol.
const elsewhereEnv = "TWITTERAUTH_TEST_X"

// largeFault is one with what a request may allocate for it, in bytes.
type largeFault struct {
	twittertest.Fault
	limit uint64
}

// largeFaults are made by the process that needs them.
func largeFaults() map[string]largeFault {
	return map[string]largeFault{
		"256 MiB":             {twittertest.HugeBody(256 << 20), 8 << 20},
		"a bomb of 256 MiB":   {twittertest.GzipBomb(256 << 20), 8 << 20},
		"a MiB of lists":      {twittertest.JSONBody(`{"id":6253282,"more":[` + strings.Repeat("[],", 340<<10) + `[]]}`), 8 << 20},
		"an error of 16 MiB":  {twittertest.PlainText(401, strings.Repeat("x", 16<<20)), 2 << 20},
		"an outage of 16 MiB": {twittertest.PlainText(503, strings.Repeat("x", 16<<20)), 2 << 20},
	}
}

// beX tells the stand-in's address and keys, and then, for each line it reads,
// lets a step fail in that way.
func beX(x *twittertest.Server) {
	defer x.Close()
	x.SignInAs(ada)
	if err := json.NewEncoder(os.Stdout).Encode(x); err != nil {
		panic(err)
	}
	faults := largeFaults()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); fmt.Println("done") {
		step, fault, _ := strings.Cut(lines.Text(), " ")
		x.Recover()
		if f, ok := faults[fault]; ok {
			x.Fail(twittertest.Step(step), f.Fault)
		}
	}
}

// farX is a stand-in in a process of its own, so that what it allocates is not
// counted here.
type farX struct {
	*twittertest.Server // none but the address and the keys of the other one
	in                  io.Writer
	out                 *bufio.Reader
}

func newFarX(t *testing.T, protocol string) *farX {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), elsewhereEnv+"="+protocol)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait() // it may have been killed with the test's context
	})
	// All such servers have the same certificate.
	x := &farX{Server: protocolsOfX[protocol](), in: in, out: bufio.NewReader(out)}
	if err := json.Unmarshal([]byte(x.line(t)), x.Server); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *farX) line(t *testing.T) string {
	line, err := x.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func (x *farX) fail(t *testing.T, step twittertest.Step, fault string) {
	fmt.Fprintln(x.in, string(step), fault)
	x.line(t)
}

// Whatever X sends, one request of a login allocates a few MiB at most in its
// whole life, which bounds what it ever holds.
func TestMemoryOfLargeAnswers(t *testing.T) { // not parallel: it counts allocations
	needsTheMachine(t)
	for protocol := range protocolsOfX {
		x := newFarX(t, protocol)
		for client, test := range map[string]struct {
			toX     *http.Transport
			buffers uint64 // of HTTP/2, for two tries, in bytes
		}{
			"own client":   {ownTransport(x.Server), 0},
			"usual client": {usualTransport(x.Server), 2 * 4 << 20},
		} {
			s := newSite(t, atX(x.Server), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: test.toX} }))
			t.Cleanup(test.toX.CloseIdleConnections)
			s.measure(t, x, client+" over "+protocol, test.buffers)
		}
	}
}

// measure counts what each of the large faults makes a request allocate.
func (s *site) measure(t *testing.T, x *farX, how string, buffers uint64) {
	for fault, large := range largeFaults() {
		for _, step := range []twittertest.Step{atRequestToken, atAccessToken, atProfile} {
			b := s.browser(t)
			b.http.Transport = x.Client().Transport // it goes to X itself
			request := func() reply { return b.do("POST", "/auth/twitter/login", nil) }
			if step != atRequestToken {
				x.fail(t, "", "")
				callback := b.get(b.start(nil)).location()
				request = func() reply { return b.get(callback) }
			}
			x.fail(t, step, fault)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r := request()
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("%s at %s, %s: %d %s, %d KiB", fault, step, how, r.StatusCode, r.code(t), allocated>>10)
			if r.StatusCode < 400 || b.hasSession() {
				t.Errorf("%s at %s, %s: %d", fault, step, how, r.StatusCode)
			}
			if allocated > large.limit+buffers {
				t.Errorf("%s at %s, %s: %d MiB were allocated", fault, step, how, allocated>>20)
			}
		}
	}
}
