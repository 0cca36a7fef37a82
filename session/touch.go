package session

import (
	"errors"
	"net/http"
	"time"
)

// Touch renews the session s, which [Manager.Load] returned for this request, and
// sends its cookie anew. The session keeps its ID, IssuedAt, ExpiresAt,
// StayLoggedIn and UserID; LastSeen becomes now, and IdleUntil becomes now and the
// idle timeout, but never passes ExpiresAt. Without an idle timeout Touch sends the
// same session again. For a fresh ID, as after a login or a change of rights, call
// [Manager.Start]. Call Touch before writing the response.
//
// With a server-side [Config.Store], Touch looks the record up immediately before
// it saves it, and the record keeps its name in the store: a request that was sent
// with the older cookie stays signed in. A renewal that runs at the same moment as
// a logout can still save the record after the logout has deleted it, because
// gorilla stores have no conditional save.
//
// When Touch fails it sends no cookie. Errors: [ErrNoSession], wrapped by a cause,
// when the session has expired, or has ended or been replaced in the store or by
// this response; [ErrHeadersSent]; [ErrCookieTooLong]; or the store's error, as in
// [Manager.Load].
func (m *Manager) Touch(w http.ResponseWriter, r *http.Request, s Session) (Session, error) {
	if answerBegun(w) {
		return Session{}, ErrHeadersSent
	}
	renewed, value, err := m.renew(w, r, s)
	if err != nil {
		return Session{}, err
	}
	m.setCookie(w, value, renewed)
	return renewed, nil
}

// TouchWithToken is [Manager.Touch] for a session that came by a bearer token
// ([Session.FromToken]). It sets no cookie, and returns the token to send from now
// on. The old token stays valid until its own IdleUntil. The token is empty unless
// [Config.Bearer] is set. Do not call it for a session that came by a cookie:
// scripts cannot read the cookie, and they could read the token. Its errors are
// Touch's without ErrHeadersSent.
func (m *Manager) TouchWithToken(w http.ResponseWriter, r *http.Request, s Session) (Session, string, error) {
	renewed, value, err := m.renew(w, r, s)
	if err != nil {
		return Session{}, "", err
	}
	return renewed, m.token(value), nil
}

// renew returns the renewed session, and the value for its cookie or token.
func (m *Manager) renew(w http.ResponseWriter, r *http.Request, s Session) (renewed Session, value string, err error) {
	if m.server != nil {
		renewed, value, err = m.renewStored(w, r, s)
	} else {
		renewed, value, err = m.renewSealed(w, s)
	}
	switch {
	case err != nil:
		return Session{}, "", err
	case m.cookie.tooLong(value):
		return Session{}, "", ErrCookieTooLong
	}
	renewed.fromToken = s.fromToken
	return renewed, value, nil
}

// renewSealed seals the session itself, because the server keeps nothing. Only
// this response shows whether the session has ended since it was loaded.
func (m *Manager) renewSealed(w http.ResponseWriter, s Session) (Session, string, error) {
	if value, sent := m.cookie.sent(w); sent {
		if current, err := m.open(nil, value); err != nil || current.ID != s.ID {
			return Session{}, "", errEnded
		}
	}
	if len(s.ID) != sessionIDSize || s.UserID == "" { // a record of it would name another user
		return Session{}, "", errEnded
	}
	s, err := m.check(s, nil)
	if err != nil {
		return Session{}, "", err
	}
	s = m.seenNow(s)
	value, err := m.sealed.save(s)
	return s, value, err
}

// renewStored renews the record whose session has the ID of s, among those that
// the request names.
func (m *Manager) renewStored(w http.ResponseWriter, r *http.Request, s Session) (Session, string, error) {
	op := m.operation(r)
	defer op.close()
	cause := errEnded
	for _, value := range m.carried(w, r) {
		renewed, value, err := m.renewRecord(op, value, s.ID)
		switch {
		case err == nil:
			return renewed, value, nil
		case !errors.Is(err, ErrNoSession):
			return Session{}, "", err
		case errors.Is(err, ErrExpired), errors.Is(err, ErrNotYetValid):
			cause = err
		}
	}
	return Session{}, "", cause
}

// renewRecord renews the record that a cookie's value, or a token, names, if it is
// the record of the session with that ID.
func (m *Manager) renewRecord(op *operation, value, id string) (Session, string, error) {
	if m.cookie.tooLong(value) {
		return Session{}, "", errUnreadable
	}
	gs, err := op.fetch(value)
	if err != nil {
		return Session{}, "", err
	}
	s, err := sessionOf(gs)
	if err == nil && s.ID != id {
		return Session{}, "", errEnded
	}
	if s, err = m.check(s, err); err != nil {
		return Session{}, "", err
	}
	s = m.seenNow(s)
	value, err = op.put(gs, s)
	return s, value, err
}

// carried returns the values that may name the session: the request's cookies and
// token, or what this response has already sent in their place.
func (m *Manager) carried(w http.ResponseWriter, r *http.Request) []string {
	switch value, sent := m.cookie.sent(w); {
	case sent && value == "":
		return nil // the response ends the session
	case sent:
		return []string{value}
	}
	candidates, n := m.cookie.candidates(r)
	values := candidates[:n]
	if token, ok := bearerToken(r); ok && m.bearer {
		values = append(values, token)
	}
	return values
}

func (m *Manager) seenNow(s Session) Session {
	return s.seen(recordTime(time.Now()), m.idleTimeout(s.StayLoggedIn))
}
