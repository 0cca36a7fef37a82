package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// secretPieces are parts of the passwords below; no error shows any of them.
var secretPieces = []string{"canary", "tweety", "4711", "0815"}

// Whatever is wrong with an address, its password stays out of the error. The
// program does not get as far as serving with any of these.
func TestMalformedAddressesAreNotShown(t *testing.T) {
	t.Parallel()
	passwords := map[string]string{
		"plain":           "canarytweety",
		"a slash":         "canary/tweety",
		"digits, slash":   "4711/canary",
		"an at":           "canary@tweety",
		"two at":          "canary@tweety@4711",
		"a question mark": "4711?canary=tweety",
		"a hash":          "4711#canary",
		"a colon":         "canary:tweety",
		"a per cent":      "can%aryZtweety%canary",
		"a bad encoding":  "canary%zztweety",
		"a NUL":           "canary\x00tweety",
		"a line feed":     "canary\ntweety",
		"a space":         "canary tweety",
		"a quote":         `canary"tweety`,
		"an apostrophe":   "canary'tweety",
		"a backslash":     `canary\tweety`,
		"a backtick":      "canary`tweety",
		"a bracket":       "[canary]tweety",
		"an open bracket": "canary[tweety",
		"not ASCII":       "canaryé€tweety",
		"not UTF-8":       "canary\xfftweety",
		"a comma":         "canary,tweety:4711,0815",
		"encoded":         "canary%40tweety%2F4711",
	}
	forms := map[string][2]string{ // the flag and the address
		"a URL":                 {"-db", "postgres://me:PASSWORD@127.0.0.1:1/users"},
		"a long scheme":         {"-db", "postgresql://me:PASSWORD@127.0.0.1:1/users"},
		"no user":               {"-db", "postgres://:PASSWORD@127.0.0.1:1/users"},
		"no port":               {"-db", "postgres://me:PASSWORD@127.0.0.1:/users"},
		"a bad port":            {"-db", "postgres://me:PASSWORD@127.0.0.1:x/users"},
		"a port too high":       {"-db", "postgres://me:PASSWORD@127.0.0.1:70000/users"},
		"no host":               {"-db", "postgres://me:PASSWORD@:1/users"},
		"an unknown host":       {"-db", "postgres://me:PASSWORD@host.invalid/users"},
		"no at":                 {"-db", "postgres://me:PASSWORD/users"},
		"a bracket":             {"-db", "postgres://me:PASSWORD@[::1/users"},
		"two hosts":             {"-db", "postgres://me:PASSWORD@127.0.0.1:1,127.0.0.1:2/users"},
		"in the query":          {"-db", "postgres://127.0.0.1:1/users?user=me&password=PASSWORD"},
		"misspelt in the query": {"-db", "postgres://127.0.0.1:1/users?user=me&pasword=PASSWORD"},
		"a bad mode":            {"-db", "postgres://me:PASSWORD@127.0.0.1:1/users?sslmode=perhaps"},
		"no certificate":        {"-db", "postgres://me:PASSWORD@127.0.0.1:1/users?sslmode=verify-ca&sslrootcert=/nowhere"},
		"one slash":             {"-db", "postgres:/me:PASSWORD@127.0.0.1:1/users"},
		"another database":      {"-db", "mysql://me:PASSWORD@127.0.0.1:1/users"},
		"no scheme":             {"-db", "me:PASSWORD@127.0.0.1:1/users"},
		"settings":              {"-db", "host=127.0.0.1 port=1 user=me password=PASSWORD dbname=users"},
		"quoted settings":       {"-db", "host=127.0.0.1 port=1 user=me password='PASSWORD' dbname=users"},
		"upper case":            {"-db", "POSTGRES://me:PASSWORD@127.0.0.1:1/users"},
		"Redis":                 {"-sessions", "redis://me:PASSWORD@127.0.0.1:1"},
		"Redis with TLS":        {"-sessions", "rediss://me:PASSWORD@127.0.0.1:1/0"},
		"Redis, a bad number":   {"-sessions", "redis://me:PASSWORD@127.0.0.1:1/users"},
		"Redis, a bad port":     {"-sessions", "redis://me:PASSWORD@127.0.0.1:x"},
		"Redis, no at":          {"-sessions", "redis://me:PASSWORD"},
		"Redis, no host":        {"-sessions", "redis://me:PASSWORD@"},
		"Redis, unknown host":   {"-sessions", "redis://me:PASSWORD@host.invalid"},
		"Redis, one slash":      {"-sessions", "redis:/me:PASSWORD@127.0.0.1:1"},
		"Redis, opaque":         {"-sessions", "redis:me:PASSWORD@127.0.0.1:1"},
		"Redis, no scheme":      {"-sessions", "me:PASSWORD@127.0.0.1:1"},
		"Redis, another scheme": {"-sessions", "tcp://me:PASSWORD@127.0.0.1:1"},
		"Redis, a user alone":   {"-sessions", "redis://PASSWORD@127.0.0.1:1"},
	}
	for form, address := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			for what, password := range passwords {
				args := []string{"-addr", "127.0.0.1:0", "-data", t.TempDir(), address[0], strings.ReplaceAll(address[1], "PASSWORD", password)}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				err := run(ctx, args, func(string) string { return "" })
				cancel()
				if err == nil {
					t.Errorf("%s: it started", what)
					continue
				}
				if !strings.Contains(err.Error(), address[0]) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: %q", what, err)
				}
				for _, piece := range secretPieces {
					if strings.Contains(err.Error(), piece) {
						t.Errorf("%s: %q shows %s", what, err, piece)
					}
				}
			}
		})
	}
}

// What is written right is accepted, odd characters included.
func TestAddressesThatAreRight(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-db", "postgres://me:pass%40word%2F%3F%23@host/users"},
		{"-db", "postgresql://me@host:5433/users?sslmode=require"},
		{"-db", "postgres://host-1:5432,host-2:5432/users?target_session_attrs=read-write"},
		{"-db", "postgres:///users?host=/run/postgresql&user=app"},
		{"-db", "postgres://me:a!b$c&d'e(f)g*h+i,j;k=l:m~n@host/users"},
		{"-sessions", "redis://127.0.0.1:6379"},
		{"-sessions", "rediss://me:pa%2Fss@host:6380/3"},
		{"-sessions", "redis://:pa@ss@host/"},
	} {
		if _, err := readSettings(args, func(string) string { return "" }); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}
