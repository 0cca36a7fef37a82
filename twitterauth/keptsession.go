package twitterauth

import (
	"errors"
	"net/http"
	"slices"

	"twitterlogin.example/session"
)

// heldResponse collects the cookies that a SessionManager sets, until it is
// certain that they may be sent.
type heldResponse struct {
	http.ResponseWriter
	header http.Header
}

func hold(w http.ResponseWriter) heldResponse {
	return heldResponse{w, w.Header().Clone()}
}

func (h heldResponse) Header() http.Header         { return h.header }
func (h heldResponse) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// release sends what was collected.
func (h heldResponse) release() {
	header := h.ResponseWriter.Header()
	for name, values := range h.header {
		if !slices.Equal(header[name], values) {
			header[name] = values
		}
	}
}

// errNoSessionID is for a SessionManager whose sessions have no ID, by which the
// store's rows are keyed.
var errNoSessionID = errors.New("twitterauth: the SessionManager began a session without an ID, by which the store's SessionKeeper keeps its rows: set Session.ID")

// beginKept starts a session that has a row. The row is saved before the cookie is
// sent, accept makes sure that the session would be accepted, and the row of the
// older session is deleted last, so that a failure leaves no cookie and the older
// session goes on.
func (s *server) beginKept(w http.ResponseWriter, r *http.Request, userID string, in entry, accept func(session.Session) error) (begun session.Session, token string, err error) {
	older, err := s.load(r)
	if err != nil && !errors.Is(err, session.ErrNoSession) {
		return session.Session{}, "", err
	}
	hadOlder := err == nil
	held := hold(w)
	begun, token, err = s.startSession(held, s.withoutOlder(r), userID, in)
	switch {
	case err != nil:
		return session.Session{}, "", err
	case begun.ID == "":
		return session.Session{}, "", errNoSessionID
	}
	if err := s.saveRow(r, begun); err != nil {
		return session.Session{}, "", err
	}
	err = accept(begun)
	if err == nil && hadOlder {
		err = s.endOlder(w, r, older)
	}
	if err != nil {
		return session.Session{}, "", errors.Join(err, s.deleteRow(r, begun))
	}
	held.release()
	return begun, token, nil
}

// withoutOlder returns the request as Start gets it. A server-side store of
// package session would drop the older session at once, before it is certain that
// the new one begins; so it gets a request without cookies, and endOlder does the
// rest.
func (s *server) withoutOlder(r *http.Request) *http.Request {
	if !s.dropsOlderItself() {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del("Cookie")
	r.Header.Del("Authorization")
	return r
}

func (s *server) dropsOlderItself() bool {
	return s.cfg.SessionManager == nil && s.cfg.Session.Store != nil
}

func (s *server) endOlder(w http.ResponseWriter, r *http.Request, older session.Session) error {
	if err := s.deleteRow(r, older); err != nil {
		return err
	}
	if !s.dropsOlderItself() {
		return nil
	}
	return recovering(func() error { return s.sessions.End(hold(w), r) }) // its cookie is replaced anyway
}
