package session_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// strays are every space of Unicode and every control, these also as single
// bytes, which are no UTF-8.
func strays() map[string]string {
	list := map[string]string{}
	for c := rune(0); c <= unicode.MaxRune; c++ {
		if (unicode.IsSpace(c) || unicode.IsControl(c)) && c != ' ' && c != '\t' {
			list[fmt.Sprintf("%U", c)] = string(c)
		}
	}
	for c := byte(0x80); c < 0xa1; c++ {
		list[fmt.Sprintf("byte %#x", c)] = string([]byte{c})
	}
	return list
}

// A browser lets a sibling host set such a cookie, since its name does not begin
// with __Host-.
func TestCookiesWithStrayCharactersAreNoSession(t *testing.T) {
	t.Parallel()
	for kind, store := range map[string]sessions.Store{"sealed": nil, "server": newMemoryStore("delete")} {
		m := newManager(t, session.Config{Store: store})
		s, good := start(t, m, "victim", false)
		_, planted := start(t, m, "attacker", false)
		for what, stray := range strays() {
			for where, bad := range map[string]string{
				"before the name":  stray + planted.Name + "=" + planted.Value,
				"behind the name":  planted.Name + stray + "=" + planted.Value,
				"before the value": planted.Name + "=" + stray + planted.Value,
				"behind the value": planted.Name + "=" + planted.Value + stray,
				"in quotes":        planted.Name + `="` + stray + planted.Value + `"`,
			} {
				r := request()
				r.Header["Cookie"] = []string{bad}
				if got, err := m.Load(r); err != session.ErrNoSession {
					t.Errorf("%s, %s %s: %+v, %v", kind, what, where, got, err)
				}
				r.Header["Cookie"] = []string{bad + "; " + good.Name + "=" + good.Value}
				if got, err := m.Load(r); err != nil || got != s {
					t.Errorf("%s, %s %s, before a good cookie: %+v, %v", kind, what, where, got, err)
				}
			}
		}
	}
}

// The same through net/http, which lets bytes above ASCII pass.
func TestStrayCharactersOverHTTP(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{})
	_, planted := start(t, m, "attacker", false)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s, err := m.Load(r); err == nil {
			fmt.Fprint(w, s.UserID)
		} else if !errors.Is(err, session.ErrNoSession) {
			t.Errorf("error %v", err)
		}
	}))
	defer server.Close()
	get := func(cookies string) int64 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Cookie"] = []string{cookies}
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.ContentLength
	}
	pair := planted.Name + "=" + planted.Value
	for what, stray := range strays() {
		if stray[0] < 0x80 {
			continue // net/http's client does not send it
		}
		if get(stray+pair) != 0 {
			t.Errorf("%s before the name is a session", what)
		}
	}
	for _, around := range []string{pair, " " + pair, "\t" + pair + "\t", "a=b;" + pair + " ;c=d"} {
		if get(around) != int64(len("attacker")) {
			t.Errorf("%q is no session", around)
		}
	}
}

func TestCookiesOfTwoUsers(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				keys := []session.Key{session.NewKey()}
				m := newManager(t, session.Config{Keys: keys, Store: store, Bearer: true})
				brief := newManager(t, session.Config{Keys: keys, Store: store, Lifetime: time.Second})
				_, expired := start(t, brief, "bob", false)
				time.Sleep(time.Second)
				alice, a := start(t, m, "alice", false)
				again, a2 := start(t, m, "alice", true)
				_, b := start(t, m, "bob", true)
				junk := &http.Cookie{Name: a.Name, Value: "junk"}
				for name, test := range map[string]struct {
					cookies []*http.Cookie
					token   *http.Cookie
					want    *session.Session
				}{
					"two users":                        {[]*http.Cookie{a, b}, nil, nil},
					"two users, the other way round":   {[]*http.Cookie{b, a}, nil, nil},
					"two users between junk":           {[]*http.Cookie{junk, b, junk, a}, nil, nil},
					"one user twice":                   {[]*http.Cookie{a, a2}, nil, &alice},
					"one user twice, the other first":  {[]*http.Cookie{a2, a}, nil, &again},
					"an expired session of another":    {[]*http.Cookie{expired, a}, nil, &alice},
					"junk and one user":                {[]*http.Cookie{junk, junk, junk, a}, nil, &alice},
					"a token, and cookies of two":      {[]*http.Cookie{a, b}, a, nil},
					"a token, the second cookie's not": {[]*http.Cookie{junk, b}, a, nil},
					"a token and its user's cookies":   {[]*http.Cookie{a2, junk, a}, a, &alice},
				} {
					r := request(test.cookies...)
					if test.token != nil {
						r.Header.Set("Authorization", "Bearer twa_"+test.token.Value)
					}
					got, err := m.Load(r)
					switch {
					case test.want == nil && !errors.Is(err, session.ErrNoSession):
						t.Errorf("%s: got %+v, %v", name, got, err)
					case test.want != nil && (err != nil || stored(got) != *test.want):
						t.Errorf("%s: got %+v, %v, want %+v", name, got, err, *test.want)
					}
				}
			})
		})
	}
}

// hookedStore calls a hook before each call to a memoryStore: "new", "fetch"
// (New with a cookie), "save" or "delete".
type hookedStore struct {
	*memoryStore
	hook func(call string, r *http.Request)
}

func (s hookedStore) New(r *http.Request, name string) (*sessions.Session, error) {
	call := "new"
	if r.Header.Get("Cookie") != "" {
		call = "fetch"
	}
	s.hook(call, r)
	return s.memoryStore.New(r, name)
}

func (s hookedStore) Save(r *http.Request, w http.ResponseWriter, gs *sessions.Session) error {
	call := "save"
	switch {
	case gs.Options.MaxAge < 0 && len(gs.Values) > 0:
		call = "delete, with values" // which some stores would write
	case gs.Options.MaxAge < 0:
		call = "delete"
	}
	s.hook(call, r)
	return s.memoryStore.Save(r, w, gs)
}

func TestFewCookiesAreLookedAt(t *testing.T) {
	t.Parallel()
	var calls []string // by one request at a time
	store := hookedStore{newMemoryStore("delete"), func(call string, _ *http.Request) { calls = append(calls, call) }}
	m := newManager(t, session.Config{Store: store})
	s, c := start(t, m, "user", false)
	flood := func() *http.Request {
		r := request()
		junk := strings.Repeat(c.Name+"=junk;", 5000)
		r.Header["Cookie"] = []string{junk, junk}
		return r
	}
	token := "Bearer twa_" + c.Value
	bearing := newManager(t, session.Config{Store: store, Bearer: true})
	withToken := flood()
	withToken.Header.Set("Authorization", token)
	for name, test := range map[string]struct {
		act   func() error
		fetch int
	}{
		"Load":              {func() error { _, err := m.Load(flood()); return err }, 4},
		"Load with a token": {func() error { _, err := bearing.Load(withToken); return err }, 5},
		"Start":             {func() error { _, err := m.Start(httptest.NewRecorder(), flood(), "user", false); return err }, 4},
		"Touch": {func() error {
			_, err := m.Touch(httptest.NewRecorder(), flood(), session.Session{ID: s.ID})
			return err
		}, 4},
		"Touch with a token": {func() error {
			_, _, err := bearing.TouchWithToken(httptest.NewRecorder(), withToken, s)
			return err
		}, 5},
		"End":              {func() error { return m.End(httptest.NewRecorder(), flood()) }, 4},
		"End with a token": {func() error { return bearing.End(httptest.NewRecorder(), withToken) }, 5},
	} {
		calls = nil
		if err := test.act(); err != nil && !errors.Is(err, session.ErrNoSession) {
			t.Errorf("%s: %v", name, err)
		}
		fetches := len(slices.DeleteFunc(calls, func(call string) bool { return call != "fetch" }))
		if fetches > test.fetch {
			t.Errorf("%s: asked %d times, at most %d are allowed", name, fetches, test.fetch)
		}
	}
}

func TestTheFourthCookieIsFoundAndNoFifth(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, session.Config{Store: store})
			_, good := start(t, m, "user", false)
			junk := &http.Cookie{Name: good.Name, Value: "junk"}
			if _, err := m.Load(request(junk, junk, junk, good)); err != nil {
				t.Errorf("behind three: %v", err)
			}
			if s, err := m.Load(request(junk, junk, junk, junk, good)); !errors.Is(err, session.ErrNoSession) {
				t.Errorf("behind four: %+v, %v", s, err)
			}
		})
	}
}

// An app may hold a slice of a header, and a store may change its request.
func TestHeaderSlicesAreNotShared(t *testing.T) {
	t.Parallel()
	store := hookedStore{newMemoryStore("delete"), func(_ string, r *http.Request) {
		r.Header["X-App"][0] = "the store's"
		r.URL.Path = "/the-store"
		r.Header.Add("Cookie", "the=store's")
	}}
	m := newManager(t, session.Config{Store: store})
	w := httptest.NewRecorder()
	lines := make([]string, 0, 16)
	w.Header()["Set-Cookie"] = append(lines, "a=1", "b=2")
	r := request()
	r.Header["X-App"] = []string{"the app's"}
	if _, err := m.Start(w, r, "user", false); err != nil {
		t.Fatal(err)
	}
	held := w.Header()["Set-Cookie"]
	kept := slices.Clone(held)
	if err := m.End(w, r); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(held, kept) {
		t.Errorf("the slice of the first response is %q, was %q", held, kept)
	}
	if got := lines[:4]; got[0] != "a=1" || got[1] != "b=2" || got[2] != "" || got[3] != "" {
		t.Errorf("the app's slice is %q", got)
	}
	if got := r.Header.Get("X-App"); got != "the app's" || r.URL.Path != "/" || r.Header.Get("Cookie") != "" {
		t.Errorf("X-App %q, path %s, Cookie %q", got, r.URL.Path, r.Header.Get("Cookie"))
	}
}
