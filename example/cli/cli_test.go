package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string // in the error; "" for none
	}{
		"a command":         {[]string{"login"}, ""},
		"flags before":      {[]string{"-site", "https://app.example.com", "login"}, ""},
		"flags after":       {[]string{"login", "-site", "https://app.example.com/"}, ""},
		"no command":        {nil, "there is no command"},
		"another command":   {[]string{"signin"}, `"signin"`},
		"an argument":       {[]string{"login", "now"}, `"now"`},
		"an unknown flag":   {[]string{"login", "-x"}, "-x"},
		"plain http":        {[]string{"login", "-site", "http://app.example.com"}, "use https"},
		"a suffix host":     {[]string{"login", "-site", "http://127.0.0.1.evil.example"}, "use https"},
		"a path":            {[]string{"login", "-site", "https://app.example.com/shop"}, "is not the address of a site"},
		"user info":         {[]string{"login", "-site", "https://canary@app.example.com"}, "is not the address of a site"},
		"no scheme":         {[]string{"login", "-site", "app.example.com"}, "is not the address of a site"},
		"IPv6 loopback":     {[]string{"login", "-site", "http://[::1]:8080"}, ""},
		"a name of this PC": {[]string{"login", "-site", "http://localhost:8080"}, ""},
	} {
		got, err := readSettings(append(test.args, "-token-file", "t"))
		if name == "no command" {
			got, err = readSettings(nil)
		}
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (got.Command != "login" || strings.HasSuffix(got.Site, "/") || got.address("token") != got.Site+"/auth/twitter/token") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if err := run(t.Context(), []string{"-help"}, func(string) string { return "" }, &bytes.Buffer{}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
}

func TestDefaultTokenFile(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder) // Linux
	t.Setenv("HOME", folder)            // macOS
	t.Setenv("AppData", folder)         // Windows
	got, err := readSettings([]string{"whoami"})
	if err != nil || !strings.HasPrefix(got.TokenFile, folder) || filepath.Base(got.TokenFile) != "token.json" {
		t.Errorf("%s, %v", got.TokenFile, err)
	}
}

// The address is the last argument of a program, and no shell reads it.
func TestBrowserCommands(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goos string
		env  map[string]string
		want []string
	}{
		"macOS":                {"darwin", nil, []string{"open"}},
		"Windows":              {"windows", nil, []string{"rundll32 url.dll,FileProtocolHandler"}},
		"Linux":                {"linux", map[string]string{"DISPLAY": ":0"}, []string{"xdg-open"}},
		"Linux with Wayland":   {"linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, []string{"xdg-open"}},
		"Linux over SSH":       {"linux", nil, nil},
		"the user's own first": {"darwin", map[string]string{"BROWSER": "/opt/a browser"}, []string{"/opt/a browser", "open"}},
	} {
		var got []string
		for _, command := range browserCommands(test.goos, func(name string) string { return test.env[name] }) {
			got = append(got, strings.Join(command, " "))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The file is replaced as a whole, also where it was readable before.
func TestWriteToken(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "deep", "token.json")
	for range 2 {
		want := savedToken{Site: "https://app.example.com/auth/twitter/", Token: &oauth2.Token{AccessToken: "twa_x"}}
		if err := writeToken(name, want); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if got, err := readToken(name); err != nil || got.Site != want.Site || got.Token.AccessToken != "twa_x" {
			t.Errorf("%+v, %v", got, err)
		}
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(name)); err != nil || len(files) != 1 {
		t.Errorf("left in the folder: %v, %v", files, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeToken(filepath.Join(file, "token.json"), savedToken{}); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("in a file: %v", err)
	}
}
