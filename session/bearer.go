package session

import (
	"errors"
	"net/http"
	"strings"
)

// tokenPrefix begins every token of ours, so that any other Authorization
// header can be left to the app, and so that scanners find leaked ones.
const tokenPrefix = "twa_"

// bearerToken returns the request's token without its prefix; ok is false
// when the request has none of ours.
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

// loadToken lets the token speak for the request. A bad one is not made good
// by a cookie, and one that names another user than a good cookie makes the
// request nobody's.
func (m *Manager) loadToken(r *http.Request, token string) (Session, error) {
	fromToken, err := m.open(r, token)
	if err != nil {
		return Session{}, err
	}
	switch fromCookie, err := m.loadCookie(r); {
	case err == nil && fromCookie.UserID != fromToken.UserID:
		return Session{}, errTwoUsers
	case err != nil && !errors.Is(err, ErrNoSession):
		return Session{}, err
	}
	return fromToken, nil
}
