package mapping

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// validJSON reads a text that [json.Valid] accepts (RFC 8259), so it looks for no
// errors: each value ends where its syntax ends it, and commas and colons are skipped
// like white space. The profile is the longest answer of a login, and a json.Decoder
// needs twice the time for it, because it keeps integers exact as text only.
type validJSON struct {
	text []byte
	at   int // the next byte's index
}

// next returns the first byte of the next value or name, or the bracket that closes the
// object or the list.
func (j *validJSON) next() byte {
	for {
		switch c := j.text[j.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			j.at++
		default:
			return c
		}
	}
}

// value returns what encoding/json makes of a value, but with numbers as [Profile]
// describes them.
func (j *validJSON) value() any {
	switch j.next() {
	case '{':
		return j.object(0)
	case '[':
		return j.list()
	case '"':
		return j.string()
	case 't':
		j.at += len("true")
		return true
	case 'f':
		j.at += len("false")
		return false
	case 'n':
		j.at += len("null")
		return nil
	}
	return j.number()
}

// object reads an object, in a map with room for members.
func (j *validJSON) object(room int) map[string]any {
	members := make(map[string]any, room)
	for j.at++; j.next() != '}'; {
		name := j.string()
		members[name] = j.value()
	}
	j.at++
	return members
}

func (j *validJSON) list() []any {
	values := []any{} // not nil, as encoding/json makes an empty list
	for j.at++; j.next() != ']'; {
		values = append(values, j.value())
	}
	j.at++
	return values
}

func (j *validJSON) string() string {
	begin, escaped := j.at, false
	for j.at++; j.text[j.at] != '"'; j.at++ {
		if j.text[j.at] == '\\' {
			escaped = true
			j.at++
		}
	}
	j.at++
	if inside := j.text[begin+1 : j.at-1]; !escaped && utf8.Valid(inside) {
		return string(inside)
	}
	var s string
	_ = json.Unmarshal(j.text[begin:j.at], &s) // which accepts every valid string
	return s
}

// number reads a number, behind which the object that it is in has at least its
// bracket.
func (j *validJSON) number() any {
	begin := j.at
	for strings.IndexByte("+-.0123456789eE", j.text[j.at]) >= 0 {
		j.at++
	}
	return exact(string(j.text[begin:j.at]))
}

// exact returns a number's int64 or, where it has a fraction or an exponent, its
// float64. A number too large for either stays a json.Number.
func exact(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if strings.ContainsAny(text, ".eE") {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	}
	return json.Number(text)
}
