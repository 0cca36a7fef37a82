package interop

import (
	"flag"
	"os"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

var update = flag.Bool("update", false, "write the results into docs/interop.md")

const (
	document   = "../../docs/interop.md"
	tableBegin = "<!-- The table is written by: go test -run TestClients -update -->\n"
	tableEnd   = "<!-- The end of the table. -->\n"
)

// row is a client's line in the table.
type row struct {
	client  client
	version string
	attempt result // at a stand-in that is as it comes
	strict  result // after SetStrict(true)
}

var columns = []string{"client", "version", "OAuth", "hosts", "gets a token by", "profile", "result", "after `SetStrict(true)`", "remark"}

// versionColumn has the version and where the client comes from.
const versionColumn = 1

func (r row) cells() []string {
	return []string{
		r.client.name, r.version + " (" + string(r.client.from) + ")", r.client.protocol, strings.Join(r.attempt.hosts, ", "),
		asks(r.attempt.requests), profileCalls(r.attempt.requests), outcome(r.attempt), outcome(r.strict), r.client.remark,
	}
}

func outcome(r result) string {
	switch step := refusedAt(r.requests); {
	case r.who() == zoe:
		return "signs in"
	case step == twittertest.Consent:
		return "refused at the consent page"
	case step != "":
		return "refused at `" + string(step) + "`"
	}
	return "fails"
}

// checkTable compares the document with what happened. A client that is not
// installed here keeps its line. A Debian package's version depends on the machine
// and is not compared.
func checkTable(t *testing.T, rows []row) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), tableBegin)
	table, after, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s does not have the lines around the table", document)
	}
	want := render(rows, linesOf(table))
	if *update {
		if err := os.WriteFile(document, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != table {
		t.Errorf("%s does not have the results; go test -run TestClients -update writes\n%s", document, want)
	}
}

// render makes the table. earlier are the lines that the document has, by client.
func render(rows []row, earlier map[string][]string) string {
	var b strings.Builder
	write := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	write(columns)
	b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
	for i, r := range rows {
		before, has := earlier[clients[i].String()]
		cells := before
		if r.version != "" {
			cells = r.cells()
			if r.client.from == debian && has && !*update {
				cells[versionColumn] = before[versionColumn]
			}
		}
		if cells != nil {
			write(cells)
		}
	}
	return b.String()
}

// linesOf returns a table's cells by client.
func linesOf(table string) map[string][]string {
	lines := map[string][]string{}
	for line := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) == len(columns)-1 { // without a remark
			cells = append(cells, "")
		}
		if len(cells) == len(columns) {
			lines[client{name: cells[0], protocol: cells[2]}.String()] = cells
		}
	}
	return lines
}
