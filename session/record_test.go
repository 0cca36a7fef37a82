package session

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// These were made by the release before the idle timeout was introduced, at the
// moment at which synctest's clocks begin, for 24 hours.
const (
	goldenRecord = "1000035d013b37e00000035d15590f40004142434445464748494a4b4c4d4e4f505152535455565758595a757365722d37"
	goldenStay   = "1100035d013b37e00000035d15590f40004142434445464748494a4b4c4d4e4f505152535455565758595a757365722d37"
	goldenKey    = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	goldenCookie = "lBUwR0EuU2x4DVo2SxfFl76lzONX0ynHWPjGfaSJseCt9ayg4C4D0AkmdbgvS3dHNAzka01pNz7nepMlHaOrA-e5it7g57H4AmVUoEg"
)

// oldBinaryReads is parseRecord of that release, but for what it made of the record.
func oldBinaryReads(b []byte) bool {
	return len(b) >= 1+8+8+26+1 && b[0]&^0x01 == 0x10
}

func goldenSession(stay bool, idleTimeout time.Duration) Session {
	s := newSession("user-7", stay, 24*time.Hour, idleTimeout)
	s.ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return s
}

func TestWithoutIdleTimeoutRecordsAreAsBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for stay, golden := range map[bool]string{false: goldenRecord, true: goldenStay} {
			s := goldenSession(stay, 0)
			record := s.record()
			if got := hex.EncodeToString(record); got != golden {
				t.Errorf("stay %t: %s, want %s", stay, got, golden)
			}
			if got, err := parseRecord(record); err != nil || got != s {
				t.Errorf("stay %t: %+v, %v", stay, got, err)
			}
		}
	})
}

// A cookie of the older release is good in every configuration.
func TestCookieOfTheOlderRelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		key, err := ParseKey(goldenKey)
		if err != nil {
			t.Fatal(err)
		}
		want := goldenSession(true, 0)
		time.Sleep(time.Hour)
		for _, cfg := range []Config{{}, {IdleTimeout: time.Minute}, {StayIdleTimeout: 2 * time.Hour}, {StayIdleTimeout: 23*time.Hour + time.Minute}} {
			cfg.Keys = []Key{key}
			m, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			want.IdleUntil = time.Time{}
			if cfg.StayIdleTimeout > 0 { // it counts as seen now
				want.IdleUntil = earlier(time.Now().UTC().Add(cfg.StayIdleTimeout), want.ExpiresAt)
			}
			got, err := m.Load(&http.Request{Header: http.Header{"Cookie": {m.CookieName() + "=" + goldenCookie}}})
			if err != nil || got != want {
				t.Errorf("idle timeout %v: %+v, %v, want %+v", cfg.StayIdleTimeout, got, err, want)
			}
		}
	})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func TestWithAnIdleTimeoutOlderReleasesFindNoSession(t *testing.T) {
	t.Parallel()
	for _, stay := range []bool{false, true} {
		without, with := goldenSession(stay, 0), goldenSession(stay, time.Hour)
		if !oldBinaryReads(without.record()) {
			t.Errorf("stay %t: the old layout is unknown", stay)
		}
		record := with.record()
		if oldBinaryReads(record) {
			t.Errorf("stay %t: %x is read as the old layout", stay, record)
		}
		if got, err := parseRecord(record); err != nil || got != with {
			t.Errorf("stay %t: %+v, %v", stay, got, err)
		}
	}
}

// How a session was found belongs to the request, not to the session.
func TestRecordsDoNotKeepHowTheSessionCame(t *testing.T) {
	t.Parallel()
	for _, idleTimeout := range []time.Duration{0, time.Hour} {
		s := goldenSession(true, idleTimeout)
		cookie := s.record()
		s.fromToken = true
		if token := s.record(); !bytes.Equal(cookie, token) {
			t.Errorf("%x and %x", cookie, token)
		}
		if got, err := parseRecord(cookie); err != nil || got.FromToken() {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestRecordsThatAreNoSession(t *testing.T) {
	t.Parallel()
	for _, idleTimeout := range []time.Duration{0, time.Hour} {
		record := goldenSession(true, idleTimeout).record()
		for n := range len(record) - len("user-7") + 1 {
			if s, err := parseRecord(record[:n]); !errors.Is(err, ErrNoSession) {
				t.Errorf("%d of %d bytes: %+v, %v", n, len(record), s, err)
			}
		}
		for first := range 256 {
			changed := append([]byte{byte(first)}, record[1:]...)
			known := first == 0x10 || first == 0x11 || first == 0x20 || first == 0x21
			if s, err := parseRecord(changed); (err == nil) != known && len(record) > 60 {
				t.Errorf("layout %#x: %+v, %v", first, s, err)
			}
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	for _, idleTimeout := range []time.Duration{0, time.Hour} {
		for _, stay := range []bool{false, true} {
			record := goldenSession(stay, idleTimeout).record()
			f.Add(record)
			f.Add(record[:len(record)-len("user-7")])
		}
	}
	f.Add([]byte{})
	noEnd := goldenSession(true, time.Hour).record()
	binary.BigEndian.PutUint64(noEnd[25:], uint64(time.Time{}.UnixMicro()))
	f.Add(noEnd)
	f.Fuzz(func(t *testing.T, b []byte) {
		given := bytes.Clone(b)
		s, err := parseRecord(b)
		if !bytes.Equal(b, given) {
			t.Fatal("the record was changed")
		}
		if err != nil {
			if !errors.Is(err, ErrNoSession) || s != (Session{}) {
				t.Errorf("%+v, %v", s, err)
			}
			return
		}
		if len(s.ID) != sessionIDSize || s.UserID == "" || s.FromToken() {
			t.Errorf("read %+v", s)
		}
		if idle := b[0]&^recordStay == recordIdleLayout; idle == oldBinaryReads(b) || !idle && (!s.IdleUntil.IsZero() || s.LastSeen != s.IssuedAt) {
			t.Errorf("layout %#x: %+v", b[0], s)
		}
		if again := s.record(); !bytes.Equal(again, b) {
			t.Errorf("written %x, read %x", again, b)
		}
		if s.end().After(s.ExpiresAt) {
			t.Errorf("%+v outlives its absolute end", s)
		}
	})
}
