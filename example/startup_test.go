package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What can be wrong at start is told in words, with the flag or the variable.
func TestStartupMessages(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	notADatabase := t.TempDir()
	if err := os.WriteFile(filepath.Join(notADatabase, "users.db"), []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		want []string
	}{
		"a port in use":            {[]string{"-addr", taken.Addr().String()}, nil, []string{"-addr", "something else listens there"}},
		"metrics at the site":      {[]string{"-addr", "127.0.0.1:0", "-metrics", taken.Addr().String()}, nil, []string{"-metrics", "something else listens there"}},
		"metrics elsewhere":        {[]string{"-metrics", "192.0.2.1:80"}, nil, []string{"-metrics 192.0.2.1:80"}},
		"an address elsewhere":     {[]string{"-addr", "192.0.2.1:80"}, nil, []string{"-addr 192.0.2.1:80"}},
		"an unknown flag":          {[]string{"-port", "80"}, nil, []string{"-port"}},
		"a data folder in a file":  {[]string{"-data", filepath.Join(file, "data")}, nil, []string{"-data", "cannot be made"}},
		"a data folder of a file":  {[]string{"-data", file}, nil, []string{"-data", "cannot be"}},
		"a broken users' database": {[]string{"-data", notADatabase}, nil, []string{"-data", "users.db", "cannot be used"}},
		"no PostgreSQL there":      {[]string{"-db", "postgres://me:canary@127.0.0.1:1/users"}, nil, []string{"-db", "does it run"}},
		"no PostgreSQL address":    {[]string{"-db", "postgres://me:canary@127.0.0.1:x/users"}, nil, []string{"-db"}},
		"an odd password":          {[]string{"-db", "postgres://me:can%ary@127.0.0.1:1/users"}, nil, []string{"-db", "percent-encoded"}},
		"no Redis there":           {[]string{"-sessions", "redis://me:canary@127.0.0.1:1"}, nil, []string{"-sessions", "does not answer"}},
		"a broken key":             {nil, map[string]string{"SESSION_KEYS": "canary"}, []string{"SESSION_KEYS, key 1"}},
		"a callback URL":           {nil, map[string]string{"TWITTER_CALLBACK_URL": "http://app.example.com/auth/twitter/callback"}, []string{"CallbackURL", "https"}},
		"an API over plain http":   {nil, map[string]string{"TWITTER_API_URL": "http://api.example.com", "TWITTER_CLIENT_ID": "id"}, []string{"APIURL", "https"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-addr", "127.0.0.1:0", "-data", t.TempDir()}, test.args...)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := run(ctx, args, func(name string) string { return test.env[name] })
			if err == nil {
				t.Fatal("it started")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q says nothing of %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n\n") {
				t.Errorf("%q", err)
			}
		})
	}
}
