package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func write(t *testing.T, content string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "people.json")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// needPrograms skips a test where a program is missing, except in CI.
func needPrograms(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatal("this test needs " + program)
		}
		t.Skip("this test needs " + program + ": install it to run the test")
	}
}

func TestFlagsThatDoNotGo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		want string // a part of standard error
	}{
		{"help", []string{"-help"}, 0, "-public-url"},
		{"unknown flag", []string{"-port", "1"}, 2, "-port"},
		{"an argument", []string{"9090"}, 2, `"9090"`},
		{"every address", []string{"-addr", ":0"}, 2, "give -public"},
		{"every IPv4 address", []string{"-addr", "0.0.0.0:0"}, 2, "give -public"},
		{"a name", []string{"-addr", "standin:0"}, 2, "give -public"},
		{"no port", []string{"-addr", "127.0.0.1"}, 2, "host:port"},
		{"a public URL without scheme", []string{"-public-url", "api.x.com"}, 2, "http://"},
		{"a public URL with a path", []string{"-public-url", "https://api.x.com/x"}, 2, "must end after host and port"},
		{"a public URL of another scheme", []string{"-public-url", "ftp://api.x.com"}, 2, "https://"},
		{"TLS without a file", []string{"-tls-addr", "127.0.0.1:0"}, 2, "-ca-file"},
		{"a file without TLS", []string{"-ca-file", "ca.pem"}, 2, "-tls-addr"},
		{"TLS on every address", []string{"-tls-addr", ":0", "-ca-file", "ca.pem"}, 2, "give -public"},
		{"a file that cannot be written", []string{"-addr", "127.0.0.1:0", "-tls-addr", "127.0.0.1:0", "-ca-file", filepath.Join(t.TempDir(), "none", "ca.pem")}, 1, "none"},
		{"no such file", []string{"-people", filepath.Join(t.TempDir(), "none.json")}, 2, "none.json"},
		{"a file with a mistake", []string{"-people", write(t, `[{"id":"1"}]`)}, 2, "people.json: person 1 of the list: screenName is missing"},
		{"a port that is in use", []string{"-addr", strings.TrimPrefix(start(t).url, "http://")}, 1, "address already in use"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out, log bytes.Buffer
			if code := run(t.Context(), tt.args, &out, &log); code != tt.code || !strings.Contains(log.String(), tt.want) || out.Len() > 0 {
				t.Errorf("code %d, %q, %q", code, out.String(), log.String())
			}
		})
	}
}

func TestPublicListens(t *testing.T) {
	t.Parallel()
	c := start(t, "-addr", ":0", "-public")
	if !strings.HasPrefix(c.url, "http://127.0.0.1:") {
		t.Errorf("the address is %s", c.url)
	}
	c.steer(t, "reset", `{}`)
}

func TestGivenKeys(t *testing.T) {
	t.Parallel()
	c := start(t, "-consumer-key", "ck", "-consumer-secret", "it's", "-client-id", "ci", "-client-secret", "")
	want := map[string]string{"TWITTER_API_URL": c.url, "TWITTER_CONSUMER_KEY": "ck", "TWITTER_CONSUMER_SECRET": "it's", "TWITTER_CLIENT_ID": "ci", "TWITTER_CLIENT_SECRET": ""}
	if !reflect.DeepEqual(c.printed, want) {
		t.Errorf("printed is %v", c.printed)
	}
	a, b := start(t), start(t)
	for name, value := range a.printed {
		if value == "" || value == b.printed[name] {
			t.Errorf("%s is %q at two starts", name, value)
		}
	}
}

// A shell reads the keys and runs the curl line as they are printed.
func TestPrintedLines(t *testing.T) {
	t.Parallel()
	needPrograms(t, "sh", "curl")
	c := start(t, "-consumer-secret", `it's "a" $secret`)
	script := []string{"set -e"}
	for _, line := range c.lines {
		if strings.HasPrefix(line, "export ") || strings.HasPrefix(line, "  curl ") {
			script = append(script, line)
		}
	}
	script = append(script, `printf %s "$TWITTER_CONSUMER_SECRET"`)
	out, err := exec.CommandContext(t.Context(), "sh", "-c", strings.Join(script, "\n")).Output()
	if err != nil || string(out) != `it's "a" $secret` {
		t.Errorf("%v: %s", err, out)
	}
	if q := login(t, c); q.Get("code") == "" {
		t.Errorf("the curl line did not sign in: %v", q)
	}
}

// What a person is called makes no other lines, because shells and tests read them.
func TestPrintedName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"o_Neil_80":                      "To sign everybody in as @o_Neil_80, without a click:",
		"o'neil":                         "To sign everybody in as the person 77, without a click:",
		"a\\nexport TWITTER_API_URL='b'": "To sign everybody in as the person 77, without a click:",
		"\\u001b[31mred":                 "To sign everybody in as the person 77, without a click:",
	} {
		c := start(t, "-people", write(t, `[{"id":"77","screenName":"`+name+`"}]`))
		if got := c.lines[len(c.lines)-2]; got != want {
			t.Errorf("%s: the line is %q", name, got)
		}
		if c.printed["TWITTER_API_URL"] != c.url {
			t.Errorf("%s: printed is %v", name, c.printed)
		}
	}
}

// What GET people answers may be posted again, and a file may have it.
func TestPeopleGoRound(t *testing.T) {
	t.Parallel()
	const people = `[{"id":"77","screenName":"mary","name":"Mary","email":"m@example.com","description":"d","location":"l",` +
		`"website":"https://m.example","profileImage":"https://pbs.twimg.com/m_normal.jpg","followers":1,"following":2,"posts":3,` +
		`"verified":true,"protected":true,"createdAt":"2009-05-09T17:58:22Z","suspended":false,"locked":false,` +
		`"extra":{"email":null,"id":12345678901234567890},"absent":["location"]},{"id":"78","screenName":"bob","suspended":true,"locked":true}]`
	c := start(t, "-people", write(t, people))
	first := c.do(t, http.MethodGet, controlPrefix+"people", "").body
	c.steer(t, "people", first)
	if second := c.do(t, http.MethodGet, controlPrefix+"people", "").body; second != first {
		t.Errorf("first\n%s\nthen\n%s", first, second)
	}
	var want, got []map[string]any
	if err := json.Unmarshal([]byte(people), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(first), &got); err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"suspended", "locked"} { // false is left out
		delete(want[0], absent)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if !strings.Contains(first, "12345678901234567890") {
		t.Error("a large number lost digits")
	}
}
