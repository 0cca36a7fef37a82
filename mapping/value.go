package mapping

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// kindOf tells a value's kind by its path: a known field's, else by the last
// name, as X names addresses alike everywhere.
func kindOf(name string) kind {
	if f := byName[name]; f != nil {
		return f.kind
	}
	return kindOfMember(name[strings.LastIndexByte(name, '.')+1:])
}

func kindOfMember(name string) kind {
	name = strings.ToLower(name)
	isURL := name == "url" || strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "_url_https")
	switch {
	case name == "created_at":
		return date
	case name == "display_url": // "example.com/…", made to be read
		return plain
	case isURL && (strings.Contains(name, "image") || strings.Contains(name, "banner") || strings.Contains(name, "media")):
		return image
	case isURL:
		return link
	}
	return plain
}

// normalize brings a value to the form that all APIs share, or returns nil
// when it is none that the property may have.
func normalize(k kind, v any) any {
	switch k {
	case accountID:
		return idText(v)
	case email:
		if s, ok := v.(string); ok && strings.TrimSpace(s) != "" {
			return s
		}
		return nil
	case image:
		if s, ok := v.(string); ok && (s == "" || isAddress(s, "https")) {
			return s
		}
		return nil
	case link:
		if s, ok := v.(string); ok && s != "" && !isAddress(s, "http", "https") {
			return nil
		}
	case date:
		if s, ok := v.(string); ok {
			t, err := parseTime(s)
			if err != nil {
				return nil
			}
			return t.Format(time.RFC3339)
		}
	}
	return detach(v)
}

// idText returns an account's ID as text: a positive integer, or nothing.
func idText(v any) any {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case int64:
		s = strconv.FormatInt(v, 10)
	case json.Number:
		s = v.String()
	}
	if s == "" || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	return s
}

// isAddress reports whether s is an absolute address that a page may point to.
// Browsers skip white space and controls and take '\' for '/', so a text with
// any of them is none.
func isAddress(s string, schemes ...string) bool {
	if strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '\\' || 0x7f <= c && c <= 0x9f }) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme { // url.Parse lowers it
			return true
		}
	}
	return false
}

// detach copies lists and objects, so that nothing is shared with the profile,
// and holds what is in them to the rules of their names.
func detach(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, member := range v {
			if member = normalize(kindOfMember(name), member); member != nil {
				object[name] = member
			}
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, member := range v {
			list[i] = detach(member)
		}
		return list
	}
	return v
}
