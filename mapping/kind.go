package mapping

import "strings"

// kind is how a value is brought to the form that all APIs share.
type kind int

const (
	plain kind = iota
	accountID
	email
	image
	link
	label // an address that is made to be read, such as "example.com/ab…"
	date
)

// kindOf returns a value's kind by its path: that of a known field, else by the
// name of the last member, because X names addresses and dates alike everywhere.
// What is in a list is of the list's kind.
func kindOf(name string, p path) kind {
	if f := byName[name]; f != nil {
		return f.kind
	}
	last := len(p) - 1
	for p[last].index >= 0 { // never of the first part
		last--
	}
	return kindOfMember(p[last].name)
}

func kindOfMember(name string) kind {
	name = strings.ToLower(name) // encoding/json fills "url" from "URL" too
	isURL := name == "url" || strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "_url_https")
	switch {
	case name == "created_at":
		return date
	case name == "display_url":
		return label
	case isURL && (strings.Contains(name, "image") || strings.Contains(name, "banner") || strings.Contains(name, "media")):
		return image
	case isURL:
		return link
	}
	return plain
}
