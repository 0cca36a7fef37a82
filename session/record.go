package session

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"
)

// Session tells who is logged in and since when.
type Session struct {
	ID           string    // random, fresh at each login; names the session in logs, opens nothing
	UserID       string    // as the app's store gave it
	IssuedAt     time.Time // UTC, to the microsecond
	ExpiresAt    time.Time // UTC; over from this moment on
	StayLoggedIn bool      // whether it outlives the browser
}

// A record is a Session as it is stored: one byte of layout and flags, two
// times in microseconds of Unix time, the ID, and the user ID to the end. An
// eighth of what gob makes of the same, and quick to read.
const (
	recordLayout  = 0x10
	recordStay    = 0x01
	recordHeader  = 1 + 8 + 8
	recordMinimum = recordHeader + sessionIDSize + 1
)

// sessionIDSize is the length of [rand.Text]: 26 characters, 130 bits.
const sessionIDSize = 26

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
		return Session{}, fmt.Errorf("%w: its record is of another layout", ErrNoSession)
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

// unlessOver refuses a session from the moment it expires.
func unlessOver(s Session, err error) (Session, error) {
	if err != nil {
		return Session{}, err
	}
	if !time.Now().Before(s.ExpiresAt) {
		return Session{}, errExpired
	}
	return s, nil
}
