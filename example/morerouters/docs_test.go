package morerouters

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const repository = "../.."

// ours finds the dependencies of this module in a Go block; the example compiles
// all other blocks.
var ours = regexp.MustCompile(`"github\.com/(gorilla/(mux|csrf|handlers)|julienschmidt|justinas|gofiber|labstack/echo/v4)[/"]`)

// TestDocuments compiles every Go block with one of this module's routers or
// middlewares, in a module outside this one.
func TestDocuments(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	files := map[string]string{
		"go.mod": strings.NewReplacer("module twitterlogin.example/example/morerouters", "module outside.example", "=> ../..", "=> "+root).Replace(read("go.mod")),
		"go.sum": read("go.sum"),
	}
	names, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	compiled := 0
	for _, name := range append(names, filepath.Join(repository, "README.md")) {
		for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(name), -1) {
			if !ours.MatchString(block[1]) {
				continue
			}
			compiled++
			dir := t.TempDir()
			files["main.go"] = block[1]
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "go", "vet", "-mod=mod", ".")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\nof\n%s", name, err, out, block[1])
			}
		}
	}
	if compiled < 5 {
		t.Errorf("%d blocks", compiled)
	}
}
