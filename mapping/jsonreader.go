package mapping

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// jsonReader reads a JSON text (RFC 8259) in one pass. Its values are those of
// encoding/json, but numbers are exact, as [Profile] describes them. A json.Decoder
// with UseNumber reads the text twice and each number a third time, which was a
// sixth of the time of a whole login. Strings with rare escapes or invalid UTF-8 are
// left to encoding/json.
type jsonReader struct {
	text  []byte
	at    int // of the next byte
	depth int // how many objects and lists are open
}

// maxDepth is encoding/json's bound on objects and lists inside each other.
const maxDepth = 10000

// value reads a value and the space before it. ok is false where the text is
// malformed.
func (r *jsonReader) value() (v any, ok bool) {
	r.skipSpace()
	switch r.next() {
	case '{', '[':
		return r.nested()
	case '"':
		return r.string()
	case 't':
		return true, r.literal("true")
	case 'f':
		return false, r.literal("false")
	case 'n':
		return nil, r.literal("null")
	}
	return r.number()
}

// nested reads an object or a list.
func (r *jsonReader) nested() (v any, ok bool) {
	if r.depth++; r.depth > maxDepth {
		return nil, false
	}
	if r.skip('{') {
		v, ok = r.object()
	} else {
		r.skip('[')
		v, ok = r.list()
	}
	r.depth--
	return v, ok
}

func (r *jsonReader) object() (any, bool) {
	members := make(map[string]any, r.room())
	for r.more(len(members) > 0, '}') {
		name, ok := r.string()
		r.skipSpace()
		if !ok || !r.skip(':') {
			return nil, false
		}
		if members[name], ok = r.value(); !ok {
			return nil, false
		}
	}
	return members, r.skip('}')
}

// room returns how many members to make room for, so that the map of a profile does
// not grow four times. A member of X's profiles takes 30 bytes and more. Other objects
// are small.
func (r *jsonReader) room() int {
	if r.depth > 1 {
		return 0
	}
	return min(len(r.text)/30, 64)
}

func (r *jsonReader) list() (any, bool) {
	values := []any{} // not nil, as encoding/json makes an empty list
	for r.more(len(values) > 0, ']') {
		value, ok := r.value()
		if !ok {
			return nil, false
		}
		values = append(values, value)
	}
	return values, r.skip(']')
}

// more goes to the next item of an object or list, over the comma unless the item is
// the first. It returns false at the end, and where something else comes than a
// comma.
func (r *jsonReader) more(comma bool, end byte) bool {
	r.skipSpace()
	if r.next() == end || comma && !r.skip(',') {
		return false
	}
	r.skipSpace()
	return true
}

func (r *jsonReader) string() (string, bool) {
	begin, plain := r.at, true
	if !r.skip('"') {
		return "", false
	}
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return unquote(r.text[begin:r.at], plain)
		case c < ' ':
			return "", false
		case c == '\\':
			plain = false
			r.at++
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return "", false
}

// unquote returns the value of a string in quotes. A plain string is printable ASCII
// without escapes.
func unquote(quoted []byte, plain bool) (string, bool) {
	inside := quoted[1 : len(quoted)-1]
	switch {
	case plain:
		return string(inside), true
	case utf8.Valid(inside) && bytes.Count(inside, backslash) == bytes.Count(inside, escapedSlash):
		// X escapes each slash of an address, and rarely anything else.
		return string(bytes.ReplaceAll(inside, escapedSlash, slash)), true
	}
	var s string // not the result, which would be allocated for every string
	err := json.Unmarshal(quoted, &s)
	return s, err == nil
}

var backslash, slash, escapedSlash = []byte(`\`), []byte(`/`), []byte(`\/`)

func (r *jsonReader) number() (any, bool) {
	begin, whole := r.at, true
	r.skip('-')
	if !r.skip('0') && !r.digits() {
		return nil, false
	}
	if r.skip('.') {
		if whole = false; !r.digits() {
			return nil, false
		}
	}
	if r.skip('e') || r.skip('E') {
		if !r.skip('+') {
			r.skip('-')
		}
		if whole = false; !r.digits() {
			return nil, false
		}
	}
	return exactNumber(r.text[begin:r.at], whole), true
}

// exactNumber returns an int64 or, for a number that is not written as a whole
// number, a float64. It returns a json.Number where the number does not fit.
func exactNumber(text []byte, whole bool) any {
	if whole {
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return n
		}
	} else if f, err := strconv.ParseFloat(string(text), 64); err == nil {
		return f
	}
	return json.Number(text)
}

// next returns the next byte, or 0 at the end of the text.
func (r *jsonReader) next() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *jsonReader) skipSpace() {
	for c := r.next(); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = r.next() {
		r.at++
	}
}

// skip skips the next byte if it is c, which is not 0.
func (r *jsonReader) skip(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

// digits skips digits, of which there must be at least one.
func (r *jsonReader) digits() bool {
	begin := r.at
	for c := r.next(); '0' <= c && c <= '9'; c = r.next() {
		r.at++
	}
	return r.at > begin
}

func (r *jsonReader) literal(text string) bool {
	if !bytes.HasPrefix(r.text[r.at:], []byte(text)) {
		return false
	}
	r.at += len(text)
	return true
}
