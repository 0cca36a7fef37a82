package mapping_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
)

func TestRequired(t *testing.T) {
	t.Parallel()
	m := mapping.Must(map[string]string{"email": "mail", "name": "name"},
		mapping.Rule{From: "email", To: "mail", Required: true})
	for title, profile := range map[string]string{
		"absent": `{"name":"Ada"}`,
		"null":   `{"name":"Ada","email":null}`,
		"empty":  `{"name":"Ada","email":""}`,
		"spaces": `{"name":"Ada","email":"  "}`,
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			f, err := m.Apply(read(t, profile))
			if f != nil {
				t.Errorf("fields %v came with the error", f)
			}
			if !errors.Is(err, mapping.ErrRequired) {
				t.Fatalf("error %v", err)
			}
			var e *mapping.Error
			if !errors.As(err, &e) || e.Property != "mail" || e.Field != "email" || e.Err != mapping.ErrRequired {
				t.Errorf("error %#v", e)
			}
			if !strings.Contains(err.Error(), "mail") {
				t.Errorf("the text names no property: %v", err)
			}
		})
	}
	if f := apply(t, m, read(t, v2Profile)); f["mail"] != "ada@example.com" {
		t.Errorf("got %v", f)
	}
}

func TestRequiredOfOtherValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, profile string
		ok            bool
	}{
		{"name", `{"name":""}`, false},
		{"name", `{"name":"a"}`, true},
		{"followers_count", `{"followers_count":0}`, true},
		{"protected", `{"protected":false}`, true},
		{"entities", `{"entities":{"a":1}}`, true},
		{"list", `{"list":[null]}`, true},
		{"entities", `{"entities":{}}`, false}, // to X the same as null
		{"entities", `{"entities":{"a":null}}`, false},
		{"list", `{"list":[]}`, false},
		{"created_at", `{"created_at":5}`, false},
		{"id", `{"id":0}`, false},
		{"url", `{"url":"javascript:alert(1)"}`, false},
		{"url", `{"url":""}`, false},
		{"profile_image_url_https", `{"profile_image_url":"http://h/a.png"}`, false},
		{"created_at", `{"created_at":"soon"}`, false},
	}
	for _, tt := range tests {
		_, err := mapping.Must(nil, mapping.Rule{From: tt.from, To: "p", Required: true}).Apply(read(t, tt.profile))
		if tt.ok != (err == nil) || !tt.ok && !errors.Is(err, mapping.ErrRequired) {
			t.Errorf("%s of %s: %v", tt.from, tt.profile, err)
		}
	}
}

func TestAllPropertiesThatFailAreTold(t *testing.T) {
	t.Parallel()
	refuse := func(any) (any, error) { return nil, io.ErrUnexpectedEOF }
	m := mapping.Must(map[string]string{"location": "place"},
		mapping.Rule{From: "email", To: "email", Required: true},
		mapping.Rule{From: "username", To: "handle", Convert: refuse},
		mapping.Rule{From: "url", To: "site", Required: true},
	)
	f, err := m.Apply(mapping.Profile{"screen_name": "secret-value", "location": "here"})
	if f != nil {
		t.Errorf("fields %v", f)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Fatalf("error %v", err)
	}
	if !errors.Is(err, mapping.ErrRequired) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("causes are lost: %v", err)
	}
	if strings.Contains(err.Error(), "secret-value") {
		t.Errorf("the value is in the text: %v", err)
	}
	for i, want := range []mapping.Error{
		{Property: "email", Field: "email", Err: mapping.ErrRequired},
		{Property: "handle", Field: "username", Err: io.ErrUnexpectedEOF},
		{Property: "site", Field: "url", Err: mapping.ErrRequired},
	} {
		var e *mapping.Error
		if !errors.As(joined.Unwrap()[i], &e) || *e != want {
			t.Errorf("error %d: %#v, want %#v", i, e, want)
		}
	}
}

func TestConvertSeesTheOneForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from string
		want any
	}{
		{"id", "1234567890123456789"},
		{"followers_count", int64(9007199254740993)},
		{"created_at", "2013-12-14T04:35:55Z"},
		{"username", "ada"},
		{"protected", false},
	}
	for _, tt := range tests {
		for _, text := range []string{v1Profile, v2Profile} {
			var seen []any
			m := mapping.Must(nil, mapping.Rule{From: tt.from, To: "p", Convert: func(v any) (any, error) {
				seen = append(seen, v)
				return "converted", nil
			}})
			if f := apply(t, m, read(t, text)); f["p"] != "converted" {
				t.Errorf("%s: got %v", tt.from, f)
			}
			if len(seen) != 1 || seen[0] != tt.want {
				t.Errorf("%s: Convert saw %#v, want %#v once", tt.from, seen, tt.want)
			}
		}
	}
}

func TestConvertIsNotCalledForNothing(t *testing.T) {
	t.Parallel()
	m := mapping.Must(nil, mapping.Rule{From: "email", To: "p", Convert: func(v any) (any, error) {
		t.Errorf("called with %#v", v)
		return "invented", nil
	}})
	for _, text := range []string{`{}`, `{"email":null}`, `{"email":""}`, `{"email":7}`} {
		if f := apply(t, m, read(t, text)); len(f) != 0 {
			t.Errorf("%s: %v", text, f)
		}
	}
}

func TestWhatConvertReturns(t *testing.T) {
	t.Parallel()
	returns := func(v any, err error) func(any) (any, error) {
		return func(any) (any, error) { return v, err }
	}
	p := mapping.Profile{"name": "Ada"}
	apply1 := func(required bool, convert func(any) (any, error)) (mapping.Fields, error) {
		return mapping.Must(nil, mapping.Rule{From: "name", To: "p", Required: required, Convert: convert}).Apply(p)
	}

	if f, err := apply1(false, returns(nil, nil)); err != nil || f == nil || len(f) != 0 {
		t.Errorf("nil: %v, %v", f, err)
	}
	if _, err := apply1(true, returns(nil, nil)); !errors.Is(err, mapping.ErrRequired) {
		t.Errorf("nil for a required property: %v", err)
	}
	if f, err := apply1(false, returns("", nil)); err != nil || f["p"] != "" || len(f) != 1 {
		t.Errorf("empty: %v, %v", f, err)
	}
	if _, err := apply1(true, returns("", nil)); !errors.Is(err, mapping.ErrRequired) {
		t.Errorf("empty for a required property: %v", err)
	}
	if f, err := apply1(true, returns([]string{"a"}, nil)); err != nil || len(f["p"].([]string)) != 1 {
		t.Errorf("a type of the app's own: %v, %v", f, err)
	}
	if f, err := apply1(false, returns("both", io.EOF)); f != nil || !errors.Is(err, io.EOF) || errors.Is(err, mapping.ErrRequired) {
		t.Errorf("error: %v, %v", f, err)
	}
}

func TestConvertGetsACopy(t *testing.T) {
	t.Parallel()
	p := mapping.Profile{"entities": map[string]any{"a": int64(1)}}
	m := mapping.Must(nil, mapping.Rule{From: "entities", To: "p", Convert: func(v any) (any, error) {
		v.(map[string]any)["a"] = "changed"
		return v, nil
	}})
	apply(t, m, p)
	if got := p["entities"].(map[string]any)["a"]; got != int64(1) {
		t.Errorf("the profile has %v", got)
	}
}

func TestRulesRefineOrAdd(t *testing.T) {
	t.Parallel()
	upper := func(v any) (any, error) { return strings.ToUpper(v.(string)), nil }
	p := mapping.Profile{"screen_name": "ada", "name": "Ada"}

	t.Run("refine", func(t *testing.T) {
		t.Parallel()
		f := apply(t, mapping.Must(map[string]string{"screen_name": "handle"},
			mapping.Rule{From: "screen_name", To: "handle", Convert: upper}), p)
		if len(f) != 1 || f["handle"] != "ADA" {
			t.Errorf("got %v", f)
		}
	})
	t.Run("refine under the other name", func(t *testing.T) {
		t.Parallel()
		f := apply(t, mapping.Must(map[string]string{"screen_name": "handle"},
			mapping.Rule{From: "username", To: "handle", Convert: upper}), p)
		if len(f) != 1 || f["handle"] != "ADA" {
			t.Errorf("got %v", f)
		}
	})
	t.Run("add", func(t *testing.T) {
		t.Parallel()
		f := apply(t, mapping.Must(map[string]string{"name": "name"},
			mapping.Rule{From: "screen_name", To: "handle", Convert: upper}), p)
		if len(f) != 2 || f["handle"] != "ADA" || f["name"] != "Ada" {
			t.Errorf("got %v", f)
		}
	})
	t.Run("one field for several", func(t *testing.T) {
		t.Parallel()
		f := apply(t, mapping.Must(map[string]string{"screen_name": "handle"},
			mapping.Rule{From: "screen_name", To: "shout", Convert: upper},
			mapping.Rule{From: "screen_name", To: "again"}), p)
		if len(f) != 3 || f["handle"] != "ada" || f["shout"] != "ADA" || f["again"] != "ada" {
			t.Errorf("got %v", f)
		}
	})
}

func TestRulesThatConflict(t *testing.T) {
	t.Parallel()
	table := map[string]string{"screen_name": "handle"}
	tests := []struct {
		title string
		rules []mapping.Rule
		count int
	}{
		{"another field", []mapping.Rule{{From: "name", To: "handle"}}, 1},
		{"two that refine", []mapping.Rule{{From: "screen_name", To: "handle"}, {From: "screen_name", To: "handle"}}, 1},
		{"two that add", []mapping.Rule{{From: "name", To: "x"}, {From: "name", To: "x"}}, 1},
		{"two fields", []mapping.Rule{{From: "name", To: "x"}, {From: "url", To: "x"}}, 1},
		{"no property", []mapping.Rule{{From: "name"}}, 1},
		{"no field", []mapping.Rule{{To: "x"}}, 1},
		{"nothing", []mapping.Rule{{}}, 2},
		{"broken, then again", []mapping.Rule{{From: "a..b", To: "x"}, {From: "name", To: "x"}}, 2},
		{"each of its own", []mapping.Rule{{From: "name", To: "handle"}, {From: "a..b", To: "x"}}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.title, func(t *testing.T) {
			t.Parallel()
			_, err := mapping.New(table, tt.rules...)
			if got := faults(t, err); len(got) != tt.count {
				t.Errorf("faults: %v", err)
			}
		})
	}
}

func TestImageSizes(t *testing.T) {
	t.Parallel()
	const at = "https://pbs.twimg.com/profile_images/1/"
	tests := []struct {
		size, from, want string
	}{
		{"", "ada_normal.jpg", "ada.jpg"},
		{"400x400", "ada_normal.jpg", "ada_400x400.jpg"},
		{"bigger", "ada_normal.jpeg", "ada_bigger.jpeg"},
		{"mini", "ada_normal.png", "ada_mini.png"},
		{"normal", "ada_normal.gif", "ada_normal.gif"},
		{"bigger", "my_normal_day_normal.jpg", "my_normal_day_bigger.jpg"},
		{"bigger", "my_normal_day.jpg", "my_normal_day.jpg"},
		{"bigger", "a_normal/b.jpg", "a_normal/b.jpg"},
		{"bigger", "a_normal.d/b", "a_normal.d/b"},
		{"bigger", "a_normal_normal.jpg", "a_normal_bigger.jpg"},
		{"bigger", "ada_NORMAL.jpg", "ada_NORMAL.jpg"},
		{"bigger", "adanormal.jpg", "adanormal.jpg"},
		{"bigger", "ada_normal.tar.jpg", "ada_normal.tar.jpg"},
		{"bigger", "default_profile.png", "default_profile.png"},
		{"", "_normal.jpg", "_normal.jpg"}, // no name would be left
		{"400x400", "ada_normal", "ada_400x400"},
		{"", "ada_normal", "ada"},
		{"mini", "ada_normal.jpg?a=b_normal.jpg", "ada_mini.jpg?a=b_normal.jpg"},
		{"mini", "ada.jpg?a=b_normal.jpg", "ada.jpg?a=b_normal.jpg"},
		{"mini", "ada_normal.jpg#x_normal", "ada_mini.jpg#x_normal"},
		{"mini", "ada_normal?a=/b.c", "ada_mini?a=/b.c"},
		{"bigger", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.size+" "+tt.from, func(t *testing.T) {
			t.Parallel()
			m, err := mapping.New(map[string]string{"profile_image_url_https": "picture"},
				mapping.Rule{From: "profile_image_url_https", To: "picture", Convert: mapping.Image(tt.size)})
			if err != nil {
				t.Fatal(err)
			}
			f := apply(t, m, mapping.Profile{"profile_image_url": at + tt.from})
			if f["picture"] != at+tt.want {
				t.Errorf("got %v", f["picture"])
			}
		})
	}
}

func TestImageLeavesTheHostAlone(t *testing.T) {
	t.Parallel()
	convert := mapping.Image("bigger")
	for _, address := range []string{
		"https://a_normal.example", "https://a_normal.example/", "https://a_normal", "https://a_normal?x", "a_normal.jpg",
		"https://h/", "https://h", "https://", "?", "#_normal", "_normal",
	} {
		if got, err := convert(address); got != address || err != nil {
			t.Errorf("%q: %v, %v", address, got, err)
		}
	}
}

func TestImageOfNoAddress(t *testing.T) {
	t.Parallel()
	convert := mapping.Image("bigger")
	if got, err := convert(""); got != "" || err != nil {
		t.Errorf("empty: %v, %v", got, err)
	}
	for _, v := range []any{nil, int64(5), []any{}, true} {
		if got, err := convert(v); got != nil || err == nil {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
}

func TestUnknownImageSizesAreRefused(t *testing.T) {
	t.Parallel()
	for _, size := range []string{"huge", "Normal", "_normal", "400X400", "73", " ", "../../x"} {
		convert := mapping.Image(size)
		_, err := mapping.New(map[string]string{"name": "name"},
			mapping.Rule{From: "profile_image_url", To: "picture", Convert: convert})
		if got := faults(t, err); len(got) != 1 || got[0].To != "picture" || got[0].From != "profile_image_url" {
			t.Errorf("%q: %v", size, err)
		}
		_, err = mapping.New(map[string]string{"profile_image_url": "picture"},
			mapping.Rule{From: "profile_image_url", To: "picture", Convert: convert})
		if got := faults(t, err); len(got) != 1 {
			t.Errorf("%q refining: %v", size, err)
		}
		if _, err := mapping.New(nil, mapping.Rule{From: "url", To: "a", Convert: mapping.Image("mini")}); err != nil {
			t.Errorf("a size that exists: %v", err)
		}
		if v, err := convert("https://h/a_normal.png"); v != nil || err == nil {
			t.Errorf("%q on its own: %v, %v", size, v, err)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2013, 12, 14, 4, 35, 55, 0, time.UTC)
	for _, v := range []any{
		"Sat Dec 14 04:35:55 +0000 2013",
		"Sat Dec 14 05:35:55 +0100 2013",
		"2013-12-14T04:35:55.000Z",
		"2013-12-14T04:35:55Z",
		"2013-12-13T23:35:55-05:00",
		want,
		want.In(time.FixedZone("east", 7200)),
	} {
		got, err := mapping.Time(v)
		if err != nil || got != want { // the zone counts too
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
	for _, v := range []any{nil, "", "now", int64(1386995755), "2013-12-14", "Sun Dec 32 04:35:55 +0000 2013", "9999-12-31T23:59:59-01:00", true} {
		if got, err := mapping.Time(v); got != nil || err == nil {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}

	m := mapping.Must(nil, mapping.Rule{From: "created_at", To: "joined", Convert: mapping.Time})
	for _, text := range []string{v1Profile, v2Profile} {
		if f := apply(t, m, read(t, text)); f["joined"] != want {
			t.Errorf("got %v", f)
		}
	}
	if f := apply(t, m, mapping.Profile{"created_at": "soon"}); len(f) != 0 {
		t.Errorf("no date: %v", f)
	}
	if f := apply(t, m, mapping.Profile{"created_at": int64(5)}); len(f) != 0 {
		t.Errorf("a number is taken for a date: %v", f)
	}
	m = mapping.Must(nil, mapping.Rule{From: "name", To: "joined", Convert: mapping.Time})
	if _, err := m.Apply(mapping.Profile{"name": "Ada"}); err == nil || strings.Contains(err.Error(), "Ada") {
		t.Errorf("a name is taken for a date, or told: %v", err)
	}
}

func TestHasRequired(t *testing.T) {
	t.Parallel()
	optional := mapping.Rule{From: "name", To: "name", Convert: func(v any) (any, error) { return v, nil }}
	required := mapping.Rule{From: "email", To: "email", Required: true}
	for name, test := range map[string]struct {
		m    *mapping.Mapping
		want bool
	}{
		"the zero mapping":      {&mapping.Mapping{}, false},
		"the default":           {mapping.Default(), false},
		"a table":               {mapping.Must(map[string]string{"email": "email"}), false},
		"a rule":                {mapping.Must(nil, optional), false},
		"a required property":   {mapping.Must(nil, required), true},
		"one of two":            {mapping.Must(map[string]string{"email": "email"}, optional, required), true},
		"required of the ID":    {mapping.Must(nil, mapping.Rule{From: "id", To: "id", Required: true}), true},
		"another source for it": {withFields(t, mapping.Must(nil, required), "description", "email"), true},
	} {
		if got := test.m.HasRequired(); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func withFields(t *testing.T, m *mapping.Mapping, from, to string) *mapping.Mapping {
	t.Helper()
	with, err := m.With(map[string]string{from: to})
	if err != nil {
		t.Fatal(err)
	}
	return with
}
