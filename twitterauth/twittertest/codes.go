package twittertest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// codeLifetime is how long the app has to redeem an authorization code.
const codeLifetime = 30 * time.Second

// maxCodes is how many are kept; see makeRoom.
const maxCodes = 50_000

// code is an authorization code: a login that a person has approved.
type code struct {
	person      string
	redirectURI string
	scopes      []string
	challenge   string
	plain       bool
	made        time.Time
	grant       *grant // what was made from it, nil until then
}

func (s *Server) newCode(a *authorization, person string) string {
	makeRoom(s.codes, maxCodes, s.isExpired, func(c *code) time.Time { return c.made })
	name := newLongToken()
	s.codes[name] = &code{person: person, redirectURI: a.redirectURI, scopes: s.granted(a.scopes), challenge: a.challenge, plain: a.plain, made: s.now()}
	return name
}

func (s *Server) isExpired(c *code) bool { return s.now().Sub(c.made) > codeLifetime }

// ExpireCodes makes the authorization codes given out so far too old, as their
// 30 seconds do.
func (s *Server) ExpireCodes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.codes {
		c.made = time.Time{}
	}
}

// redeem is the grant type authorization_code (RFC 6749, section 4.1.3). A
// request that is refused does not use the code up.
func (s *Server) redeem(form url.Values) answer {
	for _, name := range []string{"code", "redirect_uri", "code_verifier"} {
		if form.Get(name) == "" {
			return missingParameter(name)
		}
	}
	c := s.codes[form.Get("code")]
	if c != nil && c.grant != nil {
		// It may have been stolen, so what was made from it goes (section 4.1.2).
		s.withdraw(c.grant)
	}
	switch {
	case c == nil || c.grant != nil || s.isExpired(c):
		return invalidRequest("Value passed for the authorization code was invalid.")
	case form.Get("redirect_uri") != c.redirectURI:
		return invalidRequest("Value passed for the redirect uri did not match the uri of the authorization code.")
	case !s.verifies(form.Get("code_verifier"), c):
		return invalidRequest("Value passed for the code verifier did not match the code challenge.")
	}
	c.grant = &grant{person: c.person, scopes: c.scopes}
	s.renew(c.grant)
	return s.grantAnswer(c.grant, c.grant.refresh)
}

// verifies is RFC 7636, section 4.6. Clients are reported
// to log in at X with verifiers of 171 characters. Which verifiers X rejects is
// not known, so only a strict server rejects a malformed verifier.
func (s *Server) verifies(verifier string, c *code) bool {
	if s.strict && !isVerifier(verifier) {
		return false
	}
	challenge := verifier
	if !c.plain {
		hash := sha256.Sum256([]byte(verifier))
		challenge = base64.RawURLEncoding.EncodeToString(hash[:])
	}
	return subtle.ConstantTimeCompare([]byte(challenge), []byte(c.challenge)) == 1
}

// isVerifier is RFC 7636, section 4.1.
func isVerifier(verifier string) bool {
	return len(verifier) >= 43 && len(verifier) <= 128 &&
		!strings.ContainsFunc(verifier, func(r rune) bool { return r > 0x7f || !isUnreserved(byte(r)) })
}
