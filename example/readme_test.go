package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const repository = ".."

// markdown returns the documents, by their path in the repository.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		names, err := fs.Glob(os.DirFS(repository), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			docs[name] = readFile(t, name)
		}
	}
	return docs
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestREADME compiles every Go block of the README and the other documents as
// a module outside this one, and runs the tests among them. Only blocks with a
// router have more dependencies than the library.
func TestREADME(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	outside := map[bool]map[string]string{
		false: {
			"go.mod": strings.Replace(readFile(t, "go.mod"), "module twitterlogin.example", "module outside.example", 1) +
				"\nrequire twitterlogin.example v0.0.0\n\nreplace twitterlogin.example => " + root + "\n",
			"go.sum": readFile(t, "go.sum"),
		},
		true: {
			"go.mod": strings.NewReplacer("module twitterlogin.example/example", "module outside.example", "=> ../", "=> "+root).Replace(readFile(t, "example/go.mod")),
			"go.sum": readFile(t, "example/go.sum"),
		},
	}
	router := regexp.MustCompile(`"github\.com/(go-chi|labstack|gin-gonic)/`)
	goBlock := regexp.MustCompile("(?s)```go\n(.*?)```")
	for name, text := range markdown(t) {
		blocks := goBlock.FindAllStringSubmatch(text, -1)
		if name == "README.md" && len(blocks) < 3 {
			t.Errorf("%s: %d Go blocks", name, len(blocks))
		}
		for _, block := range blocks {
			file, args := "main.go", []string{"vet", "-mod=mod", "."}
			if strings.Contains(block[1], "\nfunc Test") {
				file, args = "main_test.go", []string{"test", "-mod=mod", "."}
			}
			dir := t.TempDir()
			files := maps.Clone(outside[router.MatchString(block[1])])
			files[file] = block[1]
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "go", args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\nof\n%s", name, err, out, block[1])
			}
		}
	}
}

// Links to files lead somewhere, and to a heading if they name one.
func TestLinksOfDocuments(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for name, text := range markdown(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := name
			if target != "" {
				file = filepath.Join(filepath.Dir(name), target)
			}
			content, err := os.ReadFile(filepath.Join(repository, file))
			if info, statErr := os.Stat(filepath.Join(repository, file)); statErr != nil || err != nil && !info.IsDir() {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
				continue
			}
			if heading != "" && !slices.Contains(anchors(string(content)), heading) {
				t.Errorf("%s: the link %s leads to no heading", name, m[1])
			}
		}
	}
}

// anchors are a document's headings as links name them.
func anchors(text string) (names []string) {
	dropped := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		names = append(names, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

// What SECURITY.md says is proved has a test of that name in that folder.
func TestSecurityNamesTests(t *testing.T) {
	t.Parallel()
	text := readFile(t, "SECURITY.md")
	named := regexp.MustCompile("`([a-z/]+)`: ((?:`(?:Test|Fuzz)\\w+`(?:, )?)+)").FindAllStringSubmatch(text, -1)
	counted := 0
	for _, m := range named {
		for _, test := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
			counted++
			files, err := filepath.Glob(filepath.Join(repository, m[1], "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(files, func(file string) bool {
				code, _ := os.ReadFile(file)
				return bytes.Contains(code, []byte("\nfunc "+test+"("))
			}) {
				t.Errorf("there is no %s in %s", test, m[1])
			}
		}
	}
	if all := len(regexp.MustCompile("`(?:Test|Fuzz)\\w+`").FindAllString(text, -1)); counted == 0 || counted != all {
		t.Errorf("%d tests are named and %d of them with their folder", all, counted)
	}
	for _, m := range regexp.MustCompile("`([a-z/]+/[a-z0-9]+\\.go)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(repository, m[1])); err != nil {
			t.Errorf("there is no file %s", m[1])
		}
	}
}

// docs/errors.md has a line for each code, with its status.
func TestErrorCodesAreDocumented(t *testing.T) {
	t.Parallel()
	codes := regexp.MustCompile(`(?m)^\tCode\w+ += "(\w+)" +// (\d+):`).FindAllStringSubmatch(readFile(t, "twitterauth/errors.go"), -1)
	if len(codes) < 20 {
		t.Fatalf("%d codes", len(codes))
	}
	text := readFile(t, "docs/errors.md")
	for _, m := range codes {
		if !strings.Contains(text, "\n| `"+m[1]+"` | "+m[2]+" |") {
			t.Errorf("no line for %s with %s", m[1], m[2])
		}
	}
}
