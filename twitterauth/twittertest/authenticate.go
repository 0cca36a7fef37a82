package twittertest

import (
	"crypto/subtle"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// timestampWindow is how far a request's timestamp may be off.
const timestampWindow = 5 * time.Minute

// signed checks a request's OAuth parameters and returns them, or what X answers.
// lookup returns the secret of the token in them, or false for an unknown token; a
// call without a token has none to look up.
func (s *Server) signed(c *call, lookup func(token string) (secret string, ok bool)) (oauth map[string]string, refused *answer) {
	refuse := func(status, code int, message string) (map[string]string, *answer) {
		a := errorAnswer(c, status, code, message)
		return nil, &a
	}
	p, ok := s.oauthParameters(c)
	if !ok {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	oauth = p.protocol
	if !s.isProtocol(oauth) {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	if oauth["oauth_consumer_key"] != s.ConsumerKey {
		c.diagnosis = "The consumer key is unknown."
		return refuse(http.StatusUnauthorized, 32, "Could not authenticate you.")
	}
	seconds, err := strconv.ParseUint(oauth["oauth_timestamp"], 10, 63) // no sign
	if err != nil {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	if off := s.now().Add(c.skew).Sub(time.Unix(int64(seconds), 0)).Abs(); off > timestampWindow {
		return refuse(http.StatusUnauthorized, 135, "Timestamp out of bounds.")
	}
	secret := ""
	if lookup != nil {
		var known bool
		if secret, known = lookup(oauth["oauth_token"]); !known {
			return refuse(http.StatusUnauthorized, 89, "Invalid or expired token.")
		}
	}
	switch {
	case !s.isSignature(c, p, secret):
		c.diagnosis = s.signatureDiagnosis(c, p, secret)
	case !s.freshNonce(oauth):
		c.diagnosis = "The nonce was used before, with the same timestamp and token."
	default:
		return oauth, nil
	}
	return refuse(http.StatusUnauthorized, 32, "Could not authenticate you.")
}

// isProtocol reports whether a request's parameters are of OAuth 1.0a with the only
// method that X knows (RFC 5849, section 3.1).
func (s *Server) isProtocol(oauth map[string]string) bool {
	if version, has := oauth["oauth_version"]; has && !s.isVersion(version) {
		return false
	}
	return oauth["oauth_signature_method"] == "HMAC-SHA1" && oauth["oauth_nonce"] != ""
}

// isSignature checks a request's signature. X takes one at access_token that was
// made without the token's secret: the verifier stands for it.
func (s *Server) isSignature(c *call, p oauthParams, tokenSecret string) bool {
	secrets := []string{tokenSecret}
	if c.step == AccessToken && !s.strict {
		secrets = append(secrets, "")
	}
	for _, address := range s.addresses(c.Request) {
		for _, secret := range secrets {
			want := signature(c.Method, address+c.URL.EscapedPath(), p.signed, s.ConsumerSecret, secret)
			if subtle.ConstantTimeCompare([]byte(want), []byte(p.protocol["oauth_signature"])) == 1 {
				return true
			}
		}
	}
	return false
}

// maxNonces bounds what a load test leaves behind. Beyond it all are forgotten,
// and a repeated one may pass.
const maxNonces = 200_000

// freshNonce remembers a nonce for as long as its timestamp would be accepted
// (section 3.3: unique across timestamp, client and token).
func (s *Server) freshNonce(oauth map[string]string) bool {
	now := s.now()
	// Not at every request: a rush of logins would pay for it each time.
	if len(s.nonces) > 10_000 && now.Sub(s.noncesSwept).Abs() > time.Minute {
		maps.DeleteFunc(s.nonces, func(_ string, until time.Time) bool { return now.After(until) })
		s.noncesSwept = now
	}
	if len(s.nonces) >= maxNonces {
		clear(s.nonces)
	}
	key := oauth["oauth_timestamp"] + "\x00" + oauth["oauth_token"] + "\x00" + oauth["oauth_nonce"]
	if _, used := s.nonces[key]; used {
		return false
	}
	s.nonces[key] = now.Add(2 * timestampWindow)
	return true
}
