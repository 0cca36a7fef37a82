package twitterauth

import "net/http"

// handleLogout ends the session. Without one it does the same: who clicks
// "sign out" twice is signed out.
func (s *server) handleLogout(w http.ResponseWriter, r *http.Request) {
	if err := s.origins.Check(r); err != nil {
		s.fail(w, r, newError(CodeCrossOrigin, err))
		return
	}
	if err := s.endSession(w, r); err != nil {
		s.failVisibly(w, r, sessionError(err))
		return
	}
	s.signedOut.set(w)
	noStore(w)
	if prefersJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	redirect(w, s.cfg.AfterLogout)
}
