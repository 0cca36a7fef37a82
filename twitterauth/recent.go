package twitterauth

import (
	"fmt"
	"net/http"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/site"
)

// minMaxAge is the least age that RequireRecent can ask for: a login that X
// confirms takes about as long.
const minMaxAge = time.Minute

// checkMaxAge panics for an age that no login or every login meets, as
// http.ServeMux does for a bad pattern. It is found at start, not by a visitor.
func (s *server) checkMaxAge(maxAge time.Duration) {
	if maxAge < minMaxAge {
		panic(fmt.Sprintf("twitterauth: RequireRecent(%v): under a minute there is no time to confirm; durations have units, as in 10*time.Minute", maxAge))
	}
	lifetime := s.cfg.Session.Lifetime
	if lifetime == 0 {
		lifetime = session.DefaultLifetime
	}
	if s.cfg.SessionManager == nil && maxAge >= lifetime {
		panic(fmt.Sprintf("twitterauth: RequireRecent(%v): every session without stayLoggedIn is younger, because Session.Lifetime is %v; choose less", maxAge, lifetime))
	}
}

// isRecent reports whether a session's login is at most maxAge ago. A login of the
// future, beyond what clocks differ by, is not.
func isRecent(current session.Session, maxAge time.Duration) bool {
	age := time.Since(current.IssuedAt)
	return age <= maxAge && age >= -maxClockSkew
}

// maxClockSkew is how far the clock of the machine that started a session may run
// ahead.
const maxClockSkew = time.Minute

// askToConfirm answers a request whose user must confirm first: a page visit by
// the app's sign-in page or a page with a button, anything else by 401. It never
// repeats a post.
func (s *server) askToConfirm(w http.ResponseWriter, r *http.Request, current session.Session, maxAge time.Duration) {
	asked := ""
	if r.Method == http.MethodGet {
		asked = s.returns.FromRequest(r)
	}
	if s.cfg.LoginPage != "" && site.IsPageVisit(r, acceptsHTML(r)) {
		noStore(w)
		redirect(w, s.signInAddress(asked, true))
		return
	}
	if s.cameByToken(r, current) {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="insufficient_user_authentication", max_age=%d`, maxAge/time.Second))
	}
	e := newError(CodeLoginTooOld, nil)
	e.maxAge = maxAge
	s.fail(w, r, e.startAgainWith(startForm{ReturnTo: asked, Stay: current.StayLoggedIn, Reauth: true}))
}
