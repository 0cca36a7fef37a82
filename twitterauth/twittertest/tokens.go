package twittertest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"
)

// requestTokenLifetime is how long a login may take at X.
const requestTokenLifetime = 15 * time.Minute

// How many are kept; see makeRoom.
const (
	maxRequestTokens = 50_000
	maxAccessTokens  = 50_000
)

// requestToken is a login that the app has begun.
type requestToken struct {
	token    string
	secret   string
	callback *url.URL
	made     time.Time
	person   string // who approved it, "" so far
	verifier string
	decided  bool
}

// accessToken is for acting as a person.
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
	switch {
	case callback == "":
		return errorAnswer(c, http.StatusBadRequest, 215, "Bad Authentication data.")
	case callback == outOfBand && s.strict:
		return errorAnswer(c, http.StatusUnauthorized, 417, "Desktop applications only support the oauth_callback value 'oob'")
	}
	u, ok := s.approvedCallback(callback)
	if callback == outOfBand {
		u, ok = &url.URL{Path: outOfBand}, true
	}
	if !ok {
		return errorAnswer(c, http.StatusForbidden, 415, "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application settings")
	}
	s.dropOldTokens()
	t := &requestToken{token: newToken(), secret: newToken(), callback: u, made: s.now()}
	s.requests[t.token] = t
	return formAnswer("oauth_token", t.token, "oauth_token_secret", t.secret, "oauth_callback_confirmed", "true")
}

func (s *Server) dropOldTokens() {
	makeRoom(s.requests, maxRequestTokens, s.hasExpired, func(t *requestToken) time.Time { return t.made })
}

func (s *Server) hasExpired(t *requestToken) bool { return s.now().Sub(t.made) > requestTokenLifetime }

// undecided returns a request token that a person can still decide about, or
// nil.
func (s *Server) undecided(token string) *requestToken {
	if t := s.requests[token]; t != nil && !t.decided && !s.hasExpired(t) {
		return t
	}
	return nil
}

func (t *requestToken) field() (name, value string) { return "oauth_token", t.token }

func (t *requestToken) callbackURL() *url.URL { return t.callback }

// abilities: OAuth 1.0a asks for none, an app has what its settings say.
func (t *requestToken) abilities() []string { return nil }

func (t *requestToken) settle(_ *Server, r reply) url.Values {
	t.decided = true
	if r.kind == cancel {
		return url.Values{"denied": {t.token}}
	}
	t.person, t.verifier = r.person, newToken()
	if isOutOfBand(t.callback) {
		t.verifier = newPIN()
	}
	return url.Values{"oauth_token": {t.token}, "oauth_verifier": {t.verifier}}
}

func (s *Server) accessToken(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	oauth, refused := s.signed(c, func(token string) (string, bool) {
		t := s.requests[token]
		if t == nil || s.hasExpired(t) {
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
	access, secret := s.pairOf(t.person)
	pairs := []string{"oauth_token", access, "oauth_token_secret", secret}
	if p, ok := s.person(t.person); ok && !s.omitsWho {
		pairs = append(pairs, "user_id", p.ID, "screen_name", p.ScreenName)
	}
	return formAnswer(pairs...)
}

func (s *Server) issue(person string, foreign bool) (token, secret string) {
	makeRoom(s.access, maxAccessTokens, func(*accessToken) bool { return false }, func(t *accessToken) time.Time { return t.made })
	token, secret = person+"-"+newToken(), newToken()
	s.access[token] = &accessToken{secret: secret, person: person, made: s.now(), foreign: foreign}
	return token, secret
}

// pairOf returns the pair that the app got at the person's last login, as X
// does until it is invalidated, or issues one.
func (s *Server) pairOf(person string) (token, secret string) {
	if t := s.access[s.lastPair[person]]; t != nil {
		return s.lastPair[person], t.secret
	}
	token, secret = s.issue(person, false)
	s.lastPair[person] = token
	return token, secret
}

// newToken returns a token that looks as X's tokens do: 27 characters, '-' and '_'
// among them.
func newToken() string {
	var b [20]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// TokenPair returns an access token and its secret for a person, as a native
// app holds them after its own login with X. It panics for an unknown ID.
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
