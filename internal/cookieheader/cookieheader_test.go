package cookieheader_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"twitterlogin.example/internal/cookieheader"
)

type pair struct{ name, value string }

func pairs(h http.Header) (list []pair) {
	for name, value := range cookieheader.Pairs(h) {
		list = append(list, pair{name, value})
	}
	return list
}

func header(lines ...string) http.Header { return http.Header{"Cookie": lines} }

func TestPairs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines []string
		want  []pair
	}{
		"no header":                  {nil, nil},
		"an empty line":              {[]string{""}, nil},
		"one":                        {[]string{"a=1"}, []pair{{"a", "1"}}},
		"several, in order":          {[]string{"b=2; a=1; b=3"}, []pair{{"b", "2"}, {"a", "1"}, {"b", "3"}}},
		"several lines":              {[]string{"b=2", "a=1; b=3"}, []pair{{"b", "2"}, {"a", "1"}, {"b", "3"}}},
		"blank and tab around pairs": {[]string{" \t a=1\t ;\t \tb=2 ;c=3"}, []pair{{"a", "1"}, {"b", "2"}, {"c", "3"}}},
		"no blank between pairs":     {[]string{"a=1;b=2"}, []pair{{"a", "1"}, {"b", "2"}}},
		"empty pairs":                {[]string{";; a=1;;", " ", ";"}, []pair{{"a", "1"}}},
		"an empty value":             {[]string{"a="}, []pair{{"a", ""}}},
		"equals signs in the value":  {[]string{"a==1=="}, []pair{{"a", "=1=="}}},
		"no equals sign":             {[]string{"a; b=2"}, []pair{{"b", "2"}}},
		"no name":                    {[]string{"=a=1; b=2"}, []pair{{"b", "2"}}},
		"blank before the value":     {[]string{"a= 1"}, nil},
		"blank behind the name":      {[]string{"a =1"}, nil},
		"tab around the equals sign": {[]string{"a\t=1; a=\t1"}, nil},
		"blank in the value":         {[]string{"a=1 2; b=2"}, []pair{{"b", "2"}}},
		"comma in the value":         {[]string{"a=1,2; b=2"}, []pair{{"b", "2"}}},
		"backslash in the value":     {[]string{`a=1\2; b="\"`}, nil},
		"quotes":                     {[]string{`a="1"; b="1 2,3"; c=""`}, []pair{{"a", `"1"`}, {"b", `"1 2,3"`}, {"c", `""`}}},
		"quotes that do not match":   {[]string{`a="1; b=1"; c="; d=1"2; e="1"2"`}, nil},
		"every character of a token": {[]string{"!#$%&'*+-.^_`|~09azAZ=1"}, []pair{{"!#$%&'*+-.^_`|~09azAZ", "1"}}},
		"a separator in the name":    {[]string{`a(=1; a"=1; a,=1; a/=1; a:=1; a@=1; a[=1; a{=1; a\=1; b=2`}, []pair{{"b", "2"}}},
		"letters outside ASCII":      {[]string{"ä=1; a=ä; b=2"}, []pair{{"b", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pairs(header(test.lines...)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// strays are what some parser may trim, and a few things that look like it.
func strays() map[string]string {
	list := map[string]string{}
	for c := rune(0); c <= unicode.MaxRune; c++ {
		if unicode.IsSpace(c) || unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Z, c) {
			list[fmt.Sprintf("%U", c)] = string(c)
		}
	}
	for c := 0x7f; c <= 0xff; c++ { // raw bytes, among them C1 and Latin-1's no-break space
		list[fmt.Sprintf("byte %#x", c)] = string([]byte{byte(c)})
	}
	return list
}

// Blank and tab are the only characters around a pair that do not count.
func TestOnlyBlankAndTabAreTrimmed(t *testing.T) {
	t.Parallel()
	const name, value = "__Host-session", "value"
	for what, stray := range strays() {
		for where, line := range map[string]string{
			"before the name":  stray + name + "=" + value,
			"behind the name":  name + stray + "=" + value,
			"before the value": name + "=" + stray + value,
			"behind the value": name + "=" + value + stray,
			"around the pair":  stray + " " + name + "=" + value + "\t" + stray,
			"in quotes":        name + `="` + stray + `"`,
		} {
			trimmed := (stray == " " || stray == "\t") && (strings.HasPrefix(where, "around") || where == "before the name" || where == "behind the value")
			allowed := trimmed || stray == " " && where == "in quotes"
			for how, line := range map[string]string{"alone": line, "in the middle": "a=1;" + line + ";b=2"} {
				h := header(line)
				found := slices.ContainsFunc(pairs(h), func(p pair) bool { return p.name != "a" && p.name != "b" })
				if found != allowed {
					t.Errorf("%s %s, %s: pairs %q", what, where, how, pairs(h))
				}
				if got := slices.Collect(cookieheader.Values(h, name)); (len(got) > 0) != allowed {
					t.Errorf("%s %s, %s: values %q", what, where, how, got)
				}
				if found := pairs(header("a=1;" + line + ";b=2")); !slices.Contains(found, pair{"b", "2"}) && stray != ";" {
					t.Errorf("%s %s: the pair behind is lost: %q", what, where, found)
				}
			}
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	h := header("ab=0; a=1; xa=2", "b=3", "a=4; A=5; a; a=6 7; aa=8; a=")
	for name, want := range map[string][]string{
		"a": {"1", "4", ""}, "b": {"3"}, "A": {"5"}, "c": nil,
	} {
		if got := slices.Collect(cookieheader.Values(h, name)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestIteratorsStopWhenAsked(t *testing.T) {
	t.Parallel()
	h := header("a=1; a=2", "a=3")
	for range cookieheader.Pairs(h) {
		break
	}
	for value := range cookieheader.Values(h, "a") {
		if value != "1" {
			t.Errorf("went on to %q", value)
		}
		break
	}
}

func TestValuesAllocatesNothing(t *testing.T) {
	for what, h := range map[string]http.Header{
		"the cookie":     header("theme=dark; session=" + strings.Repeat("v", 200)),
		"other cookies":  header("theme=dark"),
		"no cookie":      {},
		"a broken value": header("session=a\x00b"),
	} {
		if got := testing.AllocsPerRun(100, func() {
			for range cookieheader.Values(h, "session") {
				continue
			}
		}); got > 0 {
			t.Errorf("%s: %v allocations", what, got)
		}
	}
}

// What is yielded is always a cookie to net/http too, which trims and allows
// more; and Values is Pairs for one name.
func FuzzPairs(f *testing.F) {
	f.Add("a=1; b=\"2\"", "a")
	f.Add("\u2000a=1;a\v=1;a=\f1;=;;a", "a")
	f.Add("a=\"1 2,3\"\t; \ta==", "a")
	f.Fuzz(func(t *testing.T, line, name string) {
		if strings.Count(line, ";") > 1000 {
			return // net/http has a limit of its own
		}
		h := header(line, line)
		theirs := map[pair]int{}
		for _, c := range (&http.Request{Header: h}).Cookies() {
			value := c.Value
			if c.Quoted {
				value = `"` + value + `"`
			}
			theirs[pair{c.Name, value}]++
		}
		var ofName []string
		for _, p := range pairs(h) {
			if theirs[p]--; theirs[p] < 0 {
				t.Errorf("%q is no cookie to net/http", p)
			}
			for _, c := range []byte(p.name + p.value) {
				if c < ' ' || c >= 0x7f || c == ';' {
					t.Errorf("%q has the byte %#x", p, c)
				}
			}
			if p.name == name {
				ofName = append(ofName, p.value)
			}
		}
		if ofName == nil && strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsLetter(c) }) {
			return // perhaps not a token, as Values wants it
		}
		if got := slices.Collect(cookieheader.Values(h, name)); name != "" && !slices.Equal(got, ofName) {
			t.Errorf("values %q, of the pairs %q", got, ofName)
		}
	})
}

// Set puts a cookie in place of another of its name, leaves all others alone, and
// writes to no slice that the app may hold.
func TestSet(t *testing.T) {
	t.Parallel()
	const mine = "a=1; Path=/; HttpOnly; SameSite=Lax"
	for name, test := range map[string]struct{ before, after []string }{
		"the first":            {nil, []string{mine}},
		"after another":        {[]string{"b=2"}, []string{"b=2", mine}},
		"in place of its own":  {[]string{"a=0; Path=/", "b=2"}, []string{"b=2", mine}},
		"in place of several":  {[]string{"a=0", "b=2", "a="}, []string{"b=2", mine}},
		"names that begin so":  {[]string{"ab=2", "__Host-a=3", "A=4"}, []string{"ab=2", "__Host-a=3", "A=4", mine}},
		"a value that has it":  {[]string{"b=a=1"}, []string{"b=a=1", mine}},
		"a line without value": {[]string{"b"}, []string{"b", mine}},
	} {
		w := httptest.NewRecorder()
		room := append(make([]string, 0, 8), test.before...)
		if len(room) > 0 {
			w.Header()["Set-Cookie"] = room
		}
		cookieheader.Set(w, "a", "1", 0, false)
		if got := w.Header()["Set-Cookie"]; !slices.Equal(got, test.after) {
			t.Errorf("%s: %q, want %q", name, got, test.after)
		}
		if !slices.Equal(room, test.before) || len(room) > 0 && room[:len(room)+1][len(room)] != "" {
			t.Errorf("%s: the app's slice has %q", name, room[:cap(room)])
		}
	}
}
