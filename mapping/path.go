package mapping

import (
	"strconv"
	"strings"
)

// path leads into a profile: member names, and positions in lists.
type path []segment

type segment struct {
	name  string
	index int // -1 when the name is no position
}

// maxPath bounds a path, in bytes.
const maxPath = 256

// parsePath reads a dotted path. problem is what is wrong with it, or "".
func parsePath(s string) (p path, problem string) {
	if s == "" {
		return nil, "is empty: name one, such as screen_name"
	}
	if len(s) > maxPath {
		return nil, "is longer than 256 bytes"
	}
	for i, name := range strings.Split(s, ".") {
		switch {
		case name == "":
			return nil, "has a dot at its start or end, or two together"
		case strings.IndexFunc(name, notInNames) >= 0:
			return nil, "has a character that is in no field's name: use letters, digits and '_', with '.' between names"
		}
		seg := segment{name: name, index: -1}
		if strings.Trim(name, "0123456789") == "" {
			n, err := strconv.Atoi(name)
			switch {
			case err != nil || strconv.Itoa(n) != name:
				return nil, "has a list position with leading zeros or beyond any list (write 0, 1, 2…)"
			case i == 0:
				return nil, "starts with a list position, but a profile is no list"
			}
			seg.index = n
		}
		p = append(p, seg)
	}
	return p, ""
}

func notInNames(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_')
}

// find returns what is at the path; nil for null and absent alike.
func (p path) find(profile Profile) any {
	var v any = map[string]any(profile)
	for _, seg := range p {
		switch at := v.(type) {
		case map[string]any:
			v = at[seg.name]
		case []any:
			if seg.index < 0 || seg.index >= len(at) {
				return nil
			}
			v = at[seg.index]
		default:
			return nil
		}
	}
	return v
}
