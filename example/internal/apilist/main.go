// Apilist writes the exported declarations of the module in the current
// folder, without comments, so that a change of the API shows as a change of
// api.txt. "make api" runs it.
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	list := exec.CommandContext(context.Background(), "go", "list", "-f", `{{if ne .Name "main"}}{{.ImportPath}} {{.Dir}} {{join .GoFiles " "}}{{end}}`, "./...")
	list.Stderr = os.Stderr
	packages, err := list.Output()
	if err != nil {
		log.Fatal("apilist: go list: ", err)
	}
	var texts []string
	for line := range strings.Lines(string(packages)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue // a command, which exports nothing
		}
		path, dir, files := words[0], words[1], words[2:]
		if slices.Contains(strings.Split(path, "/"), "internal") {
			continue
		}
		declarations, err := exported(dir, files)
		if err != nil {
			log.Fatal("apilist: ", err)
		}
		texts = append(append(texts, "# "+path), declarations...)
	}
	fmt.Println(strings.Join(texts, "\n\n"))
}

// exported returns the declarations of a package, sorted by what they declare:
// moving one to another file changes nothing.
func exported(dir string, files []string) ([]string, error) {
	var list []declaration
	for _, name := range files {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.FileExports(file)
		for _, d := range file.Decls {
			key := keyOf(d)
			if key == "" {
				continue
			}
			text, err := source(fset, d)
			if err != nil {
				return nil, err
			}
			list = append(list, declaration{key, text})
		}
	}
	slices.SortFunc(list, func(a, b declaration) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.text, b.text))
	})
	var texts []string
	for _, d := range list {
		texts = append(texts, d.text)
	}
	return texts, nil
}

type declaration struct{ key, text string }

// keyOf puts constants, variables and functions first, then each type with its
// methods. It is empty for what is no part of the API.
func keyOf(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		d.Body = nil
		if d.Recv == nil {
			return "3" + d.Name.Name
		}
		if name := receiver(d.Recv.List[0].Type); ast.IsExported(name) {
			return "4" + name + "." + d.Name.Name
		}
	case *ast.GenDecl:
		if len(d.Specs) == 0 {
			return ""
		}
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return "4" + spec.Name.Name
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				return "1" + spec.Names[0].Name
			}
			return "2" + spec.Names[0].Name
		}
	}
	return ""
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

var emptyLines = regexp.MustCompile(`\n\s*\n`)

// source formats twice, because the first time leaves empty lines where the
// comments were.
func source(fset *token.FileSet, d ast.Decl) (string, error) {
	var b bytes.Buffer
	if err := format.Node(&b, fset, d); err != nil {
		return "", err
	}
	text, err := format.Source(emptyLines.ReplaceAll(b.Bytes(), []byte("\n")))
	return string(text), err
}
