package twitterauth

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"twitterlogin.example/twitterauth/internal/site"
)

// parseSwitch reads a checkbox or a flag. A hidden field with exactly "false"
// before a ticked checkbox with "true" is the usual way to send both states of
// a checkbox, so that repetition is true.
func parseSwitch(values url.Values, name string, otherwise bool) (bool, *Error) {
	list := values[name]
	switch {
	case name == "stayLoggedIn" && slices.Equal(list, []string{"false", "true"}):
		return true, nil
	case len(list) > 1:
		return false, badRequest("The field " + name + " is there twice.")
	case len(list) == 0:
		return otherwise, nil
	}
	switch list[0] {
	case "true", "1", "on":
		return true, nil
	case "false", "0", "off", "":
		return false, nil
	}
	return false, badRequest("The field " + name + " must be true or false.")
}

// maxParameter bounds each of X's parameters, in bytes. X's request tokens and
// verifiers are about 30 long, X's codes about 100.
const maxParameter = 256

// plainText reports whether a text is of one line and not too long, in bytes.
func plainText(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && !strings.ContainsFunc(s, site.IsControl)
}
