package standin_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/internal/services"
)

// The tests of the folders run as a person runs them, on free ports.

// command is a program in a folder, which ends with what it has started.
func command(t *testing.T, folder, program string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	return cmd
}

func TestPlaywright(t *testing.T) {
	t.Parallel()
	chromium := need(t, "chromium", "chromium")
	node := need(t, "node", "nodejs npm")
	cli := filepath.Join("node_modules", "@playwright", "test", "cli.js")
	if _, err := os.Stat(filepath.Join("playwright", cli)); err != nil {
		miss(t, "this test needs Playwright: npm ci --ignore-scripts in example/standin/playwright gets it")
	}
	build(t, "./twitterauth/twittertest/standin") // go run then has less to do
	build(t, "./example")
	dir := t.TempDir()
	cmd := command(t, "playwright", node, cli, "test", "--reporter", "line", "--output", filepath.Join(dir, "results"))
	cmd.Env = append(os.Environ(), "CHROMIUM="+chromium, "APP_DATA="+filepath.Join(dir, "data"),
		fmt.Sprintf("STANDIN_ADDR=127.0.0.1:%d", services.FreePort(t)), fmt.Sprintf("APP_ADDR=127.0.0.1:%d", services.FreePort(t)))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "4 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestPytest(t *testing.T) {
	t.Parallel()
	python := needPython(t)
	build(t, "./twitterauth/twittertest/standin")
	cmd := command(t, "pytest", python, "-m", "pytest", "-p", "no:cacheprovider", "-q")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "6 passed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// needPython returns a Python that has what the tests import: Debian's, where
// another stands before it in PATH.
func needPython(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import pytest, requests_oauthlib").Run() == nil {
			return python
		}
	}
	miss(t, "this test needs pytest and requests-oauthlib (Debian: apt-get install python3-pytest python3-requests-oauthlib)")
	return ""
}
