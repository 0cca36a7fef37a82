package twitterauth

import (
	"net/http"
	"time"
)

// handleSession answers a front end with who is logged in and until when.
func (a *Auth[U]) handleSession(w http.ResponseWriter, r *http.Request) {
	s, e := a.loadSession(r)
	if e != nil {
		a.forget(w, r, e)
		a.failVisibly(w, r, e)
		return
	}
	noStore(w)
	writeJSON(w, http.StatusOK, struct {
		UserID       string    `json:"userId"`
		StayLoggedIn bool      `json:"stayLoggedIn"`
		IssuedAt     time.Time `json:"issuedAt"`
		ExpiresAt    time.Time `json:"expiresAt"`
	}{s.UserID, s.StayLoggedIn, s.IssuedAt, s.ExpiresAt})
}
