package twittertest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// bearerLifetime is how long an access token of OAuth 2.0 is good.
const bearerLifetime = 2 * time.Hour

// maxGrants is how many access tokens, and how many refresh tokens, are kept;
// see makeRoom.
const maxGrants = 50_000

// grant is what a person lets the app do over OAuth 2.0. At any time one
// access token stands for it, and one refresh token if offline.access is in it.
type grant struct {
	person  string
	scopes  []string
	access  string
	refresh string
	made    time.Time // of the tokens
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// renew gives a grant new tokens, which end the earlier ones.
func (s *Server) renew(g *grant) {
	s.withdraw(g)
	made := func(g *grant) time.Time { return g.made }
	g.made = s.now()
	makeRoom(s.bearers, maxGrants, s.isStale, made)
	g.access = newLongToken()
	s.bearers[g.access] = g
	if !g.has(offlineAccess) {
		return
	}
	makeRoom(s.refreshes, maxGrants, func(*grant) bool { return false }, made)
	g.refresh = newLongToken()
	s.refreshes[g.refresh] = g
}

// withdraw ends a grant's tokens.
func (s *Server) withdraw(g *grant) {
	delete(s.bearers, g.access)
	delete(s.refreshes, g.refresh)
}

// isStale tells whether a grant's access token is too old.
func (s *Server) isStale(g *grant) bool { return s.now().Sub(g.made) > bearerLifetime }

// grantOf finds the grant of an access token or a refresh token, or nil.
func (s *Server) grantOf(token string) *grant {
	if g := s.bearers[token]; g != nil {
		return g
	}
	return s.refreshes[token]
}

// refresh is the grant type refresh_token (RFC 6749, section 6). X's refresh
// tokens rotate: each is good once.
func (s *Server) refresh(form url.Values) answer {
	token := form.Get("refresh_token")
	if token == "" {
		return missingParameter("refresh_token")
	}
	g := s.refreshes[token]
	if g == nil {
		return invalidRequest("Value passed for the token was invalid.")
	}
	return s.grantAnswer(g)
}

// grantAnswer renews a grant and tells its tokens (RFC 6749, section 5.1).
func (s *Server) grantAnswer(g *grant) answer {
	s.renew(g)
	fields := map[string]any{
		"token_type":   "bearer",
		"expires_in":   int(bearerLifetime / time.Second),
		"access_token": g.access,
		"scope":        strings.Join(g.scopes, " "),
	}
	if g.has(offlineAccess) {
		fields["refresh_token"] = g.refresh
	}
	return oauth2Answer(http.StatusOK, fields)
}

// newLongToken is as long as X's codes and tokens of OAuth 2.0: 91 characters.
func newLongToken() string {
	var b [68]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// BearerToken returns an access token of OAuth 2.0 for a person, with these
// scopes, or tweet.read and users.read when none is given. It panics for an ID
// of nobody and for a scope that X does not have.
func (s *Server) BearerToken(personID string, scopes ...string) string {
	if len(scopes) == 0 {
		scopes = []string{readPosts, readUsers}
	}
	scopes, ok := parseScope(strings.Join(scopes, " "))
	if !ok {
		panic("twittertest: these scopes are not X's, or there twice")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.person(personID); !ok {
		panic("twittertest: there is no person with the ID " + personID)
	}
	g := &grant{person: personID, scopes: scopes}
	s.renew(g)
	return g.access
}
