package twittertest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// requestTokenLifetime is how long a login may take at X.
const requestTokenLifetime = 15 * time.Minute

// Beyond these a tenth is forgotten, the oldest first.
const (
	maxRequestTokens = 50_000
	maxAccessTokens  = 50_000
)

// requestToken is a login that the app has begun.
type requestToken struct {
	secret   string
	callback string
	made     time.Time
	person   string // who approved it, "" so far
	verifier string
	decided  bool
}

// accessToken lets an app act for a person.
type accessToken struct {
	secret  string
	person  string
	made    time.Time
	foreign bool // issued to another app
}

func (s *Server) requestToken(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	oauth, refused := s.signed(c, nil)
	if refused != nil {
		return *refused
	}
	callback := oauth["oauth_callback"]
	switch u, err := url.Parse(callback); {
	case callback == "":
		return errorAnswer(c, http.StatusBadRequest, 215, "Bad Authentication data.")
	case callback == "oob":
		// A PIN would be shown; this server has no use for it.
		return errorAnswer(c, http.StatusUnauthorized, 417, "Desktop applications only support the oauth_callback value 'oob'")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https",
		len(s.registered) > 0 && !slices.Contains(s.registered, callback):
		return errorAnswer(c, http.StatusForbidden, 415, "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application settings")
	}
	s.dropOldTokens()
	token, t := newToken(), &requestToken{secret: newToken(), callback: callback, made: s.now()}
	s.requests[token] = t
	return formAnswer("oauth_token", token, "oauth_token_secret", t.secret, "oauth_callback_confirmed", "true")
}

func (s *Server) dropOldTokens() {
	if len(s.requests) < maxRequestTokens {
		return
	}
	maps.DeleteFunc(s.requests, func(_ string, t *requestToken) bool { return s.isOver(t) })
	if len(s.requests) > maxRequestTokens*9/10 {
		dropOldest(s.requests, maxRequestTokens/10, func(t *requestToken) time.Time { return t.made })
	}
}

func dropOldest[T any](tokens map[string]T, n int, made func(T) time.Time) {
	names := slices.SortedFunc(maps.Keys(tokens), func(a, b string) int { return made(tokens[a]).Compare(made(tokens[b])) })
	for _, name := range names[:min(n, len(names))] {
		delete(tokens, name)
	}
}

func (s *Server) isOver(t *requestToken) bool { return s.now().Sub(t.made) > requestTokenLifetime }

func (s *Server) accessToken(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	oauth, refused := s.signed(c, func(token string) (string, bool) {
		t := s.requests[token]
		if t == nil || s.isOver(t) {
			return "", false
		}
		return t.secret, true
	})
	if refused != nil {
		return *refused
	}
	token, verifier := oauth["oauth_token"], oauth["oauth_verifier"]
	if verifier == "" {
		verifier = c.form.Get("oauth_verifier")
	}
	t := s.requests[token]
	if t.verifier == "" || subtle.ConstantTimeCompare([]byte(verifier), []byte(t.verifier)) != 1 {
		return newAnswer(http.StatusUnauthorized, "text/html; charset=utf-8", []byte("Error processing your OAuth request: Invalid oauth_verifier parameter"))
	}
	delete(s.requests, token) // single use
	access, secret := s.issue(t.person, false)
	pairs := []string{"oauth_token", access, "oauth_token_secret", secret}
	if p, ok := s.person(t.person); ok && !s.omitsWho {
		pairs = append(pairs, "user_id", p.ID, "screen_name", p.ScreenName)
	}
	return formAnswer(pairs...)
}

func (s *Server) issue(person string, foreign bool) (token, secret string) {
	if len(s.access) >= maxAccessTokens {
		dropOldest(s.access, maxAccessTokens/10, func(t *accessToken) time.Time { return t.made })
	}
	token, secret = person+"-"+newToken(), newToken()
	s.access[token] = &accessToken{secret: secret, person: person, made: s.now(), foreign: foreign}
	return token, secret
}

// newToken looks like one of X's: 27 characters, '-' and '_' among them.
func newToken() string {
	var b [20]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// TokenPair returns an access token and its secret for a person, as a native
// app holds them after its own login with X. It panics for an ID of nobody.
func (s *Server) TokenPair(personID string) (token, secret string) {
	return s.tokenPair(personID, false)
}

// ForeignTokenPair returns a pair that another app got for the person. Signed
// with this app's key it is refused.
func (s *Server) ForeignTokenPair(personID string) (token, secret string) {
	return s.tokenPair(personID, true)
}

func (s *Server) tokenPair(personID string, foreign bool) (token, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.person(personID); !ok {
		panic("twittertest: there is no person with the ID " + personID)
	}
	return s.issue(personID, foreign)
}

// Revoke makes an access token invalid, as a person does in X's settings.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.access, token)
}
