package twitterauth

import (
	"errors"
	"net/http"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/site"
)

// endSession ends the sessions of a request, their rows first: when a row cannot be
// deleted, the cookie is kept, so that the person can try again.
func (s *server) endSession(w http.ResponseWriter, r *http.Request) error {
	var list []session.Session
	if s.rows != nil {
		var err error
		if list, err = s.sessionsOf(r); err != nil {
			return err
		}
	}
	return s.endSessions(w, r, list)
}

// endSessions is endSession for sessions that have been loaded. Without rows the
// list may be empty.
func (s *server) endSessions(w http.ResponseWriter, r *http.Request, list []session.Session) error {
	if s.rows != nil {
		for _, ended := range list {
			if err := s.deleteRow(r.Context(), ended); err != nil {
				return err
			}
		}
	}
	return recovering(func() error { return s.sessions.End(w, r) })
}

// dropEndedSession deletes the cookie of a session that the app ended, and marks the
// browser as logged out. A fetch, an image or a stream keeps the cookie for the next
// visit to delete: it may have been sent with the older cookie while a login
// finished, and its answer would delete the newer cookie.
func (s *server) dropEndedSession(w http.ResponseWriter, r *http.Request, e *Error) {
	if !errors.Is(e.Err, errSessionOver) || s.acceptsBearer() && bearerOf(r) != "" {
		return // a client with a token has no cookie to delete
	}
	noStore(w) // a cache must not hand the deletion to others
	ending := w
	if !site.IsNavigation(r) {
		ending = hold(w) // whose cookie is never sent
	}
	if err := s.endSession(ending, r); err != nil {
		s.log(r, sessionError(err))
		return
	}
	s.signedOut.set(w)
}
