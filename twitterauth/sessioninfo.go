package twitterauth

import (
	"errors"
	"net/http"
	"time"

	"twitterlogin.example/session"
)

// sessionInfo is the answer of GET and POST session.
type sessionInfo struct {
	UserID       string     `json:"userId"`
	StayLoggedIn bool       `json:"stayLoggedIn"`
	IssuedAt     time.Time  `json:"issuedAt"`
	ExpiresAt    time.Time  `json:"expiresAt"`
	IdleUntil    *time.Time `json:"idleUntil,omitempty"` // where there is an idle timeout
	UserToken    string     `json:"userToken,omitempty"` // for a request that bore a token
}

// handleSession answers a front end with who is logged in and until when. A post
// also renews the session.
func (s *server) handleSession(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if err := s.origins.CheckApp(r); err != nil {
			s.fail(w, r, newError(CodeCrossOrigin, err))
			return
		}
	}
	current, e := s.userSession(r)
	if e != nil {
		s.dropEndedSession(w, r, e)
		s.fail(w, r, e)
		return
	}
	token := ""
	if r.Method == http.MethodPost {
		var err error
		current, token, err = s.renewNow(w, r, current)
		if err != nil {
			s.fail(w, r, renewalError(err))
			return
		}
	}
	noStore(w)
	info := sessionInfo{
		UserID: current.UserID, StayLoggedIn: current.StayLoggedIn,
		IssuedAt: current.IssuedAt, ExpiresAt: current.ExpiresAt,
		UserToken: token,
	}
	if !current.IdleUntil.IsZero() {
		info.IdleUntil = &current.IdleUntil
	}
	writeJSON(w, http.StatusOK, info)
}

// renewalError is what a session means that could not be renewed.
func renewalError(err error) *Error {
	if errors.Is(err, session.ErrNoSession) {
		return newError(CodeLoginRequired, err)
	}
	return sessionError(err)
}
