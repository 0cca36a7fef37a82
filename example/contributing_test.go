package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

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
