package twittertest

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// client checks that a call to the token endpoint or the one for revocation can
// be read and is the app's. It returns the parameters, or what X answers.
func (s *Server) client(c *call) (url.Values, *answer) {
	params, refused := s.clientParameters(c)
	switch {
	case refused != nil:
	case s.ClientSecret == "":
		refused = s.publicClient(c, params)
	case !s.isConfidentialClient(c, params):
		a := oauth2Error(http.StatusUnauthorized, "unauthorized_client", "Missing valid authorization header")
		a.header.Set("WWW-Authenticate", "Basic") // RFC 6749, section 5.2
		refused = &a
	}
	return params, refused
}

// publicClient checks an app without a secret, which sends client_id among the
// parameters and no proof.
func (s *Server) publicClient(c *call, params url.Values) *answer {
	var a answer
	switch id := params.Get("client_id"); {
	case len(c.Header["Authorization"]) > 0 || params.Get("client_secret") != "":
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

// isConfidentialClient checks an app with a secret, which sends HTTP Basic. X
// takes the credentials as they are and decodes nothing, unlike RFC 6749, section
// 2.3.1. With SetStrict there may be no other secret in the request (section 2.3).
func (s *Server) isConfidentialClient(c *call, params url.Values) bool {
	sent := c.Header["Authorization"]
	if len(sent) != 1 {
		return false
	}
	if secret := params.Get("client_secret"); secret != "" && (s.strict || secret != s.ClientSecret) {
		return false
	}
	if id := params.Get("client_id"); id != "" && id != s.ClientID {
		return false
	}
	scheme, credentials, _ := strings.Cut(sent[0], " ")
	decoded, err := base64.StdEncoding.Strict().DecodeString(credentials)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return false
	}
	id, secret, _ := strings.Cut(string(decoded), ":")
	if s.areCredentials(id, secret) {
		return true
	}
	if s.areCredentials(formDecoded(id), formDecoded(secret)) {
		c.diagnosis = "The client ID and secret in HTTP Basic are percent-encoded. X does not decode them: send them as they are."
	}
	return false
}

func (s *Server) areCredentials(id, secret string) bool {
	// "&" on both sides, so that both count whatever the other is.
	return subtle.ConstantTimeCompare([]byte(id), []byte(s.ClientID))&
		subtle.ConstantTimeCompare([]byte(secret), []byte(s.ClientSecret)) == 1
}

// formDecoded reads a value as forms have it, or returns "".
func formDecoded(value string) string {
	decoded, err := url.QueryUnescape(value)
	if err != nil {
		return ""
	}
	return decoded
}
