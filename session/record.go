package session

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Session is a user's login: who is logged in, since when and until when.
type Session struct {
	ID           string    // random, fresh at each login; names the session in logs, opens nothing
	UserID       string    // as the app's store gave it
	IssuedAt     time.Time // UTC, to the microsecond
	ExpiresAt    time.Time // UTC; the session is invalid from this moment on, however much it is used
	StayLoggedIn bool      // whether it outlives the browser

	// LastSeen is when the session was last renewed ([Manager.Touch]), or
	// IssuedAt where it never was. UTC, to the microsecond. It is coarse: package
	// twitterauth renews a session only when LastSeen is older than a twentieth of
	// the idle timeout.
	LastSeen time.Time

	// IdleUntil is when the session ends unless it is renewed before; it is never
	// after ExpiresAt. UTC, to the microsecond. Zero: no idle timeout.
	IdleUntil time.Time

	fromToken bool // set by Load, and not stored
}

// FromToken reports whether [Manager.Load] found the session by a bearer token.
// It is false for what Start returns. A session that came by a bearer token is
// renewed with [Manager.TouchWithToken].
func (s Session) FromToken() bool { return s.fromToken }

// A record is a Session as it is stored: one byte of layout and flags, the times
// in microseconds of Unix time, the ID, and the user ID to the end. It is an
// eighth of what gob makes of the same, and quick to read.
//
// recordLayout has two times, IssuedAt and ExpiresAt. recordIdleLayout has LastSeen
// and IdleUntil behind these; only sessions with an idle timeout are written so.
//
// Records of an unknown layout are no session, and their cookie is kept. So a
// change of these sizes needs another layout number, and two releases where
// machines are replaced while others serve: the first release reads the new layout
// and still writes the old layout, the second release writes the new layout. Layout
// numbers are never used again. For recordIdleLayout the app's setting of an idle
// timeout is the second step.
const (
	recordLayout     = 0x10
	recordIdleLayout = 0x20
	recordStay       = 0x01

	recordHeader     = 1 + 2*8
	recordIdleHeader = 1 + 4*8
)

// sessionIDSize is the length of [rand.Text]: 26 characters, 130 bits. It is
// part of the record's layout.
const sessionIDSize = 26

// maxClockSkew is how far in the future a session may begin and be valid, because
// the clocks of two machines differ a little. A larger value makes sessions from
// a machine whose clock runs ahead outlive "log out everywhere" for longer; a
// smaller value logs people out where clocks are merely imprecise.
const maxClockSkew = time.Minute

func newSession(userID string, stay bool, lifetime, idleTimeout time.Duration) Session {
	now := recordTime(time.Now())
	s := Session{
		ID:           rand.Text(),
		UserID:       userID,
		IssuedAt:     now,
		ExpiresAt:    now.Add(lifetime),
		StayLoggedIn: stay,
		LastSeen:     now,
	}
	return s.seen(now, idleTimeout)
}

// recordTime returns t as a record keeps it.
func recordTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// record returns the session as [parseRecord] reads it.
func (s Session) record() []byte {
	first, idle := byte(recordLayout), !s.IdleUntil.IsZero()
	if idle {
		first = recordIdleLayout
	}
	if s.StayLoggedIn {
		first |= recordStay
	}
	b := append(make([]byte, 0, 33+len(s.ID)+len(s.UserID)), first)
	b = appendTime(b, s.IssuedAt)
	b = appendTime(b, s.ExpiresAt)
	if idle {
		b = appendTime(b, s.LastSeen)
		b = appendTime(b, s.IdleUntil)
	}
	b = append(b, s.ID...)
	return append(b, s.UserID...)
}

// parseRecord returns the session as it is stored. Its strings are copies.
func parseRecord(b []byte) (Session, error) {
	header := headerSize(b)
	if header == 0 || len(b) <= header+sessionIDSize { // a user ID has at least one byte
		return Session{}, errLayout
	}
	text := string(b[header:]) // one allocation for both IDs
	s := Session{
		ID:           text[:sessionIDSize],
		UserID:       text[sessionIDSize:],
		IssuedAt:     timeAt(b[1:]),
		ExpiresAt:    timeAt(b[9:]),
		StayLoggedIn: b[0]&recordStay != 0,
	}
	s.LastSeen = s.IssuedAt
	if header == recordIdleHeader {
		s.LastSeen, s.IdleUntil = timeAt(b[17:]), timeAt(b[25:])
		if s.IdleUntil.IsZero() { // it would count as a session without an idle timeout
			return Session{}, errLayout
		}
	}
	return s, nil
}

// headerSize returns how many bytes precede the IDs, or 0 for an unknown layout.
func headerSize(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] &^ recordStay {
	case recordLayout:
		return recordHeader
	case recordIdleLayout:
		return recordIdleHeader
	}
	return 0
}

func appendTime(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixMicro()))
}

func timeAt(b []byte) time.Time {
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC()
}
