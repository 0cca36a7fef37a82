package twittertest

import "net/http"

// tokens is POST /2/oauth2/token.
func (s *Server) tokens(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.clientForm(c); refused != nil {
		return *refused
	}
	switch c.form.Get("grant_type") {
	case "":
		return missingParameter("grant_type")
	case "authorization_code":
		return s.redeem(c.form)
	case "refresh_token":
		return s.refresh(c.form)
	}
	return oauth2Error(http.StatusBadRequest, "unsupported_grant_type", "Value passed for the grant type was invalid.")
}

// revocation is POST /2/oauth2/revoke. Either token ends both, and one that is
// unknown is no fault (RFC 7009, sections 2.1 and 2.2).
func (s *Server) revocation(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.clientForm(c); refused != nil {
		return *refused
	}
	token := c.form.Get("token")
	if token == "" {
		return missingParameter("token")
	}
	switch c.form.Get("token_type_hint") {
	case "", "access_token", "refresh_token":
	default:
		return oauth2Error(http.StatusBadRequest, "unsupported_token_type", "Value passed for the token type hint was invalid.")
	}
	if g := s.grantOf(token); g != nil {
		s.withdraw(g)
	}
	return oauth2Answer(http.StatusOK, map[string]any{"revoked": true})
}

func oauth2Answer(status int, fields map[string]any) answer {
	a := jsonAnswer(status, fields)
	a.header.Set("Cache-Control", "no-store")
	a.header.Set("Pragma", "no-cache")
	return a
}

// oauth2Error is RFC 6749, section 5.2.
func oauth2Error(status int, code, description string) answer {
	return oauth2Answer(status, map[string]any{"error": code, "error_description": description})
}

func invalidRequest(description string) answer {
	return oauth2Error(http.StatusBadRequest, "invalid_request", description)
}

func missingParameter(name string) answer {
	return invalidRequest("Missing required parameter [" + name + "].")
}
