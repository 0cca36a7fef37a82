package twitterauth

import "net/http"

// handleLogout ends the session by a post. A visit shows a page with a button,
// because a link or an image elsewhere must not log anyone out.
func (s *server) handleLogout(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.askToLogOut(w, r)
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

func (s *server) askToLogOut(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	l := s.hooks.lookFor(w, r, s.site)
	l.writePage(w, r, page{
		Page: Page{
			Status:  http.StatusOK,
			Title:   l.text(logOutTitle),
			Message: l.text(logOutMessage),
			Form:    s.logoutForm(l.text(logOutButton)),
			Home:    s.cfg.AfterLogout,
		},
		formAction: s.formAction,
	})
}
