package twittertest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // G505: OAuth 1.0a is HMAC-SHA1
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Signatures as RFC 5849 has them, written from the RFC: a client's library
// must not be checked by itself.

// parameter is a name and a value, decoded.
type parameter struct{ name, value string }

// signature returns the HMAC-SHA1 signature (section 3.4.2) of a request.
func signature(method, baseURL string, params []parameter, consumerSecret, tokenSecret string) string {
	return signatureOf(baseString(method, baseURL, params), encode(consumerSecret)+"&"+encode(tokenSecret))
}

func signatureOf(baseString, key string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(baseString))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// baseString is section 3.4.1.
func baseString(method, baseURL string, params []parameter) string {
	return baseStringOf(method, baseURL, normalized(params))
}

func baseStringOf(method, baseURL, normalized string) string {
	return strings.ToUpper(method) + "&" + encode(baseURL) + "&" + encode(normalized)
}

// normalized is section 3.4.1.3.2.
func normalized(params []parameter) string {
	pairs := make([]string, 0, len(params))
	for _, p := range params {
		if p.name == "oauth_signature" {
			continue
		}
		pairs = append(pairs, encode(p.name)+"="+encode(p.value))
	}
	// Sorting "name=value" would put "a=" behind "a1=", but names come first, then
	// values.
	slices.SortFunc(pairs, func(a, b string) int {
		an, av, _ := strings.Cut(a, "=")
		bn, bv, _ := strings.Cut(b, "=")
		if c := strings.Compare(an, bn); c != 0 {
			return c
		}
		return strings.Compare(av, bv)
	})
	return strings.Join(pairs, "&")
}

// encode is section 3.6: everything but the unreserved characters of RFC 3986.
func encode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isUnreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// isEncoded reports whether a header that parseAuthorization reads is encoded as
// section 3.5.1 requires. A bare '+', '/' or ':' in it is readable, but comes
// from a client that forgot to encode.
func isEncoded(header string) bool {
	_, rest, _ := strings.Cut(header, " ")
	for item := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
		if name == "realm" { // a quoted string of HTTP, not encoded
			continue
		}
		for _, c := range []byte(name + strings.Trim(value, `"`)) {
			if !isUnreserved(c) && c != '%' {
				return false
			}
		}
	}
	return true
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// parseAuthorization reads an OAuth Authorization header (section 3.5.1).
func parseAuthorization(header string) ([]parameter, error) {
	scheme, rest, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "OAuth") {
		return nil, errors.New("no OAuth header")
	}
	var params []parameter
	for item := range strings.SplitSeq(rest, ",") {
		name, quoted, ok := strings.Cut(strings.TrimSpace(item), "=")
		if !ok || len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
			return nil, errors.New("malformed OAuth header")
		}
		n, nameErr := url.PathUnescape(name) // not QueryUnescape: '+' is itself here
		v, valueErr := url.PathUnescape(quoted[1 : len(quoted)-1])
		if nameErr != nil || valueErr != nil {
			return nil, errors.New("malformed OAuth header")
		}
		if slices.ContainsFunc(params, func(p parameter) bool { return p.name == n }) {
			return nil, errors.New("a parameter of the OAuth header is there twice")
		}
		params = append(params, parameter{n, v})
	}
	return params, nil
}
