package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
)

// An error about the names of a client's table is of a bounded size for each
// pair, however long the names are.
func TestErrorsShowNamesInPart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\u0085", 2000)
	many := map[string]string{"0" + long: "name"}
	for i := range 300 {
		many[fmt.Sprintf("\u0085%d", i)] = "name"
	}
	for name, fields := range map[string]map[string]string{
		"a long field":                         {long: "name"},
		"a long path":                          {strings.Repeat("a.", 2000): "name"},
		"a long property":                      {"name": long},
		"a long field that repeats a property": many,
	} {
		_, err := mapping.Default().With(fields)
		if err == nil {
			t.Fatalf("%s: accepted", name)
		}
		if n := len(err.Error()); n > 1024*len(fields) {
			t.Errorf("%s: %d bytes for %d pairs", name, n, len(fields))
		}
	}
}
