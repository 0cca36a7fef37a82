package twittertest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// bearerLifetime is how long an access token of OAuth 2.0 is good at X.
const bearerLifetime = 2 * time.Hour

// maxGrants is how many access tokens, refresh tokens and spent refresh tokens
// are kept; see makeRoom.
const maxGrants = 50_000

// grant is what a person allows the app over OAuth 2.0. At any time a single
// access token stands for it, and a single refresh token if offline.access is in it.
type grant struct {
	person  string
	scopes  []string
	access  string
	refresh string
	made    time.Time // of the access token
	until   time.Time // the access token is good to here
}

func (g *grant) has(scopes ...string) bool {
	for _, scope := range scopes {
		if !slices.Contains(g.scopes, scope) {
			return false
		}
	}
	return true
}

// renew gives a grant new tokens, which end the earlier ones.
func (s *Server) renew(g *grant) {
	s.newAccess(g)
	s.newRefresh(g)
}

func madeAt(g *grant) time.Time { return g.made }

// newAccess gives a grant a new access token, which ends the earlier one.
func (s *Server) newAccess(g *grant) {
	delete(s.bearers, g.access)
	g.made = s.now()
	g.until = g.made.Add(s.bearerLifetime)
	makeRoom(s.bearers, maxGrants, s.isStale, madeAt)
	g.access = newLongToken()
	s.bearers[g.access] = g
}

// newRefresh gives a grant that may have one a new refresh token. The earlier
// one is spent.
func (s *Server) newRefresh(g *grant) {
	if !g.has(offlineAccess) {
		return
	}
	never := func(*grant) bool { return false }
	if g.refresh != "" {
		delete(s.refreshes, g.refresh)
		makeRoom(s.spent, maxGrants, never, madeAt)
		s.spent[g.refresh] = g
	}
	makeRoom(s.refreshes, maxGrants, never, madeAt)
	g.refresh = newLongToken()
	s.refreshes[g.refresh] = g
}

// withdraw ends a grant's tokens.
func (s *Server) withdraw(g *grant) {
	delete(s.bearers, g.access)
	delete(s.refreshes, g.refresh)
}

// isStale reports whether a grant's access token is too old.
func (s *Server) isStale(g *grant) bool { return s.now().After(g.until) }

// grantOf finds the grant of an access token or a refresh token, or nil.
func (s *Server) grantOf(token string) *grant {
	if g := s.bearers[token]; g != nil {
		return g
	}
	return s.refreshes[token]
}

// grantAnswer has a grant's access token, and its refresh token where there is
// a new one (RFC 6749, section 5.1).
func (s *Server) grantAnswer(g *grant, refresh string) answer {
	fields := map[string]any{
		"token_type":   "bearer",
		"expires_in":   int(g.until.Sub(g.made) / time.Second),
		"access_token": g.access,
		"scope":        strings.Join(g.scopes, " "),
	}
	if refresh != "" {
		fields["refresh_token"] = refresh
	}
	return oauth2Answer(http.StatusOK, fields)
}

// ExpireBearerTokens makes the access tokens of OAuth 2.0 given out so far too
// old, as their two hours do. Their refresh tokens stay good.
func (s *Server) ExpireBearerTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.bearers {
		g.until = time.Time{}
	}
}

// SetBearerLifetime sets how long the access tokens of OAuth 2.0 that are given
// out from now on are good; expires_in has it in whole seconds. Default: X's two
// hours, which 0 brings back.
func (s *Server) SetBearerLifetime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d == 0 {
		d = bearerLifetime
	}
	s.bearerLifetime = d
}

// newLongToken is as long as X's codes and tokens of OAuth 2.0: 91 characters.
func newLongToken() string {
	var b [68]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// BearerToken returns an access token of OAuth 2.0 for a person, with these
// scopes, or tweet.read and users.read without arguments. It panics for an unknown
// ID and for a scope that X does not have.
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
