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

// Values yields the values that [Pairs] yields for one name, which must be a
// token. It allocates nothing and does not parse lines in which the name does not
// occur.
func Values(h http.Header, name string) iter.Seq[string] {
	return func(yield func(value string) bool) { values(h, name, yield) }
}

// values is a function of its own so that Values is small enough to be inlined,
// which keeps the iterator off the heap.
func values(h http.Header, name string, yield func(value string) bool) {
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

func isToken(s string) bool { return s != "" && common(s)&token != 0 }

func isValue(s string) bool {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return common(s[1:len(s)-1])&quoted != 0
	}
	return common(s)&octet != 0
}

// common returns the places in which every byte of s may stand. It is on the way
// of every request, so it looks at eight bytes in each round and has no branch for
// a byte.
func common(s string) class {
	all := token | octet | quoted
	for len(s) >= 8 {
		all &= classes[s[0]] & classes[s[1]] & classes[s[2]] & classes[s[3]] &
			classes[s[4]] & classes[s[5]] & classes[s[6]] & classes[s[7]]
		s = s[8:]
	}
	for i := range len(s) {
		all &= classes[s[i]]
	}
	return all
}

// class is a set of the places in which a byte may stand.
type class uint8

const (
	token  class = 1 << iota // in a name: RFC 7230's tchar
	octet                    // in a value: RFC 6265's cookie-octet
	quoted                   // in a value between quotes: also blank and comma
)

var classes = func() (table [256]class) {
	for c := byte(0x21); c < 0x7f; c++ {
		if strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) < 0 {
			table[c] |= token
		}
		if strings.IndexByte(`",;\`, c) < 0 {
			table[c] |= octet | quoted
		}
	}
	table[' '] |= quoted
	table[','] |= quoted
	return table
}()
