package twittertest

import "net/url"

// refresh is the grant type refresh_token (RFC 6749, section 6). X's refresh
// tokens rotate: each is good once.
func (s *Server) refresh(form url.Values) answer {
	token := form.Get("refresh_token")
	if token == "" {
		return missingParameter("refresh_token")
	}
	g := s.refreshes[token]
	if g == nil {
		if spent := s.spent[token]; spent != nil && s.reuseEndsGrant {
			s.withdraw(spent)
		}
		return invalidRequest("Value passed for the token was invalid.")
	}
	if s.omitsRefresh {
		s.newAccess(g)
		return s.grantAnswer(g, "")
	}
	s.renew(g)
	return s.grantAnswer(g, g.refresh)
}

// SetReuseStrict sets what happens when a refresh token comes that was used
// before. The request gets 400 in any case; with true the whole grant ends as
// well, the access token and the newest refresh token among it, because the
// token may have been stolen (RFC 9700, section 4.14.2). Which of the two X does
// is not known. Default: false.
func (s *Server) SetReuseStrict(strict bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reuseEndsGrant = strict
}

// OmitRefreshToken makes refreshes answer without a new refresh token; the
// refresh token that was sent then stays good (RFC 6749, section 6).
// Default: false.
func (s *Server) OmitRefreshToken(omit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.omitsRefresh = omit
}

// ExpireRefreshTokens ends the refresh tokens given out so far. Access tokens
// stay good to their own end.
func (s *Server) ExpireRefreshTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.refreshes)
}
