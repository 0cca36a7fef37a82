package mapping_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
)

// faults returns the faults of a table that an error tells of.
func faults(tb testing.TB, err error) []*mapping.ConfigError {
	tb.Helper()
	if err == nil {
		tb.Fatal("no error")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		tb.Fatalf("%T is not joined errors", err)
	}
	var list []*mapping.ConfigError
	for _, e := range joined.Unwrap() {
		var c *mapping.ConfigError
		if !errors.As(e, &c) {
			tb.Fatalf("%T is no ConfigError", e)
		}
		list = append(list, c)
	}
	return list
}

func TestPathsLeadIntoTheProfile(t *testing.T) {
	t.Parallel()
	const text = `{
		"a": {"b": {"c": 1, "0": "named zero"}, "list": [10, [20, 21], {"x": "in a list"}, null]},
		"text": "plain",
		"none": null,
		"Camel_9": "odd name"
	}`
	p := read(t, text)
	tests := []struct {
		from string
		want any
	}{
		{"text", "plain"},
		{"Camel_9", "odd name"},
		{"camel_9", nil},
		{"a.b.c", int64(1)},
		{"a.b.0", "named zero"},
		{"a.list.0", int64(10)},
		{"a.list.1.1", int64(21)},
		{"a.list.2.x", "in a list"},
		{"a.list.3", nil},
		{"a.list.3.x", nil},
		{"a.list.4", nil},
		{"a.list.9223372036854775807", nil},
		{"a.list.x", nil},
		{"a.list.0.x", nil},
		{"a.b.c.d", nil},
		{"text.x", nil},
		{"text.0", nil},
		{"none.x", nil},
		{"missing.x.0.y", nil},
	}
	for _, tt := range tests {
		t.Run(tt.from, func(t *testing.T) {
			t.Parallel()
			if got := one(t, tt.from, p); got != tt.want {
				t.Errorf("got %T %v, want %v", got, got, tt.want)
			}
		})
	}
}

func TestMalformedPathsAreRefused(t *testing.T) {
	t.Parallel()
	paths := []string{
		"", ".", ".name", "name.", "a..b", "a.b.", " name", "name ", "na me", "a. .b",
		"a[0]", "$.name", "a/b", "a-b", "naïve", "имя", "a\x00b", "a\nb", "*", "a.*", "\xff",
		"0", "0.a", "12", "list.00", "list.01", "list.9223372036854775808", "list.99999999999999999999999",
		strings.Repeat("a", 257), strings.Repeat("a.", 200) + "a",
	}
	for _, from := range paths {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			m, err := mapping.New(map[string]string{from: "p"})
			if m != nil {
				t.Error("a Mapping came with the error")
			}
			got := faults(t, err)
			if len(got) != 1 || got[0].From != from || got[0].To != "p" || got[0].Reason == "" {
				t.Errorf("faults %+v", got)
			}
			if _, err := mapping.New(nil, mapping.Rule{From: from, To: "p"}); err == nil {
				t.Error("a rule may have it")
			}
			if _, err := mapping.Default().With(map[string]string{from: "name"}); err == nil {
				t.Error("With may have it")
			}
		})
	}
}

func TestTheLongestPath(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a", 256)
	if got := one(t, name, mapping.Profile{name: "x"}); got != "x" {
		t.Errorf("got %v", got)
	}
}

func TestPropertyNames(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"", " ", "\t", " name", "name ", "name\n", "na\x00me", "na\x7fme", "a\nb", "\u00a0name"} {
		if _, err := mapping.New(map[string]string{"name": to}); err == nil {
			t.Errorf("%q is allowed", to)
		}
	}
	for _, to := range []string{"n", "full name", "имя", "a.b", "user[name]", "__proto__", "имя 🦉"} {
		if _, err := mapping.New(map[string]string{"name": to}); err != nil {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := mapping.New(
		map[string]string{
			"":            "empty",
			"a..b":        "dots",
			"name":        "",
			"screen_name": "handle",
			"username":    "handle",
		},
		mapping.Rule{From: "location", To: "handle"},
		mapping.Rule{From: "url", To: "site"},
		mapping.Rule{From: "url", To: "site"},
		mapping.Rule{From: "profile_image_url", To: "picture", Convert: mapping.Image("huge")},
	)
	var got []string
	for _, c := range faults(t, err) {
		got = append(got, c.From+" "+c.To)
		if !strings.Contains(err.Error(), c.Reason) || !strings.Contains(err.Error(), c.Error()) {
			t.Errorf("the text lacks %q", c.Error())
		}
	}
	slices.Sort(got)
	want := []string{" empty", "a..b dots", "location handle", "name ", "profile_image_url picture", "url site", "username handle"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	var c *mapping.ConfigError
	if !errors.As(err, &c) {
		t.Error("errors.As finds no ConfigError")
	}
}

func TestFaultsComeInTheSameOrder(t *testing.T) {
	t.Parallel()
	table := map[string]string{"a..b": "x", ".c": "y", "d.": "z", "e e": "w", "f": ""}
	_, first := mapping.New(table)
	for range 20 {
		if _, err := mapping.New(table); err.Error() != first.Error() {
			t.Fatalf("%v\nand\n%v", first, err)
		}
	}
}

func TestOneFieldForOneProperty(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]string{
		{"name": "x", "location": "x"},
		{"screen_name": "x", "username": "x"},
		{"id": "x", "id_str": "x"},
	} {
		_, err := mapping.New(table)
		if got := faults(t, err); len(got) != 1 || got[0].To != "x" {
			t.Errorf("%v: %v", table, err)
		}
	}
	if _, err := mapping.New(map[string]string{"screen_name": "x", "username": "y"}); err != nil {
		t.Errorf("two properties of one field: %v", err)
	}
}

func TestMust(t *testing.T) {
	t.Parallel()
	if m := mapping.Must(nil); len(m.Properties()) != 0 {
		t.Error("an empty table maps something")
	}
	defer func() {
		if err, ok := recover().(error); !ok || len(faults(t, err)) != 1 {
			t.Errorf("no panic with the fault: %v", err)
		}
	}()
	mapping.Must(map[string]string{"a..b": "x"})
}

func TestNewKeepsNoReferenceToTheTable(t *testing.T) {
	t.Parallel()
	table := map[string]string{"name": "name"}
	rules := []mapping.Rule{{From: "location", To: "place"}}
	m := mapping.Must(table, rules...)
	table["name"], table["url"] = "other", "site"
	rules[0] = mapping.Rule{From: "url", To: "place", Required: true}
	if got := m.Properties(); !slices.Equal(got, []string{"name", "place"}) {
		t.Errorf("properties %q", got)
	}
	f := apply(t, m, mapping.Profile{"name": "Ada"})
	if len(f) != 1 || f["name"] != "Ada" {
		t.Errorf("got %v", f)
	}
}
