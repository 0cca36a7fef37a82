package mapping_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
)

func unmarshal(text []byte) (p mapping.Profile, err error) {
	err = p.UnmarshalJSON(text)
	return p, err
}

// referenceProfile reads a profile with encoding/json, by which the package's own
// reader is checked.
func referenceProfile(text []byte) (mapping.Profile, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something is behind the object")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("no object")
	}
	for name, member := range object {
		object[name] = exactly(member)
	}
	return object, nil
}

func exactly(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = exactly(member)
		}
	case []any:
		for i, member := range v {
			v[i] = exactly(member)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if strings.ContainsAny(string(v), ".eE") {
			if f, err := v.Float64(); err == nil {
				return f
			}
		}
	}
	return v
}

// checkReader compares the package's reader with encoding/json.
func checkReader(t *testing.T, text []byte) {
	t.Helper()
	before := bytes.Clone(text)
	got, err := unmarshal(text)
	want, wantErr := referenceProfile(text)
	switch {
	case (err == nil) != (wantErr == nil):
		t.Errorf("%.200q: %v, and encoding/json: %v", text, err, wantErr)
	case err == nil && !reflect.DeepEqual(got, want):
		t.Errorf("%.200q:\ngot  %#v\nwant %#v", text, got, want)
	case !bytes.Equal(text, before):
		t.Errorf("%.200q was changed", before)
	}
}

// oddJSON are values at the edges of the grammar, well-formed and malformed ones.
var oddJSON = []string{
	// Numbers.
	`0`, `-0`, `-`, `+1`, `01`, `-01`, `1.`, `.5`, `1.0`, `-1.5e+10`, `1e5`, `1E-5`, `1e`, `1e+`, `1e-x`, `1.e5`, `0x10`, `1_0`,
	`9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`, `1e999`, `-1e999`, `1e-999`,
	`0.1e1`, `00`, `0e0`, `- 1`, `1 2`, `Infinity`, `NaN`, `1.7976931348623157e308`, `１`,
	// Strings.
	`""`, `"a`, `"`, `"\"`, `"\\"`, `"\\\"`, `"\""`, `"a\/b"`, `"\/\/"`, `"\\/"`, `"\\\/"`, `"\/\n"`, `"é\/"`, "\"\xff\\/\"", `"\b\f\n\r\t"`, `"\a"`, `"\x41"`, `"\u0041"`, `"\u004"`, `"\u00zz"`, `"\u"`,
	`"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\u0041"`, `"\ud83dx"`, `"\uD83D\uDE00"`, `"\u0000"`, `"\u2028"`,
	"\"\x00\"", "\"\x1f\"", "\"\t\"", "\"\n\"", "\"\x7f\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"a\xe2\x82\"", "\"\xe2\x82\xac\"", "\"\xf0\x9f\x98\x80 \\u00e9\"",
	"\"\xff\\n\"", "\"\\\xff\"", "\"\u2028\"", `'a'`, "\"\xff\x01\"",
	// Literals.
	`true`, `false`, `null`, `tru`, `truex`, `True`, `nul`, `nulll`, `falsé`, `undefined`,
	// Lists and objects.
	`[]`, `[ ]`, `[1]`, `[1,]`, `[,1]`, `[1 2]`, `[1`, `[`, `]`, `[1}`, `[[]]`, `[[],[]]`, `[[[[{}]]]]`, `[null]`, "[1\n,\t2\r]",
	`{}`, `{ }`, `{"a":1}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{"a" :1}`, `{a:1}`, `{1:1}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, `{"a":{"x":1},"a":{"y":2}}`,
	`{"\u0061":1,"a":2}`, `{"":1}`, `{"a":1]`, `{"a":1`, `{"a`, `{null:1}`, "{\"\xff\":1}", `{"a":{}}`, `{"a":[{}]}`,
	// Space and comments.
	"\u00a01", "\v1", "\f1", "\ufeff1", `1/**/`, `//`, "", " ", "\x00", "1\x00",
}

func TestReaderAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range append([]string{v1Profile, v2Profile}, oddJSON...) {
		for _, form := range []string{"%", ` % `, `{"a":%}`, `{"a":[%],"b":5}`, "{\"a\":\n%\t}", `{%:1}`, `{"a":%`, `{"a":%} x`, `{"a":"b",%}`} {
			checkReader(t, []byte(strings.Replace(form, "%", text, 1)))
		}
	}
	for _, depth := range []int{9_998, 9_999, 10_000, 10_001, 100_000} { // encoding/json's bound is between
		checkReader(t, []byte(`{"a":`+strings.Repeat(`[`, depth)+strings.Repeat(`]`, depth)+`}`))
		checkReader(t, []byte(strings.Repeat(`{"a":`, depth)+`1`+strings.Repeat(`}`, depth)))
		checkReader(t, []byte(strings.Repeat(`{"a":[`, depth)))
	}
	wide := []byte(`{"a":[` + strings.Repeat(`[],{},`, 20_000) + `0]}`) // open and closed again, which is not depth
	checkReader(t, wide)
}

func FuzzReader(f *testing.F) {
	for _, seed := range append([]string{v1Profile, v2Profile}, oddJSON...) {
		f.Add([]byte(seed))
		f.Add([]byte(`{"a":` + seed + `}`))
	}
	f.Fuzz(checkReader)
}
