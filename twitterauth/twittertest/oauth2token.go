package twittertest

import "net/http"

// tokens is POST /2/oauth2/token.
func (s *Server) tokens(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	params, refused := s.client(c)
	if refused != nil {
		return *refused
	}
	switch params.Get("grant_type") {
	case "":
		return missingParameter("grant_type")
	case "authorization_code":
		return s.redeem(params)
	case "refresh_token":
		return s.refresh(params)
	}
	return oauth2Error(http.StatusBadRequest, "unsupported_grant_type", "Value passed for the grant type was invalid.")
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
