package session_test

import (
	"context"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// memoryStore is a server-side store as they are found: it deletes on a MaxAge
// below 0, and takes 0 for what it likes.
type memoryStore struct {
	codecs []securecookie.Codec
	zero   string // "delete" or "forever": what MaxAge 0 means to it

	mu      sync.Mutex
	records map[string]record
	err     error // of every call, when set
}

type record struct {
	values map[any]any
	until  time.Time // zero: for ever
}

func newMemoryStore(zero string) *memoryStore {
	return &memoryStore{codecs: securecookie.CodecsFromPairs([]byte("0123456789abcdef0123456789abcdef")), zero: zero, records: map[string]record{}}
}

func (s *memoryStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *memoryStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.records)
}

func (s *memoryStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

func (s *memoryStore) New(r *http.Request, name string) (*sessions.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gs := sessions.NewSession(s, name)
	gs.IsNew = true
	if s.err != nil {
		return gs, s.err
	}
	c, err := r.Cookie(name)
	if err != nil {
		return gs, nil
	}
	if err := securecookie.DecodeMulti(name, c.Value, &gs.ID, s.codecs...); err != nil {
		return gs, err
	}
	if rec, ok := s.records[gs.ID]; ok && (rec.until.IsZero() || time.Now().Before(rec.until)) {
		gs.Values, gs.IsNew = maps.Clone(rec.values), false
	}
	return gs, nil
}

func (s *memoryStore) Save(_ *http.Request, w http.ResponseWriter, gs *sessions.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if gs.Options.MaxAge < 0 || gs.Options.MaxAge == 0 && s.zero == "delete" {
		delete(s.records, gs.ID)
		http.SetCookie(w, sessions.NewCookie(gs.Name(), "", gs.Options))
		return nil
	}
	if gs.ID == "" {
		gs.ID = base32.StdEncoding.EncodeToString(securecookie.GenerateRandomKey(32))
	}
	rec := record{values: maps.Clone(gs.Values)}
	if gs.Options.MaxAge > 0 {
		rec.until = time.Now().Add(time.Duration(gs.Options.MaxAge) * time.Second)
	}
	s.records[gs.ID] = rec
	encoded, err := securecookie.EncodeMulti(gs.Name(), gs.ID, s.codecs...)
	if err != nil {
		return err
	}
	http.SetCookie(w, sessions.NewCookie(gs.Name(), encoded, gs.Options))
	return nil
}

// stores are the kinds that must all behave the same.
func stores(t testing.TB) map[string]sessions.Store {
	key := []byte("0123456789abcdef0123456789abcdef")
	return map[string]sessions.Store{
		"sealed cookie":                   nil,
		"server, MaxAge 0 deletes":        newMemoryStore("delete"),
		"server, MaxAge 0 is for ever":    newMemoryStore("forever"),
		"gorilla's FilesystemStore":       sessions.NewFilesystemStore(t.TempDir(), key),
		"gorilla's CookieStore, as it is": sessions.NewCookieStore(key),
	}
}

func TestEveryStoreKeepsThePromises(t *testing.T) {
	t.Parallel()
	for name, store := range stores(t) {
		for _, stay := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stay %t", name, stay), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					m := newManager(t, session.Config{Store: store})
					planted := &http.Cookie{Name: "__Host-twitterauth_session", Value: "planted"}
					s, c := start(t, m, "user", stay, planted)
					if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Value == "planted" {
						t.Errorf("cookie %s", c.Raw)
					}
					if (c.MaxAge == 0) == stay || c.Expires.IsZero() == stay {
						t.Errorf("Max-Age %d, Expires %v", c.MaxAge, c.Expires)
					}
					got, err := m.Load(request(planted, c))
					if err != nil || got != s {
						t.Fatalf("loaded %+v, %v, want %+v", got, err, s)
					}
					again, c2 := start(t, m, "user", stay, c)
					if again.ID == s.ID || c2.Value == c.Value {
						t.Error("the second login has the first one's session")
					}
					time.Sleep(time.Until(again.ExpiresAt) - time.Second)
					if _, err := m.Load(request(c2)); err != nil {
						t.Errorf("before its end: %v", err)
					}
					time.Sleep(time.Second)
					if _, err := m.Load(request(c2)); !errors.Is(err, session.ErrNoSession) {
						t.Errorf("after its end: %v", err)
					}
					w := httptest.NewRecorder()
					if err := m.End(w, request(c2)); err != nil || len(w.Result().Cookies()) != 1 || w.Result().Cookies()[0].MaxAge >= 0 {
						t.Errorf("End: %v, %v", err, w.Result().Cookies())
					}
				})
			})
		}
	}
}

func TestServerSideLogoutKillsCopies(t *testing.T) {
	t.Parallel()
	store := newMemoryStore("delete")
	m := newManager(t, session.Config{Store: store})
	_, old := start(t, m, "user", true)
	_, c := start(t, m, "user", true, old)
	if _, err := m.Load(request(old)); !errors.Is(err, session.ErrNoSession) {
		t.Errorf("the session before the login is still good: %v", err)
	}
	if err := m.End(httptest.NewRecorder(), request(c)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Load(request(c)); !errors.Is(err, session.ErrNoSession) {
		t.Errorf("a copy of the cookie is still good: %v", err)
	}
	if store.count() != 0 {
		t.Errorf("%d records left", store.count())
	}
}

func TestServerSideBearer(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{Store: newMemoryStore("delete"), Bearer: true})
	s, token, err := m.StartWithToken(httptest.NewRecorder(), request(), "user", false)
	if err != nil {
		t.Fatal(err)
	}
	r := request()
	r.Header.Set("Authorization", "Bearer "+token)
	if got, err := m.Load(r); err != nil || stored(got) != s {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := m.End(httptest.NewRecorder(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Load(r); !errors.Is(err, session.ErrNoSession) {
		t.Errorf("after logout: %v", err)
	}
}

func TestStoreThatIsDown(t *testing.T) {
	t.Parallel()
	missingSocket := &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.ENOENT)}
	for name, down := range map[string]error{
		"refused":               &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"its socket is missing": missingSocket,
		"in time":               context.DeadlineExceeded,
		"any error":             errors.New("boom"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newMemoryStore("delete")
			m := newManager(t, session.Config{Store: store})
			_, c := start(t, m, "user", false)
			store.fail(down)
			if _, err := m.Load(request(c)); err == nil || errors.Is(err, session.ErrNoSession) || !errors.Is(err, down) {
				t.Errorf("Load: %v", err)
			}
			if _, err := m.Load(request()); err != session.ErrNoSession {
				t.Errorf("Load of a visitor without a cookie: %v", err)
			}
			w := httptest.NewRecorder()
			if err := m.End(w, request(c)); !errors.Is(err, down) || len(w.Result().Cookies()) != 0 {
				t.Errorf("End: %v, cookies %v", err, w.Result().Cookies())
			}
			w = httptest.NewRecorder()
			if _, err := m.Start(w, request(c), "other", false); !errors.Is(err, down) || len(w.Result().Cookies()) != 0 {
				t.Errorf("Start: %v, cookies %v", err, w.Result().Cookies())
			}
			store.fail(nil)
			if _, err := m.Load(request(c)); err != nil {
				t.Errorf("once it is back: %v", err)
			}
		})
	}
}

// oddStore answers New and Save as some test wants it.
type oddStore struct {
	new  func(s oddStore, name string) (*sessions.Session, error)
	save func(w http.ResponseWriter, gs *sessions.Session) error
}

func (s oddStore) Get(r *http.Request, name string) (*sessions.Session, error) { return s.New(r, name) }
func (s oddStore) New(_ *http.Request, name string) (*sessions.Session, error) { return s.new(s, name) }
func (s oddStore) Save(_ *http.Request, w http.ResponseWriter, gs *sessions.Session) error {
	return s.save(w, gs)
}

func TestOddStores(t *testing.T) {
	t.Parallel()
	plain := func(s oddStore, name string) (*sessions.Session, error) { return sessions.NewSession(s, name), nil }
	quiet := func(http.ResponseWriter, *sessions.Session) error { return nil }
	for name, test := range map[string]struct {
		store oddStore
		none  bool // Load finds no session, rather than failing
	}{
		"nil and no error": {oddStore{func(oddStore, string) (*sessions.Session, error) { return nil, nil }, quiet}, false},
		"nil and an error": {oddStore{func(oddStore, string) (*sessions.Session, error) { return nil, errors.New("boom") }, quiet}, false},
		"another name": {oddStore{func(s oddStore, _ string) (*sessions.Session, error) {
			return sessions.NewSession(s, "other"), nil
		}, quiet}, false},
		"no row":            {oddStore{func(oddStore, string) (*sessions.Session, error) { return nil, fmt.Errorf("load: %w", sql.ErrNoRows) }, quiet}, true},
		"no file":           {oddStore{func(oddStore, string) (*sessions.Session, error) { _, err := os.Open("/no/such/file"); return nil, err }, quiet}, true},
		"no cookie on save": {oddStore{plain, quiet}, true},
		"another cookie on save": {oddStore{plain, func(w http.ResponseWriter, _ *sessions.Session) error {
			http.SetCookie(w, &http.Cookie{Name: "other", Value: "v"})
			return nil
		}}, true},
		"nil values and options": {oddStore{func(s oddStore, name string) (*sessions.Session, error) {
			gs := sessions.NewSession(s, name)
			gs.Values, gs.Options = nil, nil
			return gs, nil
		}, quiet}, true},
		"values of other types": {oddStore{func(s oddStore, name string) (*sessions.Session, error) {
			gs := sessions.NewSession(s, name)
			gs.Values["twitterauth"] = 5
			return gs, nil
		}, quiet}, true},
		"a record of another layout": {oddStore{func(s oddStore, name string) (*sessions.Session, error) {
			gs := sessions.NewSession(s, name)
			gs.Values["twitterauth"] = "AAAA"
			return gs, nil
		}, quiet}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, session.Config{Store: test.store})
			c := &http.Cookie{Name: "__Host-twitterauth_session", Value: "x"}
			if _, err := m.Load(request(c)); err == nil || errors.Is(err, session.ErrNoSession) != test.none {
				t.Errorf("Load: %v", err)
			}
			w := httptest.NewRecorder()
			if s, err := m.Start(w, request(), "user", false); err == nil || len(w.Result().Cookies()) != 0 {
				t.Errorf("Start: %+v, %v, cookies %v", s, err, w.Result().Cookies())
			}
		})
	}
}

// What a browser sends is never a fault of the store's.
func TestJunkIsNoSessionInAnyStore(t *testing.T) {
	t.Parallel()
	all := stores(t)
	short := sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef"))
	for _, codec := range short.Codecs {
		codec.(*securecookie.SecureCookie).MaxLength(300)
	}
	all["a store that takes 300 bytes"] = short
	for name, store := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newManager(t, session.Config{Store: store})
			for _, junk := range []string{"", "=", "null", "%00", "AAAA", strings.Repeat("A", 500), strings.Repeat("A", 4000), strings.Repeat("A", 5000), strings.Repeat("é", 100)} {
				if s, err := m.Load(request(&http.Cookie{Name: "__Host-twitterauth_session", Value: junk})); !errors.Is(err, session.ErrNoSession) {
					t.Errorf("%.20q, %d bytes: %v, %v", junk, len(junk), s, err)
				}
			}
		})
	}
}
