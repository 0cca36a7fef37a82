// Package standin_test runs the examples of this folder: tests of a login in other
// languages, and the arrangement of containers without containers.
package standin_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/internal/services"
)

const repository = "../.."

var need, miss = services.Need, services.Miss

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// binaries are the programs that a test has built, by their package.
var binaries sync.Map

// build returns a program of the repository.
func build(t *testing.T, pkg string) string {
	t.Helper()
	once, _ := binaries.LoadOrStore(pkg, sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp("", "standin-test-")
		if err != nil {
			return "", err
		}
		file := filepath.Join(dir, "program")
		cmd := exec.CommandContext(context.Background(), "go", "build", "-o", file, pkg)
		cmd.Dir = repository
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return file, nil
	}))
	file, err := once.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMain(m *testing.M) {
	code := m.Run()
	binaries.Range(func(_, once any) bool {
		if file, err := once.(func() (string, error))(); err == nil {
			os.RemoveAll(filepath.Dir(file))
		}
		return true
	})
	os.Exit(code)
}

// process is a program that runs until the test ends.
type process struct {
	cmd    *exec.Cmd
	output syncBuffer
	ended  chan struct{}
}

func startProcess(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		<-p.ended
	})
	return p
}

// await asks until ready is true. The program must go on meanwhile.
func (p *process) await(t *testing.T, ready func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-p.ended:
			t.Fatalf("%s has ended: %s", p.cmd.Path, p.output.String())
		case <-limit:
			t.Fatalf("%s does not get ready: %s", p.cmd.Path, p.output.String())
		case <-tick.C:
		}
	}
}

// printed waits for a line of the program and returns what is between two texts.
func (p *process) printed(t *testing.T, before, after string) (value string) {
	t.Helper()
	p.await(t, func() bool {
		_, rest, began := strings.Cut(p.output.String(), before)
		found, _, ended := strings.Cut(rest, after)
		value = found
		return began && ended
	})
	return value
}

// syncBuffer is an output that is read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// got is an answer with its body read.
type got struct {
	*http.Response
	body string
}

func do(t *testing.T, client *http.Client, method, address, contentType, body string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{resp, string(text)}
}

// standIn is the command on a free port.
type standIn struct {
	url    string
	client *http.Client
}

func startStandIn(t *testing.T, args ...string) *standIn {
	t.Helper()
	p := startProcess(t, exec.CommandContext(t.Context(), build(t, "./twitterauth/twittertest/standin"), append([]string{"-addr=127.0.0.1:0"}, args...)...))
	return &standIn{p.printed(t, "Stand-in for X at ", "\n"), &http.Client{}}
}
