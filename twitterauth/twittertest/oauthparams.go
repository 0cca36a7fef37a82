package twittertest

import (
	"net/url"
	"slices"
	"strings"
)

// protocolPrefix begins the name of every parameter of OAuth 1.0a but realm.
const protocolPrefix = "oauth_"

// oauthParams are a request's parameters in OAuth 1.0a.
type oauthParams struct {
	protocol map[string]string // of the protocol, by name
	signed   []parameter       // what the signature covers
}

// oauthParameters collects header, query and form (section 3.4.1.3.1). A
// parameter of the protocol may be in any of them (section 3.5), and counts once
// where two have it with the same value. With SetStrict it is in the header, and
// once. ok is false for a request that cannot
// be checked.
func (s *Server) oauthParameters(c *call) (p oauthParams, ok bool) {
	sent := c.Header["Authorization"]
	if c.malformed || len(sent) > 1 || s.strict && hasProtocolParameters(c) {
		return p, false
	}
	p.protocol = map[string]string{}
	if (len(sent) == 1 || s.strict) && !p.addHeader(c.Header.Get("Authorization")) {
		return p, false
	}
	for _, values := range []url.Values{c.URL.Query(), c.form} {
		for name, list := range values {
			if !p.add(name, list, s.strict) {
				return p, false
			}
		}
	}
	return p, true
}

// addHeader adds the parameters of an Authorization header; ok is false where it
// cannot be read.
func (p *oauthParams) addHeader(header string) (ok bool) {
	params, err := parseAuthorization(header)
	if err != nil || !isEncoded(header) {
		return false
	}
	for _, param := range params {
		p.protocol[param.name] = param.value
	}
	p.signed = signedParameters(params, nil, nil)
	return true
}

// add adds a parameter of the query or the form; ok is false for a parameter of the
// protocol that is there with two values.
func (p *oauthParams) add(name string, values []string, strict bool) (ok bool) {
	if strings.HasPrefix(name, protocolPrefix) {
		earlier, has := p.protocol[name]
		if len(values) > 1 || has && (strict || earlier != values[0]) {
			return false
		}
		p.protocol[name] = values[0]
		if has {
			return true // it is signed once
		}
	}
	for _, value := range values {
		p.signed = append(p.signed, parameter{name, value})
	}
	return true
}

// hasProtocolParameters reports whether parameters of OAuth are elsewhere than in
// the header. A verifier in the body does not count, because X's documentation
// has it there.
func hasProtocolParameters(c *call) bool {
	for name := range c.URL.Query() {
		if strings.HasPrefix(name, protocolPrefix) {
			return true
		}
	}
	for name, values := range c.form {
		if strings.HasPrefix(name, protocolPrefix) && (name != "oauth_verifier" || len(values) > 1) {
			return true
		}
	}
	return false
}

// isVersion: some clients send the name of the revision, which X accepts.
func (s *Server) isVersion(version string) bool {
	return version == "1.0" || !s.strict && strings.EqualFold(version, "1.0a")
}

// signedParameters collects header, query and form (section 3.4.1.3.1). The
// realm is left out of the header's alone: elsewhere it is a parameter like any
// other.
func signedParameters(header []parameter, query, form url.Values) []parameter {
	params := slices.DeleteFunc(slices.Clone(header), func(p parameter) bool { return p.name == "realm" })
	for _, values := range []url.Values{query, form} {
		for name, list := range values {
			for _, value := range list {
				params = append(params, parameter{name, value})
			}
		}
	}
	return params
}
