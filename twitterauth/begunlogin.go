package twitterauth

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"twitterlogin.example/twitterauth/internal/attempt"
)

// begunLogin reports a login that has begun to the log and to Config.Observe.
type begunLogin struct {
	server   *server
	protocol attempt.Protocol
	began    time.Time
	id       *loginID // nil: no other request can end it
}

// announce reports a login that is about to begin at X.
func (s *server) announce(ctx context.Context, p attempt.Protocol) begunLogin {
	s.observer.emit(ctx, Event{Kind: EventLoginStarted, Protocol: protocolName(p)})
	return begunLogin{server: s, protocol: p, began: time.Now()}
}

// pendingLogin is a login that a request brings back. leave must be called at the
// request's end.
func (s *server) pendingLogin(t attempt.Attempt) begunLogin {
	l := begunLogin{server: s, protocol: t.Protocol, began: t.Started}
	if s.observer.observe != nil {
		id := loginIDOf(t)
		l.id = &id
		s.ends.enter(id)
	}
	return l
}

func (l begunLogin) leave(ctx context.Context) {
	if l.id == nil {
		return
	}
	if failure := l.server.ends.leave(*l.id); failure != nil {
		l.server.observer.emit(ctx, *failure)
	}
}

// ended reports how the login has ended: with an error, or with the person in. Of
// the zero value, a login that has not begun, it reports nothing.
func (l begunLogin) ended(r *http.Request, in signedIn, e *Error) {
	switch {
	case l.server == nil:
	case e != nil:
		l.failed(r, e)
	default:
		l.succeeded(r.Context(), in)
	}
}

// succeeded reports that the person is in. It is called once the session has begun.
func (l begunLogin) succeeded(ctx context.Context, in signedIn) {
	message := "twitterauth: signed in"
	if in.linked {
		message = "twitterauth: X account linked"
	}
	attrs := []slog.Attr{
		slog.String("user_id", shortened(in.userID, maxLoggedPath)),
		slog.String("protocol", protocolName(l.protocol)),
	}
	if in.login.Reauth {
		attrs = append(attrs, slog.Bool("reauth", true))
	}
	l.server.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, message, attrs...)
	e := l.event(EventLoginFinished)
	e.UserID, e.SessionID = in.userID, in.session.ID
	if l.id == nil || l.server.ends.succeed(*l.id) {
		l.server.observer.emit(ctx, e)
	}
	if in.linked {
		e.Kind, e.Took = EventLinked, 0
		l.server.observer.emit(ctx, e)
	}
}

// failed reports that the login has failed for good. Nothing is reported of a client
// that went away, or that found all places to X taken, because the login may still
// finish when the client comes again.
func (l begunLogin) failed(r *http.Request, e *Error) {
	if clientGone(r, e) || e.Code == CodeOverloaded {
		return
	}
	failure := l.event(EventLoginFailed)
	failure.Code = e.Code
	if l.id == nil || l.server.ends.fail(*l.id, failure) {
		l.server.observer.emit(r.Context(), failure)
	}
}

func (l begunLogin) event(kind EventKind) Event {
	// Another machine's clock, which sealed the beginning, may be ahead.
	return Event{Kind: kind, Protocol: protocolName(l.protocol), Took: max(time.Since(l.began), 0)}
}
