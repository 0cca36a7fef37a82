package twittertest

import (
	"encoding/json"
	"mime"
	"net/url"
)

// clientParameters reads the parameters of a call to the token endpoint or the
// one for revocation, or returns what X answers. X takes them from a form, from
// JSON and from the query; the same one with the same value in two places counts
// once. With SetStrict they are a form alone, because a query gets into logs (RFC
// 6749, section 2.3.1).
func (s *Server) clientParameters(c *call) (url.Values, *answer) {
	refuse := func(description string) (url.Values, *answer) {
		a := invalidRequest(description)
		return nil, &a
	}
	body, ok := s.bodyParameters(c)
	switch {
	case !ok:
		return refuse("The body is not a form that can be read.")
	case s.strict && c.URL.RawQuery != "":
		return refuse("Parameters belong into the body.")
	}
	params := url.Values{}
	for _, values := range []url.Values{body, c.URL.Query()} {
		for name, list := range values {
			if len(list) > 1 || params.Has(name) && params.Get(name) != list[0] {
				return refuse("Parameter [" + name + "] is there twice.")
			}
			params.Set(name, list[0])
		}
	}
	return params, nil
}

// bodyParameters reads a form or, unless the server is strict, a JSON object of
// strings or no body.
func (s *Server) bodyParameters(c *call) (url.Values, bool) {
	if c.malformed {
		return nil, false
	}
	if c.form != nil || s.strict {
		return c.form, c.form != nil
	}
	if kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); kind != "application/json" {
		return nil, len(c.body) == 0
	}
	var fields map[string]string
	if err := json.Unmarshal(c.body, &fields); err != nil {
		return nil, false
	}
	params := url.Values{}
	for name, value := range fields {
		params.Set(name, value)
	}
	return params, true
}
