package twitterauth

import (
	"context"
	"log/slog"
	"net/http"

	"twitterlogin.example/session"
)

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
	ended, err := s.sessionsOf(r)
	if err == nil || s.rows == nil { // without rows the list is for the log only
		err = s.endSessions(w, r, ended)
	}
	if err != nil {
		s.failFinally(w, r, sessionError(err))
		return
	}
	s.signedOut.set(w)
	s.loggedOut(r.Context(), ended)
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

// loggedOut reports the sessions that a logout has ended.
func (s *server) loggedOut(ctx context.Context, ended []session.Session) {
	for _, over := range ended {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "twitterauth: logged out", slog.String("user_id", shortened(over.UserID, maxLoggedPath)))
		s.observer.emit(ctx, Event{Kind: EventLoggedOut, UserID: over.UserID, SessionID: over.ID})
	}
}
