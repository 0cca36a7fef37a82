package session_test

import (
	"testing"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// BenchmarkLoad sets our sealed cookie beside gorilla's CookieStore as it comes.
func BenchmarkLoad(b *testing.B) {
	b.Run("sealed", func(b *testing.B) {
		m := newManager(b, session.Config{})
		_, c := start(b, m, "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true)
		r := request(c)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Load(r); err != nil {
				b.Fatal(err)
			}
		}
	})
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
