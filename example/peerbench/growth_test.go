package peerbench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// The benchmarks in this file are of this module alone: how the cost of one
// request or login grows with what an app may have more of.

func requireUser(b *testing.B, auth *twitterauth.Auth[*user], requests ...*http.Request) {
	b.Helper()
	reached := 0
	page := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := auth.User(r.Context()); ok {
			reached++
		}
	})
	serve(b, auth.RequireUser(page), &reached, requests...)
}

func BenchmarkGrowUserID(b *testing.B) {
	for _, size := range []int{1, 16, 36, 128, 512} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			id := strings.Repeat("i", size)
			auth := newAuth(b, newUsers(&user{ID: id}), nil)
			cookie := sessionCookie(b, auth, id)
			requireUser(b, auth, pageRequest(cookie))
			b.ReportMetric(float64(len(cookie)), "cookie-B")
		})
	}
}

// BenchmarkGrowKeys is a session that the last of several keys sealed.
func BenchmarkGrowKeys(b *testing.B) {
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			var all []session.Key
			for range n {
				all = append(all, session.NewKey())
			}
			store := newUsers(&user{ID: userID})
			withKeys := func(keys ...session.Key) *twitterauth.Auth[*user] {
				return newAuth(b, store, func(c *twitterauth.Config) { c.Session.Keys = keys })
			}
			requireUser(b, withKeys(all...), pageRequest(sessionCookie(b, withKeys(all[n-1]), userID)))
		})
	}
}

// pendingLogins begins logins in one browser and returns their cookies.
func pendingLogins(b *testing.B, a app, n int) []string {
	var cookies []string
	for range n {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, a.start())
		line := w.Header().Get("Set-Cookie")
		if line == "" {
			b.Fatalf("the login began with %d %s", w.Code, w.Body)
		}
		pair, _, _ := strings.Cut(line, ";")
		cookies = append(cookies, pair)
	}
	return cookies
}

// BenchmarkGrowPending is a page, and the start of one more login, in a browser with
// pending logins.
func BenchmarkGrowPending(b *testing.B) {
	for _, n := range []int{0, 1, 2, 5} {
		var auth *twitterauth.Auth[*user]
		setUp := func(b *testing.B) (app, string, []string) {
			auth = newAuth(b, newUsers(&user{ID: userID}), func(c *twitterauth.Config) {
				c.HTTPClient = &http.Client{Transport: &tokensX{}}
			})
			mux := http.NewServeMux()
			auth.Mount(mux)
			a := app{Handler: mux, start: func() *http.Request {
				r := httptest.NewRequest("POST", origin+"/auth/twitter/login", nil)
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				return r
			}}
			return a, sessionCookie(b, auth, userID), pendingLogins(b, a, n)
		}
		b.Run(fmt.Sprintf("path=page/logins=%d", n), func(b *testing.B) {
			_, cookie, pending := setUp(b)
			requireUser(b, auth, pageRequest(append(pending, cookie)...))
		})
		b.Run(fmt.Sprintf("path=login/logins=%d", n), func(b *testing.B) {
			a, _, pending := setUp(b)
			b.ReportAllocs()
			for b.Loop() {
				r := a.start()
				r.Header.Set("Cookie", strings.Join(pending, "; "))
				w := httptest.NewRecorder()
				a.ServeHTTP(w, r)
				if w.Code != http.StatusSeeOther {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// BenchmarkGrowUsers asks for one of many users after another.
func BenchmarkGrowUsers(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			store := newUsers()
			id := func(i int) string { return fmt.Sprintf("%s-%06d", userID, i) }
			for i := range n {
				store.save(id(i), "handle", "")
			}
			auth := newAuth(b, store, nil)
			var requests []*http.Request
			for i := range min(n, 1_000) {
				requests = append(requests, pageRequest(sessionCookie(b, auth, id(i*(n/min(n, 1_000))))))
			}
			requireUser(b, auth, requests...)
		})
	}
}
