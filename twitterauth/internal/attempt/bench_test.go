package attempt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// BenchmarkCookies is what a callback does with its browser's cookies: it finds its
// pending login and, in the end, deletes it, beside other pending logins.
func BenchmarkCookies(b *testing.B) {
	for _, others := range []int{0, 1, 4} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			cookies, err := attempt.NewCookies([]session.Key{session.NewKey()}, session.DefaultCookieName, "https://app.example.com/auth/twitter", true)
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			for i := range 1 + others {
				w := httptest.NewRecorder()
				key := fmt.Sprintf("Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhl%d", i)
				if err := cookies.Begin(w, r, attempt.Attempt{Key: key, Secret: "Kd75W4OQfb2oJTV0vzGzeXftVAwgMnEK9MumzYcM", ReturnTo: "/"}, ""); err != nil {
					b.Fatal(err)
				}
				r.AddCookie(w.Result().Cookies()[0])
			}
			b.ReportAllocs()
			for b.Loop() {
				t, ok := cookies.Find(r, "Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhl0")
				if !ok {
					b.Fatal("not found")
				}
				cookies.Delete(httptest.NewRecorder(), r, t)
			}
		})
	}
}
