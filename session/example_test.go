package session_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"twitterlogin.example/session"
)

// The package by itself: a login that the app has checked in its own way, a
// page that asks who is there, a logout.
func Example() {
	sessions, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}})
	if err != nil {
		log.Fatal(err)
	}

	// The login.
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/login", nil)
	if _, err := sessions.Start(w, r, "user-7", true); err != nil {
		log.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	fmt.Println(cookie.Name, cookie.Secure, cookie.HttpOnly, cookie.MaxAge/86400, "days")

	// A page.
	r = httptest.NewRequest("GET", "/account", nil)
	r.AddCookie(cookie)
	s, err := sessions.Load(r)
	fmt.Println(s.UserID, s.StayLoggedIn, err)

	// The logout.
	w = httptest.NewRecorder()
	if err := sessions.End(w, r); err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.Result().Cookies()[0].MaxAge)
	// Output:
	// __Host-twitterauth_session true true 30 days
	// user-7 true <nil>
	// -1
}

// No session is an everyday thing; any other error means that nobody knows.
func ExampleManager_Load() {
	sessions, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}})
	if err != nil {
		log.Fatal(err)
	}
	status := func(r *http.Request) int {
		_, err := sessions.Load(r)
		switch {
		case err == nil:
			return http.StatusOK
		case errors.Is(err, session.ErrNoSession):
			return http.StatusUnauthorized
		}
		return http.StatusServiceUnavailable // the store could not be asked
	}

	r := httptest.NewRequest("GET", "/", nil)
	fmt.Println(status(r))
	r.AddCookie(&http.Cookie{Name: "__Host-twitterauth_session", Value: "made-up"})
	fmt.Println(status(r))
	// Output:
	// 401
	// 401
}

// A page renews the session that has an idle timeout, and not at every visit.
func ExampleManager_Touch() {
	sessions, err := session.New(session.Config{
		Keys:            []session.Key{session.NewKey()},
		StayLifetime:    365 * 24 * time.Hour,
		StayIdleTimeout: 30 * 24 * time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	page := func(w http.ResponseWriter, r *http.Request) {
		s, err := sessions.Load(r)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if time.Since(s.LastSeen) > s.IdleUntil.Sub(s.LastSeen)/20 {
			renewed, err := sessions.Touch(w, r, s)
			switch {
			case err == nil:
				s = renewed
			case errors.Is(err, session.ErrNoSession): // another request has just ended it
				w.WriteHeader(http.StatusUnauthorized)
				return
			default:
				log.Print(err) // the session goes on until its older idle end
			}
		}
		fmt.Fprintln(w, "Hello", s.UserID)
	}

	w := httptest.NewRecorder()
	if _, err := sessions.Start(w, httptest.NewRequest("POST", "/login", nil), "user-7", true); err != nil {
		log.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	fmt.Println(cookie.MaxAge/86400, "days")

	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(cookie)
	w = httptest.NewRecorder()
	page(w, r)
	fmt.Print(w.Body)
	fmt.Println(len(w.Result().Cookies()), "cookies")
	// Output:
	// 30 days
	// Hello user-7
	// 0 cookies
}

// A key is kept as text among the app's secrets, and shows itself nowhere else.
func ExampleKey() {
	text := session.NewKey().Encode()
	key, err := session.ParseKey(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(text), key.Encode() == text, key)

	_, err = session.ParseKey("changeme")
	fmt.Println(err)
	// Output:
	// 43 true [redacted]
	// session: the key is not 32 bytes in base64 or hexadecimal; make one with session.NewKey().Encode() or "openssl rand -base64 32"
}

// The three steps in which a key is replaced. The first key seals, all of them
// open, so a session lives on as long as its key is in the list.
func ExampleConfig_rotation() {
	retiring, fresh := session.NewKey(), session.NewKey()
	manager := func(keys ...session.Key) *session.Manager {
		m, err := session.New(session.Config{Keys: keys})
		if err != nil {
			log.Fatal(err)
		}
		return m
	}
	before := manager(retiring)
	second := manager(retiring, fresh) // on every machine, then
	first := manager(fresh, retiring)  // on every machine, then, after StayLifetime,
	after := manager(fresh)

	cookieOf := func(m *session.Manager) *http.Request {
		w := httptest.NewRecorder()
		if _, err := m.Start(w, httptest.NewRequest("POST", "/", nil), "user-7", true); err != nil {
			log.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(w.Result().Cookies()[0])
		return r
	}
	opens := func(m *session.Manager, r *http.Request) bool {
		_, err := m.Load(r)
		return err == nil
	}
	old, young := cookieOf(before), cookieOf(first)
	fmt.Println("an old session:", opens(second, old), opens(first, old), opens(after, old))
	fmt.Println("a young session:", opens(second, young), opens(first, young), opens(after, young))
	// Output:
	// an old session: true true false
	// a young session: true true true
}

// New reports everything that is wrong with a configuration at once, each with what to do.
func ExampleNew_wrong() {
	var unset session.Key // its variable was not read
	_, err := session.New(session.Config{Keys: []session.Key{unset}, CookieName: "__Host-session"})
	fmt.Println(err)
	// Output:
	// session: Keys [0] is an empty key: look at the error of session.ParseKey, or make a key once with "openssl rand -base64 32" and keep it with the app's secrets; is its environment variable set?
	// session: CookieName has a __Host- or __Secure- prefix: leave it out, __Host- is added over https
}

// A client without a cookie jar keeps a token and sends it in a header. Other
// Authorization headers are the app's own.
func ExampleManager_StartWithToken() {
	sessions, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Bearer: true})
	if err != nil {
		log.Fatal(err)
	}
	_, token, err := sessions.StartWithToken(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "user-7", true)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token[:4])

	r := httptest.NewRequest("GET", "/api", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	s, err := sessions.Load(r)
	fmt.Println(s.UserID, err)
	// Output:
	// twa_
	// user-7 <nil>
}

// A Sealer keeps the app's short value in the browser: nobody can read or
// change it, and it opens under its own name only.
func ExampleSealer() {
	sealer, err := session.NewSealer("newsletter confirmations", session.NewKey())
	if err != nil {
		log.Fatal(err)
	}
	sealed := sealer.Seal("confirm", []byte("ada@example.com"))

	value, err := sealer.Open("confirm", sealed)
	fmt.Println(string(value), err)
	_, err = sealer.Open("another", sealed)
	fmt.Println(errors.Is(err, session.ErrNoSession))
	// Output:
	// ada@example.com <nil>
	// true
}

// The wrong way: the answer has begun, so the cookie could not be sent any
// more. Start says so instead of losing it.
func ExampleManager_Start_wrong() {
	sessions, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}})
	if err != nil {
		log.Fatal(err)
	}
	login := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "Welcome!")
		_, err := sessions.Start(w, r, "user-7", false)
		fmt.Println(errors.Is(err, session.ErrHeadersSent))
	})
	w := httptest.NewRecorder()
	login.ServeHTTP(w, httptest.NewRequest("POST", "/login", nil))
	fmt.Println(len(w.Result().Cookies()))
	// Output:
	// true
	// 0
}
