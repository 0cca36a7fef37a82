package session

import (
	"errors"
	"net/http"
	"strings"
)

// tokenPrefix begins every bearer token of this package, so that any other
// Authorization header is left to the app, and so that secret scanners find
// leaked tokens. A change logs out every client that holds a token.
const tokenPrefix = "twa_"

// bearerToken returns the request's token without its prefix; ok is false
// when the request carries no token of this package.
func bearerToken(r *http.Request) (token string, ok bool) {
	for _, line := range r.Header["Authorization"] {
		scheme, rest, _ := strings.Cut(line, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		if token, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), tokenPrefix); ok {
			return token, true
		}
	}
	return "", false
}

// token returns the bearer token that has the value of a session's cookie, or ""
// where sessions have no tokens.
func (m *Manager) token(value string) string {
	if !m.bearer {
		return ""
	}
	return tokenPrefix + value
}

// loadToken returns the token's session. A good cookie does not make up for a
// bad token, and a request whose cookies name another user than its token has
// no session.
func (m *Manager) loadToken(r *http.Request, op *operation, token string) (Session, error) {
	s, err := m.open(op, token)
	if err != nil {
		return Session{}, err
	}
	fromCookie, err := m.loadCookie(r, op)
	switch {
	case err == nil && fromCookie.UserID != s.UserID:
		return Session{}, errTwoUsers
	case errors.Is(err, errTwoUsers), err != nil && !errors.Is(err, ErrNoSession):
		return Session{}, err
	}
	s.fromToken = true
	return s, nil
}
