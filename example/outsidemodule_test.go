package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runOutside runs the go command in a module of its own that has these files.
func runOutside(t *testing.T, files map[string]string, args ...string) (output string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// outsideFiles are the go.mod and go.sum of a module that uses the library, and may
// use what the example does.
func outsideFiles(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"go.mod": strings.NewReplacer("module twitterlogin.example/example", "module outside.example", "=> ../", "=> "+absolute(t, repository)).Replace(readFile(t, "example/go.mod")),
		"go.sum": readFile(t, "example/go.sum"),
	}
}

// testStoreOf tests a store that a document has, with its tables in comments.
func testStoreOf(t *testing.T, code, tables, test string) {
	t.Helper()
	files := outsideFiles(t)
	files["app.go"], files["app_test.go"] = code, test
	files["table.sql"] = strings.ReplaceAll(tables, "\n//", "\n")
	if output, err := runOutside(t, files, "test", "-mod=mod", "-vet=off", "."); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
