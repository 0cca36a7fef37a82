package peerbench

import (
	"net/http"
	"testing"

	"twitterlogin.example/twitterauth"
)

// BenchmarkLogin is one whole login, from the click to the session, at an X
// that costs nothing. The lib "harness" is what measuring itself costs.
func BenchmarkLogin(b *testing.B) {
	k := keys{"key", "secret"}
	for _, lib := range []struct {
		name string
		app  func(b *testing.B, x *memoryX) app
	}{
		{"twitterauth", func(b *testing.B, x *memoryX) app {
			return newTwitterauthApp(b, k, func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: x} })
		}},
		{"twitterauth-identity", func(b *testing.B, x *memoryX) app {
			return newTwitterauthApp(b, k, func(c *twitterauth.Config) {
				c.HTTPClient = &http.Client{Transport: x}
				onlyIdentity(c)
			})
		}},
		{"gologin", func(b *testing.B, x *memoryX) app {
			asDefaultTransport(b, x)
			return newGologinApp(k, false)
		}},
		{"goth", func(b *testing.B, x *memoryX) app {
			asDefaultTransport(b, x)
			return newGothApp(k)
		}},
		{"harness", func(*testing.B, *memoryX) app {
			return simpleApp(
				http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header()["Location"] = []string{"https://api.x.com/oauth/authenticate?oauth_token=a"}
					w.WriteHeader(http.StatusSeeOther)
				}),
				http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header()["Set-Cookie"] = []string{gorillaCookie + "=a"}
					w.WriteHeader(http.StatusSeeOther)
				}))
		}},
	} {
		b.Run("lib="+lib.name, func(b *testing.B) {
			x := &memoryX{}
			a := lib.app(b, x)
			b.ReportAllocs()
			logins := 0
			for b.Loop() {
				logins++
				if err := a.login(approveAny); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(x.calls.Load())/float64(logins), "xcalls/op")
		})
	}
}
