package twitterauth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"twitterlogin.example/session"
)

// sessionWatch logs sessions that are rejected for a reason which may be the
// operator's to repair: keys or clocks that differ between machines sign people
// out without an error anywhere.
type sessionWatch struct {
	logger *slog.Logger

	mu       sync.Mutex
	unknown  int       // sessions under an unknown key since the last line
	lastLine time.Time // about those
	future   sync.Once
	past     sync.Once
}

// unknownKeyInterval is the least time between two lines about unknown keys,
// because anyone can send cookies that no key opens.
const unknownKeyInterval = time.Minute

// note looks at why a request has no session.
func (s *sessionWatch) note(ctx context.Context, err error) {
	switch {
	case errors.Is(err, session.ErrUnknownKey):
		s.noteUnknownKey(ctx)
	case errors.Is(err, session.ErrNotYetValid):
		s.future.Do(func() {
			s.logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: a session begins in the future, so it was rejected; later ones are not logged",
				slog.String("remedy", "compare the clocks of all machines (NTP): this machine's clock is behind, or the clock of the machine that started the session is ahead"))
		})
	case errors.Is(err, session.ErrExpired):
		s.past.Do(func() {
			s.logger.LogAttrs(ctx, slog.LevelInfo, "twitterauth: a session that ended in the past was rejected; later ones are not logged",
				slog.String("remedy", "none if people return after a long time; if they are signed out too early, compare the clocks of all machines (NTP): this machine's clock may be ahead"))
		})
	}
}

func (s *sessionWatch) noteUnknownKey(ctx context.Context) {
	s.mu.Lock()
	s.unknown++
	count, now := s.unknown, time.Now()
	due := s.lastLine.IsZero() || now.Sub(s.lastLine) >= unknownKeyInterval
	if due {
		s.unknown, s.lastLine = 0, now
	}
	s.mu.Unlock()
	if !due {
		return
	}
	s.logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: session sealed with a key that this server does not have",
		slog.Int("count", count),
		slog.String("remedy", "compare Session.Keys and CallbackURL of all machines: add a new key second everywhere before it seals anywhere; a few such cookies are ordinary after a key was dropped"))
}
