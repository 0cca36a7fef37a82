package twittertest

import (
	"crypto/subtle"
	"slices"
)

// maxBaseString bounds what a diagnosis has of a base string, in bytes.
const maxBaseString = 4096

// signatureDiagnosis explains a signature that does not match: by the usual mistake
// that leads to it, if there is such a mistake, and by the base string that the
// client should have signed.
func (s *Server) signatureDiagnosis(c *call, p oauthParams, tokenSecret string) string {
	right := signing{
		method: c.Method, address: s.addresses(c.Request)[0], path: c.URL.EscapedPath(), params: p.signed,
		consumerSecret: s.ConsumerSecret, tokenSecret: tokenSecret,
	}
	why := "No usual mistake explains it: compare the base strings, then the consumer secret and the token's secret."
	for mistake, signature := range s.mistakes(c, right) {
		if subtle.ConstantTimeCompare([]byte(signature), []byte(p.protocol["oauth_signature"])) == 1 {
			why = mistake
			break
		}
	}
	base := s.withoutSecrets(right).baseString()
	if len(base) > maxBaseString {
		base = base[:maxBaseString] + "…"
	}
	return "The signature does not match. " + why + " The expected base string is " + base
}

// withoutSecrets hides secrets that a client has sent as parameters by mistake.
func (s *Server) withoutSecrets(g signing) signing {
	secrets := []string{s.ConsumerSecret, s.ClientSecret, g.tokenSecret}
	return g.withValues(func(value string) string {
		if value != "" && slices.Contains(secrets, value) {
			return "redacted"
		}
		return value
	})
}
