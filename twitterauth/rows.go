package twitterauth

import (
	"net/http"

	"twitterlogin.example/session"
)

// rowError is an error of the app's store about a row, unlike those about the
// session itself.
type rowError struct{ error }

func (e rowError) Unwrap() error { return e.error }

func (s *server) saveRow(r *http.Request, begun session.Session) error {
	return asRowError(recovering(func() error { return s.rows.SaveSession(r.Context(), r, begun) }))
}

func (s *server) deleteRow(r *http.Request, ended session.Session) error {
	return asRowError(recovering(func() error { return s.rows.DeleteSession(r.Context(), ended) }))
}

func asRowError(err error) error {
	if err == nil {
		return nil
	}
	return rowError{err}
}
