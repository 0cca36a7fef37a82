// Package cookieheader reads the cookies of a request by the grammar of RFC
// 6265, section 4.2.1, and by nothing wider.
//
// Browsers allow more in a cookie's name than the grammar does, and protect the
// prefix "__Host-" only where a name begins with it. A parser that trims other
// white space than blank and tab reads a name such as U+2000 followed by
// "__Host-session" as "__Host-session", which a sibling host may set.
package cookieheader

import (
	"iter"
	"net/http"
	"strings"
)

// Pairs yields the name and the value of each cookie-pair in the Cookie lines of
// h, in their order. Pairs are separated by ';', and blank (0x20) and tab (0x09)
// around a pair do not count. A name is a token (RFC 7230, section 3.2.6). A
// value is cookie-octets, or these in double quotes, in which blank and comma
// may stand too, as net/http writes such values. A value is yielded as it was
// sent, with its quotes. Everything else is skipped.
func Pairs(h http.Header) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, line := range h["Cookie"] {
			for line != "" {
				var pair string
				pair, line = cut(line)
				name, value, ok := strings.Cut(pair, "=")
				if ok && isToken(name) && isValue(value) && !yield(name, value) {
					return
				}
			}
		}
	}
}

// Values yields the values that [Pairs] yields for one name. It allocates
// nothing and does not parse lines in which the name does not occur.
func Values(h http.Header, name string) iter.Seq[string] {
	return func(yield func(value string) bool) { values(h, name, yield) }
}

// values is a function of its own so that Values is small enough to be inlined,
// which keeps the iterator off the heap.
func values(h http.Header, name string, yield func(value string) bool) {
	if !isToken(name) {
		return
	}
	for _, line := range h["Cookie"] {
		if !strings.Contains(line, name) {
			continue
		}
		for line != "" {
			var pair string
			pair, line = cut(line)
			rest, ok := strings.CutPrefix(pair, name)
			if !ok || rest == "" || rest[0] != '=' {
				continue
			}
			if value := rest[1:]; isValue(value) && !yield(value) {
				return
			}
		}
	}
}

// cut returns the first pair of a line, without blanks and tabs around it, and
// what follows the pair.
func cut(line string) (pair, rest string) {
	pair, rest, _ = strings.Cut(line, ";")
	for pair != "" && isBlank(pair[0]) {
		pair = pair[1:]
	}
	for pair != "" && isBlank(pair[len(pair)-1]) {
		pair = pair[:len(pair)-1]
	}
	return pair, rest
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isToken(s string) bool {
	for i := range len(s) {
		if classes[s[i]]&token == 0 {
			return false
		}
	}
	return s != ""
}

func isValue(s string) bool {
	allowed := octet
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s, allowed = s[1:len(s)-1], octet|quoted
	}
	for i := range len(s) {
		if classes[s[i]]&allowed == 0 {
			return false
		}
	}
	return true
}

// class is a set of the places in which a byte may stand.
type class uint8

const (
	token  class = 1 << iota // in a name: RFC 7230's tchar
	octet                    // in a value: RFC 6265's cookie-octet
	quoted                   // in a value, between quotes only
)

var classes = func() (table [256]class) {
	for c := byte(0x21); c < 0x7f; c++ {
		if strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) < 0 {
			table[c] |= token
		}
		if strings.IndexByte(`",;\`, c) < 0 {
			table[c] |= octet
		}
	}
	table[' '] |= quoted
	table[','] |= quoted
	return table
}()
