package xapi

import "bytes"

// Bounds on what an answer may hold. An empty list costs 3 bytes in an answer
// and 20 times that in memory, so a bound on the bytes alone does not bound the
// memory. X's longest profiles, with entities and a status, have some hundred
// values, ten levels deep.
const (
	maxValues = 8 << 10
	maxDepth  = 64
)

// isTooExtensive reports whether JSON has more values or levels than any answer
// of X. It reads the text without decoding it, and counts the commas and the
// brackets that open; what is not JSON is left to its parser.
func isTooExtensive(body []byte) bool {
	// Nearly every answer is within the bounds with the characters of its strings too.
	opened := bytes.Count(body, []byte("[")) + bytes.Count(body, []byte("{"))
	if opened <= maxDepth && opened+bytes.Count(body, []byte(",")) <= maxValues {
		return false
	}
	values, depth := 0, 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = endOfString(body, i)
		case '[', '{':
			values++
			if depth++; depth > maxDepth {
				return true
			}
		case ']', '}':
			depth--
		case ',':
			values++
		}
	}
	return values > maxValues
}

// endOfString returns the position of the quote that ends the string which
// begins at start, or of the last byte where none does.
func endOfString(body []byte, start int) int {
	for i := start + 1; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(body)
}
