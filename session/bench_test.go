package session_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// BenchmarkLoad sets our sealed cookie, without and with an idle timeout, beside
// gorilla's CookieStore as it comes.
func BenchmarkLoad(b *testing.B) {
	for name, idleTimeout := range map[string]time.Duration{"sealed": 0, "sealed, idle timeout": time.Hour} {
		b.Run(name, func(b *testing.B) {
			m := newManager(b, session.Config{StayIdleTimeout: idleTimeout})
			_, c := start(b, m, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
			r := request(c)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Load(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("gorilla", func(b *testing.B) {
		key := []byte("0123456789abcdef0123456789abcdef")
		store := sessions.NewCookieStore(key, key)
		m := newManager(b, session.Config{Store: store})
		_, c := start(b, m, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
		r := request(c)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := store.New(r, c.Name); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkTouch(b *testing.B) {
	m := newManager(b, session.Config{StayIdleTimeout: time.Hour})
	s, c := start(b, m, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
	r, w := request(c), httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		clear(w.Header())
		if _, err := m.Touch(w, r, s); err != nil {
			b.Fatal(err)
		}
	}
}
