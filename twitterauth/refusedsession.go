package twitterauth

import (
	"context"
	"net/http"

	"twitterlogin.example/session"
)

// refusedKey marks the context of a request whose refused session was reported, so
// that a guard inside LoadUser does not report it again.
type refusedKey struct{ server *server }

// sessionRefused reports a session that does not count: expired, sealed with an
// unknown key, or ended by its user or the app.
func (s *server) sessionRefused(ctx context.Context, refused session.Session) {
	if s.observer.observe == nil || ctx.Value(refusedKey{s}) != nil {
		return
	}
	s.observer.emit(ctx, Event{Kind: EventSessionRefused, Code: CodeLoginRequired, UserID: refused.UserID, SessionID: refused.ID})
}

// withRefusedSession returns a request whose refused session is not reported again.
func (s *server) withRefusedSession(r *http.Request) *http.Request {
	if s.observer.observe == nil {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), refusedKey{s}, true))
}
