package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// command is the stand-in as a person starts it.
type command struct {
	url     string
	printed map[string]string // the exports
	lines   []string          // everything on standard output
	log     *syncBuffer
}

// start runs the command with a free port and waits until it has announced itself.
func start(t *testing.T, args ...string) *command {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	c := &command{printed: map[string]string{}, log: &syncBuffer{}}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), stdout, c.log)
		stdout.Close()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		c.read(lines.Text())
		if strings.HasPrefix(lines.Text(), "  curl ") {
			break
		}
	}
	if c.url == "" {
		t.Fatalf("the command did not start: %s", c.log)
	}
	t.Cleanup(func() {
		stop()
		if got := <-code; got != 0 {
			t.Errorf("the command ended with %d: %s", got, c.log)
		}
	})
	return c
}

func (c *command) read(line string) {
	c.lines = append(c.lines, line)
	if _, address, ok := strings.Cut(line, "Stand-in for X at "); ok {
		c.url = address
	}
	if name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "="); ok && strings.HasPrefix(line, "export ") {
		c.printed[name] = strings.ReplaceAll(strings.Trim(value, "'"), `'\''`, "'")
	}
}

// syncBuffer is a log that is read while it is written.
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

// client does not follow redirects.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (c *command) do(t *testing.T, method, path, body string, header ...string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
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

// steer posts to a control route, which must accept it.
func (c *command) steer(t *testing.T, name, body string) {
	t.Helper()
	if g := c.do(t, http.MethodPost, controlPrefix+name, body); g.StatusCode != http.StatusNoContent || g.body != "" {
		t.Fatalf("%s with %s: %d %s", name, body, g.StatusCode, g.body)
	}
}

// list reads a control route.
func list[T any](t *testing.T, c *command, name string) []T {
	t.Helper()
	g := c.do(t, http.MethodGet, controlPrefix+name, "")
	var v []T
	if err := json.Unmarshal([]byte(g.body), &v); err != nil || g.StatusCode != http.StatusOK || v == nil {
		t.Fatalf("%s: %d %v %s", name, g.StatusCode, err, g.body)
	}
	return v
}
