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
	ExpiresAt    time.Time // UTC; the session is invalid from this moment on
	StayLoggedIn bool      // whether it outlives the browser
}

// A record is a Session as it is stored: one byte of layout and flags, two
// times in microseconds of Unix time, the ID, and the user ID to the end. It is
// an eighth of what gob makes of the same, and quick to read. A change of these
// sizes needs another recordLayout; records of another layout are no session.
const (
	recordLayout  = 0x10
	recordStay    = 0x01
	recordHeader  = 1 + 8 + 8
	recordMinimum = recordHeader + sessionIDSize + 1
)

// sessionIDSize is the length of [rand.Text]: 26 characters, 130 bits. It is
// part of the record's layout.
const sessionIDSize = 26

// maxClockSkew is how far in the future a session may begin and be valid, because
// the clocks of two machines differ a little. A larger value makes sessions from
// a machine whose clock runs ahead outlive "log out everywhere" for longer; a
// smaller value logs people out where clocks are merely imprecise.
const maxClockSkew = time.Minute

func newSession(userID string, stay bool, lifetime time.Duration) Session {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return Session{
		ID:           rand.Text(),
		UserID:       userID,
		IssuedAt:     now,
		ExpiresAt:    now.Add(lifetime),
		StayLoggedIn: stay,
	}
}

func (s Session) appendRecord(b []byte) []byte {
	first := byte(recordLayout)
	if s.StayLoggedIn {
		first |= recordStay
	}
	b = append(b, first)
	b = binary.BigEndian.AppendUint64(b, uint64(s.IssuedAt.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(s.ExpiresAt.UnixMicro()))
	b = append(b, s.ID...)
	return append(b, s.UserID...)
}

func parseRecord(b []byte) (Session, error) {
	if len(b) < recordMinimum || b[0]&^recordStay != recordLayout {
		return Session{}, errLayout
	}
	text := string(b[recordHeader:]) // one allocation for both IDs
	return Session{
		ID:           text[:sessionIDSize],
		UserID:       text[sessionIDSize:],
		IssuedAt:     time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:]))).UTC(),
		ExpiresAt:    time.UnixMicro(int64(binary.BigEndian.Uint64(b[9:]))).UTC(),
		StayLoggedIn: b[0]&recordStay != 0,
	}, nil
}

// checkTimes refuses a session from the moment it expires, and a session that
// begins in the future.
func checkTimes(s Session, err error) (Session, error) {
	if err != nil {
		return Session{}, err
	}
	now := time.Now()
	switch {
	case !now.Before(s.ExpiresAt):
		return Session{}, ErrExpired
	case s.IssuedAt.After(now) && s.IssuedAt.Sub(now) > maxClockSkew: // the second is slow, the first is seldom true
		return Session{}, ErrNotYetValid
	}
	return s, nil
}
