package twitterauth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files of these packages use each other in one direction only, so that a
// reader who goes from a file to what it uses never comes back. A helper lives
// in the lowest file that needs it.
func TestFilesDoNotUseEachOtherInCircles(t *testing.T) {
	t.Parallel()
	exported := exportData(t)
	for _, dir := range []string{".", "storetest", "internal/site", "internal/attempt", "internal/oauth", "internal/appcode", "texts"} {
		for _, circle := range circlesOf(fileUses(t, dir, exported)) {
			t.Errorf("%s: these files use each other in a circle: %s", dir, strings.Join(circle, " → "))
		}
	}
	if circles := circlesOf(map[string]map[string]bool{"a": {"b": true}, "b": {"c": true}, "c": {"b": true}}); fmt.Sprint(circles) != "[[b c b]]" {
		t.Errorf("the check finds %v in a circle of b and c", circles)
	}
}

// What each internal package uses of this module. Package site has the rules about
// addresses, and uses nothing but the standard library; oauth has both protocols, and
// knows no settings and no pages.
func TestPackagesUseWhatTheirArrowsLeadTo(t *testing.T) {
	t.Parallel()
	const module = "twitterlogin.example/"
	arrows := map[string][]string{
		"appcode":   {"session", "twitterauth/internal/attempt"},
		"attempt":   {"internal/cookieheader", "session"},
		"oauth":     {"mapping", "twitterauth/internal/attempt", "twitterauth/internal/xapi"},
		"site":      nil,
		"switching": nil,
		"xapi":      {"mapping"},
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.Name}} {{join .Imports " "}}`, "./internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		name := imports[0]
		var used []string
		for _, path := range imports[1:] {
			switch below, ours := strings.CutPrefix(path, module); {
			case ours:
				used = append(used, below)
			case name == "site" && strings.Contains(path, "."):
				used = append(used, path)
			}
		}
		if want, known := arrows[name]; !known || !slices.Equal(used, want) {
			t.Errorf("package %s uses %v, want %v", name, used, want)
		}
		delete(arrows, name)
	}
	if len(arrows) != 0 {
		t.Errorf("there is no package of %v", arrows)
	}
}

// exportData returns the file of each dependency's compiled types.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-json=ImportPath,Export", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return exported
		} else if err != nil {
			t.Fatal(err)
		}
		exported[p.ImportPath] = p.Export
	}
}

// fileUses returns, for each file of a package, the files whose declarations it
// uses.
func fileUses(t *testing.T, dir string, exported map[string]string) map[string]map[string]bool {
	t.Helper()
	fset, files := token.NewFileSet(), []*ast.File(nil)
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exported[path]) }
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", open)}
	pkg, err := conf.Check(dir, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]map[string]bool{}
	for id, object := range info.Uses {
		if object.Pkg() != pkg || !object.Pos().IsValid() {
			continue
		}
		from, to := filepath.Base(fset.Position(id.Pos()).Filename), filepath.Base(fset.Position(object.Pos()).Filename)
		if uses[from] == nil {
			uses[from] = map[string]bool{}
		}
		if from != to {
			uses[from][to] = true
		}
	}
	return uses
}

// circlesOf returns one circle through each file that is in any, shortest first.
func circlesOf(uses map[string]map[string]bool) (circles [][]string) {
	done := map[string]bool{}
	for _, start := range slices.Sorted(maps.Keys(uses)) {
		if done[start] {
			continue
		}
		paths := [][]string{{start}}
		seen := map[string]bool{}
		for len(paths) > 0 {
			path := paths[0]
			paths = paths[1:]
			for _, next := range slices.Sorted(maps.Keys(uses[path[len(path)-1]])) {
				if next == start {
					circle := append(slices.Clone(path), start)
					circles = append(circles, circle)
					for _, name := range circle {
						done[name] = true
					}
					paths = nil
					break
				}
				if !seen[next] {
					seen[next] = true
					paths = append(paths, append(slices.Clone(path), next))
				}
			}
		}
	}
	return circles
}
