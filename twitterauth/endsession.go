package twitterauth

import (
	"errors"
	"net/http"
)

// endSession ends the sessions of a request, their rows first: when a row cannot be
// deleted, the cookie is kept, so that the person can try again.
func (s *server) endSession(w http.ResponseWriter, r *http.Request) error {
	if s.rows != nil {
		list, err := s.sessionsOf(r)
		if err != nil {
			return err
		}
		for _, ended := range list {
			if err := s.deleteRow(r.Context(), ended); err != nil {
				return err
			}
		}
	}
	return recovering(func() error { return s.sessions.End(w, r) })
}

// dropEndedSession deletes the cookie of a session that the app ended.
func (s *server) dropEndedSession(w http.ResponseWriter, r *http.Request, e *Error) {
	if !errors.Is(e.Err, errSessionOver) || s.acceptsBearer() && bearerOf(r) != "" {
		return // a client with a token has no cookie to delete
	}
	noStore(w) // a cache must not hand the deletion to others
	if err := s.endSession(w, r); err != nil {
		s.log(r, sessionError(err))
		return
	}
	s.signedOut.set(w)
}
