package twitterauth

import (
	"net/http"
	"time"
)

// handleSession answers a front end with who is logged in and until when.
func (s *server) handleSession(w http.ResponseWriter, r *http.Request) {
	current, e := s.userSession(r)
	if e != nil {
		s.dropEndedSession(w, r, e)
		s.failVisibly(w, r, e)
		return
	}
	noStore(w)
	writeJSON(w, http.StatusOK, struct {
		UserID       string    `json:"userId"`
		StayLoggedIn bool      `json:"stayLoggedIn"`
		IssuedAt     time.Time `json:"issuedAt"`
		ExpiresAt    time.Time `json:"expiresAt"`
	}{current.UserID, current.StayLoggedIn, current.IssuedAt, current.ExpiresAt})
}
