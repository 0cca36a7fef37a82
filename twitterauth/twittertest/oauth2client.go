package twittertest

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// clientForm checks that a form of OAuth 2.0 can be read and is the app's, or
// returns what X answers. Nothing may be in the query, where it would get into
// logs (RFC 6749, section 2.3.1).
func (s *Server) clientForm(c *call) *answer {
	var a answer
	name, twice := repeated(c.form)
	switch {
	case c.form == nil || c.malformed:
		a = invalidRequest("The body is not a form that can be read.")
	case c.URL.RawQuery != "":
		a = invalidRequest("Parameters belong into the body.")
	case twice:
		a = invalidRequest("Parameter [" + name + "] is there twice.")
	case s.ClientSecret == "":
		return s.publicClient(c)
	case !s.isConfidentialClient(c):
		a = oauth2Error(http.StatusUnauthorized, "unauthorized_client", "Missing valid authorization header")
		a.header.Set("WWW-Authenticate", "Basic") // RFC 6749, section 5.2
	default:
		return nil
	}
	return &a
}

// publicClient: an app without a secret says its name in the form, and has
// nothing to prove it by.
func (s *Server) publicClient(c *call) *answer {
	var a answer
	switch id := c.form.Get("client_id"); {
	case len(c.Header["Authorization"]) > 0 || c.form.Get("client_secret") != "":
		a = oauth2Error(http.StatusUnauthorized, "unauthorized_client", "The app is a public client, which has no secret.")
	case id == "":
		a = missingParameter("client_id")
	case id != s.ClientID:
		a = oauth2Error(http.StatusUnauthorized, "unauthorized_client", "Value passed for the client id was invalid.")
	default:
		return nil
	}
	return &a
}

// isConfidentialClient: an app with a secret proves itself by HTTP Basic and
// by nothing beside it (RFC 6749, sections 2.3 and 2.3.1).
func (s *Server) isConfidentialClient(c *call) bool {
	sent := c.Header["Authorization"]
	if len(sent) != 1 || c.form.Get("client_secret") != "" {
		return false
	}
	if id := c.form.Get("client_id"); id != "" && id != s.ClientID {
		return false
	}
	scheme, credentials, _ := strings.Cut(sent[0], " ")
	decoded, err := base64.StdEncoding.Strict().DecodeString(credentials)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return false
	}
	id, secret, _ := strings.Cut(string(decoded), ":")
	// "&" on both sides, so that both count whatever the other is.
	return subtle.ConstantTimeCompare([]byte(formDecoded(id)), []byte(s.ClientID))&
		subtle.ConstantTimeCompare([]byte(formDecoded(secret)), []byte(s.ClientSecret)) == 1
}

// formDecoded reads a value as forms have it. One that could be read but was
// not encoded yields "".
func formDecoded(value string) string {
	for _, c := range []byte(value) {
		if !isUnreserved(c) && c != '*' && c != '+' && c != '%' {
			return ""
		}
	}
	decoded, err := url.QueryUnescape(value)
	if err != nil {
		return ""
	}
	return decoded
}
