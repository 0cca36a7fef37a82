package interop

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"twitterlogin.example/internal/services"
)

// version returns the version of an installed client, or skips the test, except in
// CI.
func version(t *testing.T, c client) string {
	t.Helper()
	switch c.from {
	case goModule:
		return goVersion(t, c.packaged)
	case npm:
		return npmVersion(t, c.packaged)
	}
	return debianVersion(t, c.packaged)
}

func goVersion(t *testing.T, module string) string {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		services.Miss(t, "this test needs a system on which Go reads SSL_CERT_FILE, such as Linux")
	}
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\s` + regexp.QuoteMeta(module) + ` (v\S+)`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("go.mod does not have %s", module)
	}
	return string(found[1])
}

func npmVersion(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		services.Miss(t, "this test needs Node.js: install it to run the test (Debian: apt-get install nodejs npm)")
	}
	text, err := os.ReadFile(filepath.Join("node_modules", filepath.FromSlash(name), "package.json"))
	if err != nil {
		services.Miss(t, "this test needs OAuth clients from npm: npm ci --ignore-scripts in example/interop gets them")
	}
	var described struct{ Version string }
	if err := json.Unmarshal(text, &described); err != nil {
		t.Fatal(err)
	}
	return described.Version
}

// debianVersion leaves out the epoch and what Debian adds to the client's own
// version.
func debianVersion(t *testing.T, name string) string {
	t.Helper()
	status, err := exec.Command("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name).Output()
	installed, found := strings.CutPrefix(string(status), "installed ")
	if err != nil || !found {
		services.Miss(t, "this test needs a Debian package: apt-get install "+name)
	}
	return regexp.MustCompile(`^(?:\d+:)?([0-9.]+)`).FindStringSubmatch(installed)[1]
}
