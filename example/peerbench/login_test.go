package peerbench

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/dghubble/oauth1"
	oauth1twitter "github.com/dghubble/oauth1/twitter"

	"twitterlogin.example/twitterauth"
)

// BenchmarkLogin is one whole login, from the click to the session, at an X
// that costs nothing. The lib "oauth1" is the three signed calls alone, which every
// library on dghubble/oauth1 makes: the floor. The lib "harness" is what measuring
// itself costs.
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
		{"oauth1", func(_ *testing.B, x *memoryX) app { return newSigningApp(k, x) }},
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

// newSigningApp makes the calls of a login with dghubble/oauth1, and nothing else.
func newSigningApp(k keys, x *memoryX) app {
	client := &http.Client{Transport: x}
	cfg := &oauth1.Config{
		ConsumerKey: k.key, ConsumerSecret: k.secret, CallbackURL: callbackURL, Endpoint: oauth1twitter.AuthenticateEndpoint,
		Noncer: oauth1.HexNoncer{}, HTTPClient: client,
	}
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, client)
	return simpleApp(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, _, err := cfg.RequestToken()
			if err != nil {
				panic(err)
			}
			w.Header()["Location"] = []string{"https://api.x.com/oauth/authenticate?oauth_token=" + token}
			w.WriteHeader(http.StatusSeeOther)
		}),
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, secret, err := cfg.AccessToken("Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhlSLik", "Kd75W4OQfb2oJTV0vzGzeXftVAwgMnEK9MumzYcM", "vErIfIeR0123456789abcdefABC")
			if err != nil {
				panic(err)
			}
			resp, err := cfg.Client(ctx, oauth1.NewToken(token, secret)).Get("https://api.x.com/1.1/account/verify_credentials.json?include_email=true&include_entities=false&skip_status=true")
			if err != nil {
				panic(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			w.Header()["Set-Cookie"] = []string{gorillaCookie + "=a"}
			w.WriteHeader(http.StatusSeeOther)
		}))
}
