package peerbench

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-pkgz/auth/v2"
	"github.com/go-pkgz/auth/v2/token"
	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

const userID = "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d"

// nullWriter costs nothing.
type nullWriter struct{ h http.Header }

func (w nullWriter) Header() http.Header         { return w.h }
func (w nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w nullWriter) WriteHeader(int)             {}

// serve measures one request, given anew each time, since gorilla's sessions
// hang on the request. reached counts the requests that came through.
func serve(b *testing.B, h http.Handler, reached *int, requests ...*http.Request) {
	b.Helper()
	w := nullWriter{http.Header{}}
	r := new(http.Request)
	b.ReportAllocs()
	*reached = 0
	n := 0
	for b.Loop() {
		clear(w.h)
		*r = *requests[n%len(requests)]
		h.ServeHTTP(w, r)
		n++
	}
	if *reached != n {
		b.Fatalf("%d of %d requests came through", *reached, n)
	}
}

func pageRequest(cookies ...string) *http.Request {
	r := httptest.NewRequest("GET", origin+"/account", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return r
}

// cookieOf is the cookie that a handler sets, as a browser sends it back.
func cookieOf(b testing.TB, h http.HandlerFunc) string {
	b.Helper()
	w := httptest.NewRecorder()
	h(w, pageRequest())
	for _, c := range w.Result().Cookies() {
		return c.Name + "=" + c.Value
	}
	b.Fatalf("no cookie: %d %s", w.Code, w.Body)
	return ""
}

func sessionCookie(b testing.TB, auth *twitterauth.Auth[*user], id string) string {
	b.Helper()
	return cookieOf(b, func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Sessions().Start(w, r, id, true); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRequest is one request of a person who is logged in, up to a handler
// that reads who it is.
func BenchmarkRequest(b *testing.B) {
	b.Run("lib=twitterauth", func(b *testing.B) {
		auth := newAuth(b, newUsers(&user{ID: userID}), nil)
		reached := 0
		page := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if u, ok := auth.User(r.Context()); ok && u.ID == userID {
				reached++
			}
		})
		serve(b, auth.RequireUser(page), &reached, pageRequest(sessionCookie(b, auth, userID)))
	})
	b.Run("lib=gopkgz", func(b *testing.B) {
		h, r, reached := gopkgzRequest(b)
		serve(b, h, reached, r)
	})
	b.Run("lib=gorilla", func(b *testing.B) { gorillaRequest(b, newGorilla()) })
	b.Run("lib=gorilla-signed", func(b *testing.B) {
		gorillaRequest(b, sessions.NewCookieStore([]byte(strings.Repeat("a", 64))))
	})
	b.Run("lib=floor", floorRequest)
}

// gopkgzRequest is the Auth middleware of go-pkgz/auth: a JWT in a cookie with
// an XSRF token in a header, both on by default.
func gopkgzRequest(b *testing.B) (http.Handler, *http.Request, *int) {
	const id = "twitter_" + userID
	s := newGopkgz()
	w := httptest.NewRecorder()
	claims := token.Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID:        "0123456789abcdef0123456789abcdef01234567",
			Issuer:    "peerbench",
			Audience:  jwt.ClaimStrings{"peerbench"},
			ExpiresAt: jwt.NewNumericDate(time.Now().Add(24 * time.Hour)),
		},
		User: &token.User{ID: id, Name: "ada"},
	}
	if _, err := s.TokenService().Set(w, claims); err != nil {
		b.Fatal(err)
	}
	var cookies []string
	r := pageRequest()
	for _, c := range w.Result().Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
		if c.Name == "XSRF-TOKEN" {
			r.Header.Set("X-XSRF-TOKEN", c.Value)
		}
	}
	r.Header.Set("Cookie", strings.Join(cookies, "; "))
	m := s.Middleware()
	reached := new(int)
	return m.Auth(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, err := token.GetUserInfo(r); err == nil && u.ID == id {
			*reached++
		}
	})), r, reached
}

func newGopkgz() *auth.Service {
	s := auth.NewService(auth.Opts{
		SecretReader:  token.SecretFunc(func(string) (string, error) { return strings.Repeat("s", 32), nil }),
		URL:           origin,
		Issuer:        "peerbench",
		SecureCookies: true,
	})
	s.AddProvider("twitter", "key", "secret")
	return s
}

func gorillaRequest(b *testing.B, store *sessions.CookieStore) {
	cookie := cookieOf(b, func(w http.ResponseWriter, r *http.Request) {
		s, err := store.New(r, gorillaCookie)
		if err != nil {
			b.Fatal(err)
		}
		s.Values["userID"], s.Values["stayLoggedIn"] = userID, true
		if err := s.Save(r, w); err != nil {
			b.Fatal(err)
		}
	})
	reached := 0
	serve(b, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if s, err := store.Get(r, gorillaCookie); err == nil && s.Values["userID"] == userID {
			reached++
		}
	}), &reached, pageRequest(cookie))
}

type floorKey struct{}

// floorRequest is the least that any sealed cookie costs: base64, AES-256-GCM
// and a value in the request's context. Finding the cookie is not in it.
func floorRequest(b *testing.B) {
	name := []byte("__Host-" + session.DefaultCookieName)
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		b.Fatal(err)
	}
	// Layout, two times, a session ID and the user's ID: as long as ours.
	plain := append(make([]byte, 1+8+8+26), userID...)
	sealed := base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, name))
	r := pageRequest("x=" + sealed)
	reached := 0
	serve(b, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, err := base64.RawURLEncoding.DecodeString(sealed)
		if err != nil {
			return
		}
		opened, err := aead.Open(nil, nil, raw, name)
		if err != nil {
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), floorKey{}, opened))
		if r.Context().Value(floorKey{}) != nil {
			reached++
		}
	}), &reached, r)
}

// anonymousRequests are requests without a session.
var anonymousRequests = []struct {
	name    string
	cookies []string
}{
	{"none", nil},
	{"foreign", []string{"_ga=GA1.1.1234567890.1700000000", "theme=dark", "consent=all"}},
}

// BenchmarkAnonymous is one request without a session through the middleware
// that lets everyone in; the lib "bare" is the handler alone.
func BenchmarkAnonymous(b *testing.B) {
	reached := 0
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ })
	trace := newGopkgz().Middleware()
	for _, with := range anonymousRequests {
		for _, lib := range []struct {
			name string
			h    http.Handler
		}{
			{"bare", page},
			{"twitterauth", newAuth(b, newUsers(), nil).LoadUser(page)},
			{"gopkgz", trace.Trace(page)},
		} {
			b.Run("cookies="+with.name+"/lib="+lib.name, func(b *testing.B) {
				serve(b, lib.h, &reached, pageRequest(with.cookies...))
			})
		}
	}
}
