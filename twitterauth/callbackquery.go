package twitterauth

import "net/url"

// maxQuery bounds a callback's query, in bytes.
const maxQuery = 8 << 10

// maxDescription bounds OAuth 2.0's description of an error, in bytes. The
// description is not looked at.
const maxDescription = 1024

// parameterLimits are the protocols' own parameters with their bounds. All
// others are ignored, whatever they hold (RFC 6749, section 4.1.2): mail clients
// and proxies add tracking parameters.
var parameterLimits = map[string]int{
	"oauth_token":       maxParameter,
	"oauth_verifier":    maxParameter,
	"denied":            maxParameter,
	"state":             maxParameter,
	"code":              maxParameter,
	"error":             maxParameter,
	"iss":               maxParameter,
	"error_description": maxDescription,
	"error_uri":         maxDescription,
}

// readQuery returns X's parameters of a callback's query, each of which must be
// there at most once and be plain text.
func readQuery(raw string) (url.Values, *Error) {
	if len(raw) > maxQuery {
		return nil, wrongAddress(english.WrongCallback)
	}
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, wrongAddress(english.WrongCallback)
	}
	for name, values := range q {
		limit, ours := parameterLimits[name]
		switch {
		case !ours:
			delete(q, name)
		case len(values) != 1, !plainText(values[0], limit):
			return nil, wrongAddress(english.WrongCallback)
		}
	}
	return q, nil
}

// wrongAddress is for a callback that does not come from X. The person reads what to
// do; detail is what is wrong with the address.
func wrongAddress(detail string) *Error {
	e := badRequest(detail)
	e.phrase = wrongCallback
	return e
}
