package mapping_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
)

func TestString(t *testing.T) {
	t.Parallel()
	f := mapping.Fields{"text": "a", "empty": "", "number": int64(1), "nil": nil, "list": []any{"a"}, "json": json.Number("1")}
	for property, want := range map[string]bool{"text": true, "empty": true, "number": false, "nil": false, "list": false, "json": false, "missing": false} {
		got, ok := f.String(property)
		if ok != want || property == "text" && got != "a" || property != "text" && got != "" {
			t.Errorf("%s: %q, %v", property, got, ok)
		}
	}
}

func TestInt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		title string
		value any
		want  int64
		ok    bool
	}{
		{"int64", int64(9007199254740993), 9007199254740993, true},
		{"zero", int64(0), 0, true},
		{"int", 7, 7, true},
		{"json.Number", json.Number("9007199254740993"), 9007199254740993, true},
		{"whole float64", float64(12), 12, true},
		{"negative float64", float64(-12), -12, true},
		{"below 2^53", float64(1<<53 - 1), 1<<53 - 1, true},
		{"2^53, to which 2^53+1 is rounded", float64(1 << 53), 0, false},
		{"int8", int8(-5), -5, true},
		{"uint64", uint64(7), 7, true},
		{"float32", float32(12), 12, true},
		{"the app's own type", time.Duration(7), 7, true},
		{"float64 that may have been rounded", float64(1<<53 + 2), 0, false},
		{"negative of the same", -float64(1<<53 + 2), 0, false},
		{"fraction", 1.5, 0, false},
		{"not a number", math.NaN(), 0, false},
		{"infinity", math.Inf(1), 0, false},
		{"negative infinity", math.Inf(-1), 0, false},
		{"json.Number with a fraction", json.Number("1.5"), 0, false},
		{"text", "7", 0, false},
		{"bool", true, 0, false},
		{"nil", nil, 0, false},
	}
	for _, tt := range tests {
		got, ok := mapping.Fields{"p": tt.value}.Int("p")
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.title, got, ok)
		}
	}
	for _, v := range []any{json.Number("9223372036854775808"), uint64(1 << 63), uint64(math.MaxUint64)} {
		if n, ok := (mapping.Fields{"p": v}).Int("p"); ok || n != 0 {
			t.Errorf("%T %v is taken for the int64 %d", v, v, n)
		}
	}
}

func TestBool(t *testing.T) {
	t.Parallel()
	f := mapping.Fields{"yes": true, "no": false, "text": "true", "one": int64(1), "nil": nil}
	for property, want := range map[string][2]bool{
		"yes": {true, true}, "no": {false, true}, "text": {}, "one": {}, "nil": {}, "missing": {},
	} {
		if got, ok := f.Bool(property); got != want[0] || ok != want[1] {
			t.Errorf("%s: %v, %v", property, got, ok)
		}
	}
}

func TestTimeOfFields(t *testing.T) {
	t.Parallel()
	want := time.Date(2009, 5, 9, 17, 58, 22, 0, time.UTC)
	f := mapping.Fields{
		"v1":    "Sat May 09 17:58:22 +0000 2009",
		"v2":    "2009-05-09T17:58:22Z",
		"east":  "2009-05-09T19:58:22+02:00",
		"time":  want.In(time.FixedZone("west", -3600)),
		"text":  "soon",
		"empty": "",
		"int":   int64(5),
		"nil":   nil,
	}
	for _, property := range []string{"v1", "v2", "east", "time"} {
		if got, ok := f.Time(property); !ok || got != want {
			t.Errorf("%s: %v, %v", property, got, ok)
		}
	}
	for _, property := range []string{"text", "empty", "int", "nil", "missing"} {
		if got, ok := f.Time(property); ok || !got.IsZero() {
			t.Errorf("%s: %v, %v", property, got, ok)
		}
	}
}

func TestNilFields(t *testing.T) {
	t.Parallel()
	var f mapping.Fields
	if _, ok := f.String("p"); ok {
		t.Error("String")
	}
	if _, ok := f.Int("p"); ok {
		t.Error("Int")
	}
	if _, ok := f.Bool("p"); ok {
		t.Error("Bool")
	}
	if _, ok := f.Time("p"); ok {
		t.Error("Time")
	}
	user := struct{ Name string }{"kept"}
	if err := f.Decode(&user); err != nil || user.Name != "kept" {
		t.Errorf("Decode: %+v, %v", user, err)
	}
	number := 5
	if err := f.Decode(&number); err == nil {
		t.Error("Decode into a number")
	}
}

type user struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Followers int64          `json:"followers"`
	Huge      json.Number    `json:"huge"`
	Unsigned  uint64         `json:"unsigned"`
	Private   bool           `json:"private"`
	Joined    time.Time      `json:"joined"`
	Text      time.Time      `json:"joinedText"`
	Email     *string        `json:"email"`
	Links     []string       `json:"links"`
	More      map[string]any `json:"more"`
	Hidden    string         `json:"-"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	joined := time.Date(2009, 5, 9, 17, 58, 22, 0, time.UTC)
	mail := "a@example.com"
	f := mapping.Fields{
		"id":         "1234567890123456789",
		"name":       `<b>"Ada"</b> 🦉 & co` + "\u2028",
		"followers":  int64(math.MaxInt64),
		"huge":       json.Number("123456789012345678901234567890"),
		"unsigned":   json.Number("18446744073709551615"),
		"private":    true,
		"joined":     joined,
		"joinedText": "2009-05-09T17:58:22Z",
		"email":      mail,
		"links":      []any{"https://example.com"},
		"more":       map[string]any{"a": int64(9007199254740993)},
		"Hidden":     "x",
		"unknown":    "ignored",
	}
	want := user{
		ID: "1234567890123456789", Name: `<b>"Ada"</b> 🦉 & co` + "\u2028", Followers: math.MaxInt64,
		Huge: "123456789012345678901234567890", Unsigned: math.MaxUint64, Private: true,
		Joined: joined, Text: joined, Email: &mail, Links: []string{"https://example.com"},
		More: map[string]any{"a": json.Number("9007199254740993")},
	}
	var got user
	if err := f.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeUpdates(t *testing.T) {
	t.Parallel()
	mail := "old@example.com"
	got := user{ID: "1", Name: "Old", Followers: 5, Private: true, Email: &mail, Links: []string{"a", "b"}, Hidden: "kept"}
	f := mapping.Fields{"name": "", "followers": int64(0), "private": false}
	if err := f.Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := user{ID: "1", Email: &mail, Links: []string{"a", "b"}, Hidden: "kept"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if err := (mapping.Fields{}).Decode(&got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}

func TestDecodeOfAProfile(t *testing.T) {
	t.Parallel()
	m := mapping.Must(map[string]string{
		"id": "id", "name": "name", "followers_count": "followers", "protected": "private", "email": "email",
	}, mapping.Rule{From: "created_at", To: "joined", Convert: mapping.Time})
	var users [2]user
	for i, text := range []string{v1Profile, v2Profile} {
		if err := apply(t, m, read(t, text)).Decode(&users[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(users[0], users[1]) {
		t.Errorf("the APIs differ: %+v and %+v", users[0], users[1])
	}
	if u := users[0]; u.ID != "1234567890123456789" || u.Followers != 9007199254740993 || *u.Email != "ada@example.com" || u.Joined.IsZero() {
		t.Errorf("got %+v", u)
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	var u user
	for title, fault := range map[string]struct {
		fields mapping.Fields
		into   any
	}{
		"number for text":   {mapping.Fields{"name": int64(5)}, &u},
		"text for a number": {mapping.Fields{"followers": "5"}, &u},
		"fraction":          {mapping.Fields{"followers": 1.5}, &u},
		"too large":         {mapping.Fields{"followers": json.Number("9223372036854775808")}, &u},
		"no date":           {mapping.Fields{"joined": "soon"}, &u},
		"a channel":         {mapping.Fields{"name": make(chan int)}, &u},
		"no pointer":        {mapping.Fields{"name": "a"}, u},
		"nil":               {mapping.Fields{"name": "a"}, nil},
		"nil pointer":       {mapping.Fields{"name": "a"}, (*user)(nil)},
		"not a struct":      {mapping.Fields{"name": "a"}, new(int)},
	} {
		err := fault.fields.Decode(fault.into)
		if err == nil {
			t.Errorf("%s: no error", title)
		} else if errors.Unwrap(err) == nil {
			t.Errorf("%s: the cause is lost: %v", title, err)
		}
	}
}

func TestDecodeErrorsQuoteNoValues(t *testing.T) {
	t.Parallel()
	var u user
	for _, f := range []mapping.Fields{
		{"followers": "secret"}, {"followers": json.Number("98765432109876543210")}, {"joined": "secret"}, {"huge": "secret"},
	} {
		if err := f.Decode(&u); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "98765") {
			t.Errorf("%v: %v", f, err)
		}
	}
	err := mapping.Fields{"followers": "secret"}.Decode(&u)
	var mismatch *json.UnmarshalTypeError
	if !strings.Contains(err.Error(), "followers") || !errors.As(err, &mismatch) {
		t.Errorf("the property or the cause is lost: %v", err)
	}
}
