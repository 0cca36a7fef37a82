package mapping

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// normalize brings a value to the form that all APIs share, or returns nil
// when the property may not have that value.
func normalize(k kind, v any) any {
	s, isText := v.(string)
	switch k {
	case accountID:
		return idText(v)
	case date:
		return dateText(s)
	}
	if !mayBe(k, s, isText) {
		return nil
	}
	return detach(k, v)
}

// mayBe reports whether a property of that kind may have that value; s is "" for a
// value that is not a text.
func mayBe(k kind, s string, isText bool) bool {
	switch k {
	case email:
		return strings.TrimSpace(s) != ""
	case image:
		return isText && (s == "" || isImageAddress(s))
	case link:
		return s == "" || isLinkAddress(s)
	case label:
		return !hasScheme(s) || isLinkAddress(s)
	}
	return true
}

// dateText returns a point in time as RFC 3339 has it, or nothing.
func dateText(s string) any {
	t, err := parseTime(s)
	if err != nil {
		return nil
	}
	return t.Format(time.RFC3339)
}

// idText returns an account's ID as text: a positive integer, or nothing.
func idText(v any) any {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case int64:
		s = strconv.FormatInt(v, 10)
	case int:
		s = strconv.Itoa(v)
	case json.Number:
		s = v.String()
	}
	if s == "" || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	return s
}

// isImageAddress is stricter than the rules for links, as X makes these
// addresses by itself and pages load them without a click.
func isImageAddress(s string) bool {
	return strings.HasPrefix(s, "https://") && isLinkAddress(s)
}

// isLinkAddress reports whether s is an absolute address of the web that a
// page may point to. Browsers skip white space and controls and read '\' as
// '/' (WHATWG URL, "basic URL parser"), so a text with any of them is rejected.
// The path is not looked at: people write '%' in theirs, and browsers follow.
func isLinkAddress(s string) bool {
	if strings.ContainsFunc(s, func(c rune) bool { return c == '\\' || unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return false
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	u, err := url.Parse(s[:len(scheme)+len("://")+len(rest)])
	return err == nil && u.Hostname() != "" && u.User == nil
}

// hasScheme reports whether a browser would take s for an address with a
// scheme, not for one relative to the page (RFC 3986, section 4.2). No scheme
// that does anything has a dot in it; "example.com:8080" has.
func hasScheme(s string) bool {
	i := strings.IndexAny(s, ".:/?#")
	return i >= 0 && s[i] == ':'
}

// detach copies lists and objects, so that nothing is shared with the profile,
// and applies the rules of their names to what is in them. A member without a
// value is left out; in a list it is nil, so that the others keep their place.
func detach(k kind, v any) any {
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
			list[i] = normalize(k, member)
		}
		return list
	case int:
		return int64(v)
	}
	return v
}
