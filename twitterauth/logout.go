package twitterauth

import "net/http"

// handleLogout ends the session. Without one it does the same: who clicks
// "sign out" twice is signed out.
func (a *Auth[U]) handleLogout(w http.ResponseWriter, r *http.Request) {
	if e := a.origins.check(r); e != nil {
		a.fail(w, r, e)
		return
	}
	if err := a.endSession(w, r); err != nil {
		a.failVisibly(w, r, sessionFault(err))
		return
	}
	a.signedOut.set(w)
	noStore(w)
	if prefersJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	redirect(w, a.cfg.AfterLogout)
}
