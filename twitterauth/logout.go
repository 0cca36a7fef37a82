package twitterauth

import "net/http"

// handleLogout ends the session by a post. A visit shows a page with a button,
// because a link or an image elsewhere must not log anyone out.
func (s *server) handleLogout(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.askToLogOut(w)
		return
	}
	if err := s.origins.Check(r); err != nil {
		s.failFinally(w, r, newError(CodeCrossOrigin, err))
		return
	}
	if err := s.endSession(w, r); err != nil {
		s.failVisibly(w, r, finally(sessionError(err)))
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

func (s *server) askToLogOut(w http.ResponseWriter) {
	noStore(w)
	writePage(w, http.StatusOK, page{
		Site:       s.site.Hostname,
		Title:      "Log out",
		Message:    "You are about to log out of " + s.site.Hostname + ".",
		Form:       s.logoutForm(""),
		formAction: s.formAction,
		Home:       s.cfg.AfterLogout,
	})
}
