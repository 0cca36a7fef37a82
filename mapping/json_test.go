package mapping_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"twitterlogin.example/mapping"
)

func TestProfileFromJSON(t *testing.T) {
	t.Parallel()
	got := read(t, ` {
		"zero": 0, "minus": -5, "negativeZero": -0,
		"exact": 9007199254740993, "max": 9223372036854775807, "min": -9223372036854775808,
		"beyond": 9223372036854775808, "below": -9223372036854775809,
		"float": 1.5, "exponent": 1e3, "Exponent": 2E-1, "whole": 1.0,
		"infinite": 1e999,
		"text": "1", "yes": true, "none": null,
		"list": [1, 2.5, [3], {"a": 4}, 9223372036854775808],
		"object": {"n": 9007199254740993, "deep": {"n": 5}},
		"twice": 1, "twice": 2
	} `)
	want := mapping.Profile{
		"zero": int64(0), "minus": int64(-5), "negativeZero": int64(0),
		"exact": int64(9007199254740993), "max": int64(9223372036854775807), "min": int64(-9223372036854775808),
		"beyond": json.Number("9223372036854775808"), "below": json.Number("-9223372036854775809"),
		"float": 1.5, "exponent": float64(1000), "Exponent": 0.2, "whole": float64(1),
		"infinite": json.Number("1e999"),
		"text":     "1", "yes": true, "none": nil,
		"list":   []any{int64(1), 2.5, []any{int64(3)}, map[string]any{"a": int64(4)}, json.Number("9223372036854775808")},
		"object": map[string]any{"n": int64(9007199254740993), "deep": map[string]any{"n": int64(5)}},
		"twice":  int64(2),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
	if got := read(t, `{}`); got == nil || len(got) != 0 {
		t.Errorf("{}: %#v", got)
	}
}

// decoded returns a profile as encoding/json decodes it, with exact numbers, or nil
// where the text is not a JSON object.
func decoded(text []byte) mapping.Profile {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil {
		return nil
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil
	}
	object, _ := exact(value).(map[string]any)
	return object
}

// exact returns a value with the numbers that Profile documents.
func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = exact(member)
		}
	case []any:
		for i, member := range v {
			v[i] = exact(member)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(string(v), ".eE") {
			return f
		}
	}
	return v
}

// A profile is what encoding/json makes of its text, wherever white space, escapes,
// invalid UTF-8 and brackets stand.
func TestProfileAsEncodingJSONDecodesIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{}", " { } ", "\r\n{\t}\t", `{"":""}`, `{"a":{}}`, `{"a":[]}`, `{"a":[ [ ] , { } ]}`,
		`{ "a" : 1 , "b" : 2 }`, "{\n\t\"a\":\r\n-1.5e-3,\n\"b\":[0,-0,1E+2,true,false,null]\n}\n",
		`{"a":",","b":":","c":"]}","d":"{[","e":" "}`, `{",":1,":":2,"}":3}`,
		`{"a":"\"","b":"\\","c":"\\\"","d":"\/\b\f\n\r\t","\\":"\\\\"}`,
		`{"a":"\u0000\u00e9\ud83d\ude00","b":"\ud800","c":"\udc00\ud800","\u0061":"twice"}`,
		"{\"a\":\"\xff\",\"b\":\"\xc3\xa9\xc3\",\"c\":\"\xed\xa0\x80\",\"\xff\":\"name\",\"d\":\"\u2028é😀\x7f\"}",
		`{"a":1e400,"b":-1e400,"c":1e-400,"d":123456789012345678901234567890,"e":0.1,"f":10,"g":-9223372036854775808}`,
		`{"a":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`, `{"a":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
		`{"a":"` + strings.Repeat("x", 1<<16) + `"}`, "{" + strings.Repeat(`"a":1,`, 1000) + `"b":2}`,
		v1Profile, v2Profile,
	} {
		var got mapping.Profile
		body := []byte(text)
		err := got.UnmarshalJSON(body)
		clear(body) // which encoding/json lets a caller use again
		if want := decoded([]byte(text)); !reflect.DeepEqual(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%.80q: %v\ngot  %.200v\nwant %.200v", text, err, got, want)
		}
	}
}

// A hostile profile takes the memory of its values, not of what its commas could part.
func TestMemoryOfAProfile(t *testing.T) {
	body := []byte(`{"a":"` + strings.Repeat(",", 1<<20) + `"}`)
	var before, after runtime.MemStats
	var p mapping.Profile
	runtime.ReadMemStats(&before)
	err := p.UnmarshalJSON(body)
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; err != nil || len(p) != 1 || allocated > 4<<20 {
		t.Errorf("%v, %d members in %d bytes", err, len(p), allocated)
	}
}

func TestProfileInAnEnvelope(t *testing.T) {
	t.Parallel()
	var envelope struct {
		Data mapping.Profile `json:"data"`
	}
	if err := json.Unmarshal([]byte(`{"data":{"id":"7","n":5}}`), &envelope); err != nil {
		t.Fatal(err)
	}
	if want := (mapping.Profile{"id": "7", "n": int64(5)}); !reflect.DeepEqual(envelope.Data, want) {
		t.Errorf("got %#v", envelope.Data)
	}
}

func TestWhatIsNoProfile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `null`, `[]`, `[{"id":1}]`, `"text"`, `5`, `true`, `{`, `{"id":}`, `{"id":1`, `{"id":1,}`, `{id:1}`,
		`<html><body>Sorry</body></html>`, `{"id":1}{"id":2}`, `{"id":1} x`, `{"id":1}]`, `{"id":01}`, `{"a":NaN}`, "\ufeff{}",
	} {
		before := mapping.Profile{"kept": true}
		p := mapping.Profile{"kept": true}
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("Unmarshal takes %q", text)
		}
		if err := p.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("UnmarshalJSON takes %q", text)
		} else if strings.Contains(err.Error(), "Sorry") {
			t.Errorf("the body is in the text: %v", err)
		}
		if !reflect.DeepEqual(p, before) {
			t.Errorf("%q changed the profile: %v", text, p)
		}
	}
}

func TestProfileGoesThroughJSON(t *testing.T) {
	t.Parallel()
	p := read(t, v1Profile)
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if again := read(t, string(b)); !reflect.DeepEqual(again, p) {
		t.Errorf("got %#v", again)
	}
}

func TestMappingFromJSON(t *testing.T) {
	t.Parallel()
	var m mapping.Mapping
	if err := json.Unmarshal([]byte(` {"email":"mail", "entities.url.urls.0.expanded_url":"site", "screen\u005fname":"handle"} `), &m); err != nil {
		t.Fatal(err)
	}
	want := mapping.Fields{"mail": "ada@example.com", "site": "https://example.com/ada", "handle": "ada"}
	if got := apply(t, &m, read(t, v2Profile)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}

	var config struct {
		Profile *mapping.Mapping `json:"profile"`
	}
	if err := json.Unmarshal([]byte(`{"profile":{"name":"name"}}`), &config); err != nil {
		t.Fatal(err)
	}
	if got := config.Profile.Properties(); !slices.Equal(got, []string{"name"}) {
		t.Errorf("got %q", got)
	}
	if err := json.Unmarshal([]byte(`{}`), &m); err != nil || len(m.Properties()) != 0 {
		t.Errorf("an empty table: %q, %v", m.Properties(), err)
	}
}

func TestWhatIsNoTable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `null`, `[]`, `["a"]`, `"a"`, `5`, `{"a":5}`, `{"a":null}`, `{"a":true}`, `{"a":["b"]}`, `{"a":[]}`,
		`{"a":{"b":"c"}}`, `{"a":{}}`, `{"a"}`, `{"a":`, `{"a":"b"`, `{"a":"b",}`, `{"a":"b"]`, `{a:"b"}`, `{5:"b"}`,
		`{"a":"b"} x`, `{"a":"b"}{"c":"d"}`, `{"a":"b" "c":"d"}`, `x`,
		`{"a":"b","a":"c"}`, `{"a":"b","a":"b"}`, `{"a":"b","\u0061":"c"}`,
		`{"a":"x","b":"x"}`, `{"a..b":"x"}`, `{"":"x"}`, `{"a":""}`,
	} {
		m := mapping.Must(map[string]string{"name": "kept"})
		if err := json.Unmarshal([]byte(text), m); err == nil {
			t.Errorf("Unmarshal takes %s", text)
		}
		if err := m.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("UnmarshalJSON takes %s", text)
		}
		if got := m.Properties(); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("%s changed the mapping: %q", text, got)
		}
	}
}

func TestFaultsInJSONAreConfigErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]mapping.ConfigError{
		`{"a":"b","a":"c"}`: {From: "a"},
		`{"a":5}`:           {From: "a"},
		`{"a":null}`:        {From: "a"},
		`{"a..b":"x"}`:      {From: "a..b", To: "x"},
		`{"a":""}`:          {From: "a"},
		`{"a":"x","b":"x"}`: {From: "b", To: "x"},
	} {
		err := json.Unmarshal([]byte(text), new(mapping.Mapping))
		var c *mapping.ConfigError
		if !errors.As(err, &c) || c.From != want.From || c.To != want.To {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAllFaultsInJSONAreToldAtOnce(t *testing.T) {
	t.Parallel()
	err := json.Unmarshal([]byte(`{"a":"x","a":"y","n":5,"o":{"a":["b"]},"b":"x","c..d":"z","e":"fine"}`), new(mapping.Mapping))
	var got []string
	for _, c := range faults(t, err) {
		got = append(got, c.From)
	}
	slices.Sort(got)
	if want := []string{"a", "b", "c..d", "n", "o"}; !slices.Equal(got, want) {
		t.Errorf("got %q: %v", got, err)
	}
}

func TestMappingToJSON(t *testing.T) {
	t.Parallel()
	m := mapping.Must(map[string]string{"name": "full name", "public_metrics.tweet_count": "<posts>"},
		mapping.Rule{From: "email", To: "mail", Required: true})
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"email":"mail","name":"full name","public_metrics.tweet_count":"\u003cposts\u003e"}`; string(b) != want {
		t.Errorf("got %s", b)
	}
	var again mapping.Mapping
	if err := json.Unmarshal(b, &again); err != nil || !slices.Equal(again.Properties(), m.Properties()) {
		t.Errorf("got %q, %v", again.Properties(), err)
	}
	if _, err := again.Apply(nil); err != nil {
		t.Errorf("the rule went through JSON: %v", err)
	}

	if b, err := json.Marshal(&mapping.Mapping{}); err != nil || string(b) != `{}` {
		t.Errorf("the zero Mapping: %s, %v", b, err)
	}
	twice := mapping.Must(map[string]string{"name": "a"}, mapping.Rule{From: "name", To: "b"})
	if b, err := json.Marshal(twice); err == nil {
		t.Errorf("a field of two properties: %s", b)
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	upper := func(v any) (any, error) { return strings.ToUpper(v.(string)), nil }
	m := mapping.Must(map[string]string{"name": "label", "location": "place"},
		mapping.Rule{From: "name", To: "label", Required: true, Convert: upper})
	p := mapping.Profile{"name": "Ada", "username": "ada_l", "location": "here", "url": "https://example.com"}

	other, err := m.With(map[string]string{"screen_name": "label", "url": "site"})
	if err != nil {
		t.Fatal(err)
	}
	want := mapping.Fields{"label": "ADA_L", "place": "here", "site": "https://example.com"}
	if got := apply(t, other, p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got := other.Properties(); !slices.Equal(got, []string{"label", "place", "site"}) {
		t.Errorf("properties %q", got)
	}
	_, err = other.Apply(mapping.Profile{"name": "Ada"})
	var e *mapping.Error
	if !errors.Is(err, mapping.ErrRequired) || !errors.As(err, &e) || e.Field != "screen_name" || e.Property != "label" {
		t.Errorf("the rule is gone, or names another field: %v", err)
	}

	want = mapping.Fields{"label": "ADA", "place": "here"}
	if got := apply(t, m, p); !reflect.DeepEqual(got, want) {
		t.Errorf("With changed its receiver: %v", got)
	}
	for _, nothing := range []map[string]string{nil, {}} {
		if same, err := m.With(nothing); err != nil || !reflect.DeepEqual(apply(t, same, p), want) {
			t.Errorf("With of nothing: %v", err)
		}
	}
}

func TestWithRefuses(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]string{
		{"a..b": "name"}, {"": "name"}, {"name": ""}, {"name": "x", "url": "x"}, {"screen_name": "name", "username": "name"},
	} {
		m, err := mapping.Default().With(table)
		if got := faults(t, err); len(got) != 1 || m != nil {
			t.Errorf("%v: %v, %v", table, m, err)
		}
	}
	if _, err := mapping.Default().With(map[string]string{"a.": "x", ".b": "y"}); len(faults(t, err)) != 2 {
		t.Errorf("not all faults: %v", err)
	}
}

func TestWithOfTheZeroMapping(t *testing.T) {
	t.Parallel()
	var zero mapping.Mapping
	m, err := zero.With(map[string]string{"name": "name"})
	if err != nil || !slices.Equal(m.Properties(), []string{"name"}) {
		t.Errorf("%v, %v", m, err)
	}
}

func TestOnlyIdentity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from []string
		want bool
	}{
		{nil, true},
		{[]string{"id"}, true},
		{[]string{"id_str", "screen_name"}, true},
		{[]string{"id", "username"}, true},
		{[]string{"name"}, false},
		{[]string{"id", "screen_name", "email"}, false},
		{[]string{"status.id"}, false},
		{[]string{"entities.screen_name"}, false},
	}
	for _, tt := range tests {
		table := map[string]string{}
		for _, from := range tt.from {
			table[from] = "p_" + from
		}
		if got := mapping.Must(table).OnlyIdentity(); got != tt.want {
			t.Errorf("%q: %v", tt.from, got)
		}
	}
	if mapping.Must(map[string]string{"id": "id"}, mapping.Rule{From: "email", To: "email"}).OnlyIdentity() {
		t.Error("a rule's field is not seen")
	}
	if mapping.Default().OnlyIdentity() {
		t.Error("the default needs no profile?")
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, member string
		want         bool
	}{
		{"entities.url.urls.0.expanded_url", "entities", true},
		{"entities", "entities", true},
		{"entities.url", "url", false},
		{"entities_more", "entities", false},
		{"followers_count", "public_metrics", true}, // where v2 has it
		{"public_metrics.followers_count", "followers_count", true},
		{"email", "confirmed_email", true},
		{"confirmed_email", "email", true},
		{"name", "email", false},
		{"status.created_at", "status", true},
		{"name", "", false},
	}
	for _, tt := range tests {
		if got := mapping.Must(nil, mapping.Rule{From: tt.from, To: "p"}).Needs(tt.member); got != tt.want {
			t.Errorf("%s needs %s: %v", tt.from, tt.member, got)
		}
	}
	for from, want := range map[string]bool{"email": true, "confirmed_email": true, "name": false, "entities.email": false} {
		if got := mapping.Must(map[string]string{from: "p"}).NeedsEmail(); got != want {
			t.Errorf("%s needs the email: %v", from, got)
		}
	}
	if (&mapping.Mapping{}).Needs("email") || (&mapping.Mapping{}).NeedsEmail() {
		t.Error("the zero Mapping needs something")
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	m := mapping.Must(map[string]string{"name": "zed", "email": "alpha"}, mapping.Rule{From: "url", To: "mid"})
	got := m.Properties()
	if want := []string{"alpha", "mid", "zed"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	got[0] = "changed"
	if m.Properties()[0] != "alpha" {
		t.Error("the caller can change the mapping")
	}
	if got := mapping.Default().Properties(); !slices.Equal(got, []string{"email", "name", "profileImage", "screenName"}) {
		t.Errorf("default: %q", got)
	}
	if got := (&mapping.Mapping{}).Properties(); len(got) != 0 {
		t.Errorf("zero: %q", got)
	}
}

func TestErrorTexts(t *testing.T) {
	t.Parallel()
	for _, e := range []*mapping.Error{
		{Property: "age", Field: "location", Err: mapping.ErrRequired},
		{Property: "age", Field: "location", Err: errors.New("parsing secret")},
		{Property: "age", Field: "location"},
	} {
		text := e.Error()
		if !strings.Contains(text, "age") || !strings.Contains(text, "location") || strings.Contains(text, "secret") {
			t.Errorf("got %q", text)
		}
		if errors.Is(e.Err, mapping.ErrRequired) && !strings.Contains(text, mapping.ErrRequired.Error()) {
			t.Errorf("the cause is not told: %q", text)
		}
	}
	c := &mapping.ConfigError{From: "a\nb", To: "x", Reason: "why"}
	if text := c.Error(); strings.Contains(text, "\n") || !strings.Contains(text, "why") {
		t.Errorf("got %q", text)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	m := mapping.Must(map[string]string{"id": "id", "entities": "more", "created_at": "joined"},
		mapping.Rule{From: "profile_image_url", To: "picture", Convert: mapping.Image("bigger")})
	p := read(t, v1Profile)
	want := apply(t, m, p)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			f, err := m.Apply(p)
			if err != nil || !reflect.DeepEqual(f, want) {
				t.Errorf("%v, %v", f, err)
			}
			if _, err := m.With(map[string]string{"name": "id"}); err != nil {
				t.Error(err)
			}
			f["more"].(map[string]any)["mine"] = true
		})
	}
	wg.Wait()
}
