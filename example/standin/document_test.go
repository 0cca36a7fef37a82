package standin_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const document = repository + "/docs/standin.md"

// The document has the files of this folder as they are.
func TestDocumentHasTheFiles(t *testing.T) {
	t.Parallel()
	text := readFile(t, document)
	shown := 0
	for file, language := range map[string]string{
		"people.json": "json", "Dockerfile": "dockerfile", "compose.yaml": "yaml",
		"playwright/playwright.config.mjs": "js", "playwright/login.spec.mjs": "js",
		"pytest/conftest.py": "python", "pytest/test_login.py": "python",
	} {
		if block := "```" + language + "\n" + readFile(t, filepath.FromSlash(file)) + "```\n"; !strings.Contains(text, block) {
			t.Errorf("docs/standin.md does not have %s as it is", file)
		}
		shown++
	}
	if blocks := regexp.MustCompile("(?m)^```[a-z]+$").FindAllString(text, -1); len(blocks) != shown {
		t.Errorf("docs/standin.md has %d blocks, of which %d are files: %q", len(blocks), shown, blocks)
	}
}

// The document names the command's flags, and no others.
func TestDocumentHasTheFlags(t *testing.T) {
	t.Parallel()
	usage, err := exec.CommandContext(t.Context(), build(t, "./twitterauth/twittertest/standin"), "-help").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(readFile(t, document), "| flag | default |")
	table, _, _ = strings.Cut(table, "\n\n")
	flags := func(pattern, text string) (names []string) {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			names = append(names, found[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	if inUsage, inTable := flags(`(?m)^  -([a-z-]+)`, string(usage)), flags("`-([a-z-]+)", table); !slices.Equal(inUsage, inTable) || len(inUsage) != 10 {
		t.Errorf("the command has %q, the document %q", inUsage, inTable)
	}
}

// The document names the steps and faults that the command lists when it gets an
// unknown name.
func TestDocumentHasStepsAndFaults(t *testing.T) {
	t.Parallel()
	text := readFile(t, document)
	x := startStandIn(t)
	section := func(from, to string) string {
		_, rest, _ := strings.Cut(text, from)
		found, _, _ := strings.Cut(rest, to)
		return found
	}
	for _, tt := range []struct{ body, before, names, documented string }{
		{`{"step":"none","fault":"html"}`, "there are [", `[^ \]]+`, section("### Steps\n\n", "\n\n")},
		{`{"step":"consent","fault":"none"}`, "there are ", `[^ ,]+`, section("| takes |\n|---|---|---|\n", "\n\n")},
	} {
		answer := do(t, x.client, "POST", x.url+"/_control/fail", "application/json", tt.body)
		var refusal struct{ Message string }
		if err := json.Unmarshal([]byte(answer.body), &refusal); err != nil {
			t.Fatalf("%v: %s", err, answer.body)
		}
		_, list, _ := strings.Cut(refusal.Message, tt.before)
		known := regexp.MustCompile(tt.names).FindAllString(list, -1)
		var documented []string
		for _, line := range strings.Split(tt.documented, "\n") {
			cell := line
			if strings.HasPrefix(line, "|") {
				cell = strings.Split(line, "|")[1]
			}
			for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
				documented = append(documented, name[1])
			}
		}
		slices.Sort(known)
		slices.Sort(documented)
		if !slices.Equal(known, documented) || len(known) < 10 {
			t.Errorf("the command has\n%q\nthe document\n%q", known, documented)
		}
	}
}
