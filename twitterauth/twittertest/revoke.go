package twittertest

import (
	"maps"
	"net/http"
)

// revocation is POST /2/oauth2/revoke. Either token ends both, and an
// unknown token is no error (RFC 7009, sections 2.1 and 2.2).
func (s *Server) revocation(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	params, refused := s.client(c)
	if refused != nil {
		return *refused
	}
	token := params.Get("token")
	if token == "" {
		return missingParameter("token")
	}
	switch params.Get("token_type_hint") {
	case "", "access_token", "refresh_token":
	default:
		return oauth2Error(http.StatusBadRequest, "unsupported_token_type", "Value passed for the token type hint was invalid.")
	}
	if g := s.grantOf(token); g != nil {
		s.withdraw(g)
	}
	return oauth2Answer(http.StatusOK, map[string]any{"revoked": true})
}

// invalidateToken is POST /1.1/oauth/invalidate_token, which is signed with the
// pair that it ends.
func (s *Server) invalidateToken(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	oauth, _, refused := s.signedByUser(c)
	if refused != nil {
		return *refused
	}
	delete(s.access, oauth["oauth_token"])
	return jsonAnswer(http.StatusOK, map[string]any{"access_token": oauth["oauth_token"]})
}

// Revoke makes an access token invalid, as a person does in X's settings. In
// OAuth 2.0 it may be a refresh token as well, and either ends both. See
// [Server.RevokeAll] for every token of a person.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access, token)
	if g := s.grantOf(token); g != nil {
		s.withdraw(g)
	}
}

// RevokeAll makes every token invalid that the app has for a person, in both
// protocols, as a person does who takes the app off the list of connected apps
// in X's settings. It panics for an unknown ID.
func (s *Server) RevokeAll(personID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.person(personID); !ok {
		panic("twittertest: there is no person with the ID " + personID)
	}
	maps.DeleteFunc(s.access, func(_ string, t *accessToken) bool { return t.person == personID && !t.foreign })
	maps.DeleteFunc(s.bearers, func(_ string, g *grant) bool { return g.person == personID })
	maps.DeleteFunc(s.refreshes, func(_ string, g *grant) bool { return g.person == personID })
}
