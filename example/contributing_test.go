package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// CONTRIBUTING.md names every file of twitterauth and its internal packages. A name
// without a folder is of the folder that its row or paragraph named last, or of
// twitterauth.
func TestContributingNamesEveryFile(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile("`([a-z0-9_/]+\\.go)`")
	named, count := map[string]bool{}, 0
	for _, part := range regexp.MustCompile(`\n\n|\n\|`).Split(readFile(t, "CONTRIBUTING.md"), -1) {
		folder := "twitterauth"
		for _, m := range name.FindAllStringSubmatch(part, -1) {
			if dir := path.Dir(m[1]); dir != "." {
				folder = dir
			}
			named[path.Join(folder, path.Base(m[1]))] = true
		}
	}
	root := os.DirFS(repository)
	for _, pattern := range []string{"twitterauth/*.go", "twitterauth/internal/*/*.go"} {
		files, err := fs.Glob(root, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if count++; !named[file] {
				t.Errorf("no row leads to %s", file)
			}
		}
	}
	if count < 100 {
		t.Errorf("%d files", count)
	}
}

// CONTRIBUTING.md leads to files and names that are there.
func TestContributingLeadsSomewhere(t *testing.T) {
	t.Parallel()
	paths, code := map[string]bool{}, &strings.Builder{}
	root := os.DirFS(repository)
	if err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		paths[name], paths[path.Base(name)] = true, true
		if path.Ext(name) == ".go" {
			text, err := fs.ReadFile(root, name)
			code.Write(text)
			return err
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	text := readFile(t, "CONTRIBUTING.md")
	files := regexp.MustCompile("`([a-z0-9_/]+\\.(?:go|html|css))`").FindAllStringSubmatch(text, -1)
	for _, m := range files {
		if !paths[m[1]] {
			t.Errorf("there is no file %s", m[1])
		}
	}
	_, howTo, _ := strings.Cut(text, "\n## How to add")
	howTo, _, _ = strings.Cut(howTo, "\n## Commits")
	names := regexp.MustCompile("`([a-z]+[A-Z][A-Za-z0-9]*|[A-Z][A-Za-z0-9]+)`").FindAllStringSubmatch(howTo, -1)
	for _, m := range names {
		if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(code.String()) {
			t.Errorf("there is no %s in the code", m[1])
		}
	}
	if len(files) < 50 || len(names) < 10 {
		t.Errorf("%d files and %d names", len(files), len(names))
	}
}

// CONTRIBUTING.md lists every package of the library, and counts its dependencies.
func TestContributingListsPackages(t *testing.T) {
	t.Parallel()
	text := readFile(t, "CONTRIBUTING.md")
	packages := 0
	for _, top := range []string{"internal", "mapping", "session", "twitterauth"} {
		if err := fs.WalkDir(os.DirFS(repository), top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			files, err := fs.Glob(os.DirFS(repository), name+"/*.go")
			if len(files) == 0 || err != nil {
				return err
			}
			packages++
			if !strings.Contains(text, "\n| `"+name+"` |") {
				t.Errorf("there is no line for package %s", name)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	counted := []string{"one", "two", "three", "four", "five", "six", "seven", "eight"}
	required := regexp.MustCompile(`(?m)^\t\S+ v\S+$`).FindAllString(readFile(t, "go.mod"), -1)
	if packages < 10 || len(required) == 0 || len(required) > len(counted) {
		t.Fatalf("%d packages, %d dependencies", packages, len(required))
	}
	if want := "go.mod has " + counted[len(required)-1] + " dependencies"; !strings.Contains(text, want) {
		t.Errorf("CONTRIBUTING.md has no %q", want)
	}
}
