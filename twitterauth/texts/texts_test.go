package texts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/texts"
)

// translations are the functions of the package, by the Lang of their texts.
var translations = []func() *twitterauth.Texts{
	texts.German, texts.French, texts.Spanish, texts.BrazilianPortuguese, texts.Italian, texts.Dutch, texts.Polish, texts.Turkish,
	texts.Ukrainian, texts.Japanese, texts.Korean, texts.SimplifiedChinese, texts.TraditionalChinese, texts.Arabic, texts.Hebrew,
	texts.Hindi, texts.Indonesian,
}

// The translations above are all that there are.
func TestEveryTranslationIsTested(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && f.Type.Params.NumFields() == 0 {
				count++
			}
		}
	}
	if count != len(translations)+1 { // English
		t.Errorf("%d languages, %d in the list", count, len(translations))
	}
}

// stringsOf returns every text by its name: the field's, or the map's and the code.
func stringsOf(t *twitterauth.Texts) map[string]string {
	list := map[string]string{}
	v := reflect.ValueOf(t).Elem()
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch {
		case name == "Lang" || name == "Dir":
		case field.Kind() == reflect.Map:
			for _, code := range field.MapKeys() {
				list[name+" "+code.String()] = field.MapIndex(code).String()
			}
		default:
			list[name] = field.String()
		}
	}
	return list
}

var placeholders = regexp.MustCompile(`\{[^}]*\}`)

// Each translation has every text and the placeholders of the English text, and
// nothing that Config.Texts would change.
func TestTranslationsAreComplete(t *testing.T) {
	t.Parallel()
	english := stringsOf(texts.English())
	langs := map[string]bool{}
	for _, language := range translations {
		translation := language()
		langs[translation.Lang] = true
		list := stringsOf(translation)
		for name, original := range english {
			text, ok := list[name]
			if !ok || text == "" || text == original {
				t.Errorf("%s: %s is %q, in English %q", translation.Lang, name, text, original)
			}
			if want, got := placeholders.FindAllString(original, -1), placeholders.FindAllString(text, -1); !slices.Equal(want, got) {
				t.Errorf("%s: %s has the placeholders %q and not %q", translation.Lang, name, got, want)
			}
			if text != strings.TrimSpace(text) || strings.Contains(text, "  ") || len(text) > 1024 || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) }) {
				t.Errorf("%s: %s has odd blanks or characters: %q", translation.Lang, name, text)
			}
			if endsSentence(original) != endsSentence(text) {
				t.Errorf("%s: %s ends differently: %q", translation.Lang, name, text)
			}
		}
		if len(list) != len(english) {
			t.Errorf("%s has %d texts, English %d", translation.Lang, len(list), len(english))
		}
	}
	if len(langs) != len(translations) {
		t.Errorf("two translations have the same Lang: %v", langs)
	}
}

func endsSentence(text string) bool {
	return strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。") || strings.HasSuffix(text, "।")
}

// Names that stay as they are in every language.
var names = regexp.MustCompile(`\bX\b|\b[Cc]ookie\b|\bKiB\b|application/json|application/x-www-form-urlencoded|\{site\}|\{origin\}`)

var (
	latin   = regexp.MustCompile(`\p{Latin}+`)
	english = regexp.MustCompile(`(?i)\b(the|you|your|this|that|please|again|sign|browser is|with|here|not)\b`)
)

// No English is left.
func TestTranslationsAreInTheirLanguage(t *testing.T) {
	t.Parallel()
	for _, translate := range translations {
		translation := translate()
		tag := language.MustParse(translation.Lang)
		script, _ := tag.Script()
		for name, text := range stringsOf(translation) {
			rest := names.ReplaceAllString(text, "")
			left := english.FindAllString(rest, -1)
			if script.String() != "Latn" {
				left = latin.FindAllString(rest, -1)
			}
			if len(left) > 0 {
				t.Errorf("%s: %s has %q in %q", translation.Lang, name, left, text)
			}
		}
	}
}

// A copy can be changed without changing the next.
func TestTranslationsAreCopies(t *testing.T) {
	t.Parallel()
	for _, language := range append(slices.Clone(translations), texts.English) {
		first := language()
		before := stringsOf(first)
		first.SignInButton, first.Messages[twitterauth.CodeNotFound], first.Titles[twitterauth.CodeNotFound] = "a", "b", "c"
		if after := stringsOf(language()); !reflect.DeepEqual(before, after) {
			t.Errorf("%s has changed", first.Lang)
		}
	}
}

// Programs that do not use this package do not carry its tables.
func TestOnlyThisPackageNeedsTheTables(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{"twitterlogin.example/twitterauth": false, "twitterlogin.example/twitterauth/texts": true} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", path).CombinedOutput()
		if err != nil {
			t.Fatal(err, string(out))
		}
		if got := strings.Contains(string(out), "\ngolang.org/x/text/"); got != want {
			t.Errorf("%s imports golang.org/x/text: %t", path, got)
		}
	}
}
