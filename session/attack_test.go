package session_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
)

func TestEveryChangedCookieIsNoSession(t *testing.T) {
	t.Parallel()
	for layout, cfg := range map[string]session.Config{"no idle timeout": {}, "idle timeout": {StayIdleTimeout: time.Hour}} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			everyChangedCookie(t, newManager(t, cfg))
		})
	}
}

func everyChangedCookie(t *testing.T, m *session.Manager) {
	for _, userID := range []string{"user", "user7", "user77"} { // base64 with 0, 4 and 2 bits that do not count
		_, c := start(t, m, userID, true)
		refuse := func(what, value string) {
			t.Helper()
			if s, err := m.Load(request(&http.Cookie{Name: c.Name, Value: value})); !errors.Is(err, session.ErrNoSession) {
				t.Errorf("%s: %+v, %v", what, s, err)
			}
		}
		for i := range len(c.Value) {
			for bit := range 8 {
				changed := []byte(c.Value)
				changed[i] ^= 1 << bit
				refuse("one bit", string(changed))
			}
			refuse("truncated", c.Value[:i])
			refuse("with a byte more", c.Value[:i]+"A"+c.Value[i:])
			refuse("with a byte less", c.Value[:i]+c.Value[i+1:])
			refuse("with a line break", c.Value[:i]+"\n"+c.Value[i:])
		}
		for _, junk := range []string{"", " ", "=", "==", "null", "\x00", "%00", `"` + c.Value + `"`, c.Value + "=", c.Value + c.Value, strings.Repeat("A", 5000), strings.Repeat("é", 100)} {
			refuse("junk", junk)
		}
	}
}

func FuzzLoad(f *testing.F) {
	m := newManager(f, session.Config{Bearer: true, StayIdleTimeout: time.Hour})
	_, c := start(f, m, "user", true)
	f.Add(c.Name+"="+c.Value, "")
	f.Add(c.Name+"=; "+c.Name+"="+c.Value, "Bearer twa_"+c.Value)
	f.Add("a=b;;=;"+c.Name, "bearer  twa_")
	f.Add("", "Basic twa_x")
	f.Fuzz(func(t *testing.T, cookies, authorization string) {
		r := request()
		r.Header["Cookie"] = []string{cookies}
		r.Header["Authorization"] = []string{authorization}
		s, err := m.Load(r)
		switch {
		case err == nil && s.UserID != "user":
			t.Errorf("a session of %q", s.UserID)
		case err == nil && !strings.Contains(cookies+authorization, c.Value):
			t.Error("a session without its cookie")
		case err != nil && !errors.Is(err, session.ErrNoSession):
			t.Errorf("error %v", err)
		}
	})
}

func FuzzSealer(f *testing.F) {
	s, err := session.NewSealer("fuzzing", session.NewKey())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("name", []byte("value"), "x")
	f.Add("", []byte{}, "")
	f.Fuzz(func(t *testing.T, name string, value []byte, junk string) {
		sealed := s.Seal(name, value)
		got, err := s.Open(name, sealed)
		if err != nil || string(got) != string(value) {
			t.Errorf("sealed %q, opened %q, %v", value, got, err)
		}
		if _, err := s.Open(name+"x", sealed); err == nil {
			t.Error("opened under another name")
		}
		if _, err := s.Open(name, junk); err == nil && junk != sealed {
			t.Errorf("opened %q", junk)
		}
	})
}

func TestSealerIsForOnePurpose(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	a, _ := session.NewSealer("a", key)
	b, _ := session.NewSealer("b", key)
	if _, err := b.Open("name", a.Seal("name", []byte("value"))); err == nil {
		t.Error("a value opened for another purpose")
	}
	if _, err := session.NewSealer("a"); err == nil {
		t.Error("a Sealer without keys")
	}
	if _, err := session.NewSealer("a", session.Key{}); err == nil {
		t.Error("a Sealer with an empty key")
	}
}
