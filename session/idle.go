package session

import "time"

// minIdleTimeout is the shortest idle timeout that New accepts. A shorter timeout
// signs people out while they read a page, and is often a number without a unit.
const minIdleTimeout = time.Minute

// idleTimeout returns how long a session may be unused; 0: as long as it lasts.
func (m *Manager) idleTimeout(stayLoggedIn bool) time.Duration {
	if stayLoggedIn {
		return m.stayIdleTimeout
	}
	return m.normalIdleTimeout
}

// seen returns the session as used at that moment. Without a timeout it returns
// the same session.
func (s Session) seen(now time.Time, idleTimeout time.Duration) Session {
	if idleTimeout == 0 {
		return s
	}
	s.LastSeen = now
	s.IdleUntil = s.idleEnd(now, idleTimeout)
	return s
}

func (s Session) idleEnd(now time.Time, idleTimeout time.Duration) time.Time {
	if end := now.Add(idleTimeout); end.Before(s.ExpiresAt) {
		return end
	}
	return s.ExpiresAt
}

// end returns when the session ends unless it is renewed.
func (s Session) end() time.Time {
	if !s.IdleUntil.IsZero() && s.IdleUntil.Before(s.ExpiresAt) {
		return s.IdleUntil
	}
	return s.ExpiresAt
}

// secondsLeft is for what has no end of its own: the browser's cookie and the
// store's record. It is at least 1, because 0 means "delete" or "for ever" there.
func (s Session) secondsLeft() int { return max(1, seconds(time.Until(s.end()))) }

// check refuses a session from the moment it ends, and a session that begins in
// the future. A session without an idle end counts as seen now, so that setting an
// idle timeout ends no session.
func (m *Manager) check(s Session, err error) (Session, error) {
	if err != nil {
		return Session{}, err
	}
	now := time.Now()
	switch {
	case !now.Before(s.end()):
		return Session{}, ErrExpired
	case s.IssuedAt.After(now) && s.IssuedAt.Sub(now) > maxClockSkew: // the second is slow, the first is seldom true
		return Session{}, ErrNotYetValid
	}
	if timeout := m.idleTimeout(s.StayLoggedIn); timeout > 0 && s.IdleUntil.IsZero() {
		s.IdleUntil = s.idleEnd(recordTime(now), timeout)
	}
	return s, nil
}
