package twitterauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// keepingMemory is a store that also keeps a row for each session. Its hooks,
// when set, come first.
type keepingMemory struct {
	*memory
	rowsMu sync.Mutex
	rows   map[string]session.Session
	calls  []string

	onSave   func(context.Context, *http.Request, session.Session) error
	onDelete func(context.Context, session.Session) error
	onUser   func(context.Context, session.Session) error
}

var _ twitterauth.SessionKeeper[*user] = (*keepingMemory)(nil)

func newKeepingMemory() *keepingMemory {
	return &keepingMemory{memory: newMemory(), rows: map[string]session.Session{}}
}

func (k *keepingMemory) note(call string) {
	k.rowsMu.Lock()
	defer k.rowsMu.Unlock()
	k.calls = append(k.calls, call)
}

func (k *keepingMemory) takeCalls() string {
	k.rowsMu.Lock()
	defer k.rowsMu.Unlock()
	calls := strings.Join(k.calls, " ")
	k.calls = nil
	return calls
}

func (k *keepingMemory) ids() (ids []string) {
	k.rowsMu.Lock()
	defer k.rowsMu.Unlock()
	for id := range k.rows {
		ids = append(ids, id)
	}
	return ids
}

func (k *keepingMemory) SaveSession(ctx context.Context, r *http.Request, s session.Session) error {
	k.note("save")
	if k.onSave != nil {
		if err := k.onSave(ctx, r, s); err != nil {
			return err
		}
	}
	k.rowsMu.Lock()
	defer k.rowsMu.Unlock()
	k.rows[s.ID] = s
	return nil
}

func (k *keepingMemory) UserBySession(ctx context.Context, s session.Session) (*user, error) {
	k.note("user")
	if k.onUser != nil {
		if err := k.onUser(ctx, s); err != nil {
			return nil, err
		}
	}
	k.rowsMu.Lock()
	row, ok := k.rows[s.ID]
	k.rowsMu.Unlock()
	if !ok || row.UserID != s.UserID {
		return nil, twitterauth.ErrSessionEnded
	}
	return k.memory.UserByID(ctx, s.UserID)
}

func (k *keepingMemory) UserByID(ctx context.Context, userID string) (*user, error) {
	k.note("byID")
	return k.memory.UserByID(ctx, userID)
}

func (k *keepingMemory) DeleteSession(ctx context.Context, s session.Session) error {
	k.note("delete")
	if k.onDelete != nil {
		if err := k.onDelete(ctx, s); err != nil {
			return err
		}
	}
	k.rowsMu.Lock()
	defer k.rowsMu.Unlock()
	delete(k.rows, s.ID)
	return nil
}

// newKeepingSite is a site whose store keeps rows.
func newKeepingSite(t *testing.T, configure func(*twitterauth.Config)) (*site, *keepingMemory) {
	t.Helper()
	k := newKeepingMemory()
	s := newSite(t, configured(configure), withStore(k))
	s.users = k.memory
	return s, k
}

// keepingVariants are where the sessions themselves may be.
func keepingVariants() map[string]func(*twitterauth.Config) {
	return map[string]func(*twitterauth.Config){
		"sealed cookies": func(*twitterauth.Config) {},
		"a store":        func(c *twitterauth.Config) { c.Session.Store = &mapStore{values: map[string]map[any]any{}} },
		"the app's own":  func(c *twitterauth.Config) { c.SessionManager = &ownSessions{byID: map[string]session.Session{}} },
		"a manager with a store": func(c *twitterauth.Config) {
			m, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, AllowHTTP: true, Audience: "a", Store: &mapStore{values: map[string]map[any]any{}}})
			if err != nil {
				panic(err)
			}
			c.SessionManager = m
		},
	}
}

// A copy of a cookie made before a logout is refused by the next request, and
// signing out one device leaves the others.
func TestRowsEndSessions(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		phone, laptop := s.browser(t), s.browser(t)
		phone.login(ada, nil)
		laptop.login(ada, nil)
		if len(k.ids()) != 2 {
			t.Fatalf("%s: rows %v", name, k.ids())
		}
		thief := s.browser(t)
		for cookie, value := range phone.cookies() {
			thief.setCookie(cookie, value)
		}
		if got := thief.whoami(); got != "user u1 @ada" {
			t.Fatalf("%s: the copy is %s", name, got)
		}
		if r := phone.do("POST", "/auth/twitter/logout", nil); r.StatusCode != http.StatusSeeOther || phone.whoami() != "nobody" {
			t.Errorf("%s: logout %d", name, r.StatusCode)
		}
		if got := thief.whoami(); got != "nobody" || thief.get("/account").StatusCode != 401 {
			t.Errorf("%s: the copy after the logout is %s", name, got)
		}
		if got := laptop.whoami(); got != "user u1 @ada" || len(k.ids()) != 1 {
			t.Errorf("%s: the other device is %s, rows %v", name, got, k.ids())
		}
		for id := range k.rows { // as a device list signs out a device
			delete(k.rows, id)
		}
		if r := laptop.visit("/account"); laptop.whoami() != "nobody" || r.StatusCode != 303 {
			t.Errorf("%s: a device that was signed out: %d", name, r.StatusCode)
		}
		if r := laptop.visit("/auth/twitter/login"); r.StatusCode != 200 {
			t.Errorf("%s: GET login after that goes to %s", name, r.location())
		}
	}
}

func TestRowsOfATokenLogin(t *testing.T) {
	t.Parallel()
	s, k := newKeepingSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true })
	token, secret := s.x.TokenPair(ada)
	r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	bearer := "Bearer " + userTokenIn(t, r)
	app := s.browser(t)
	if got := app.get("/", "Authorization", bearer).body; got != "user u1 @ada" || len(k.ids()) != 1 {
		t.Fatalf("%s, rows %v", got, k.ids())
	}
	if r := app.do("POST", "/auth/twitter/logout", nil, "Authorization", bearer, "Accept", "application/json"); r.StatusCode != 204 {
		t.Errorf("logout: %d %s", r.StatusCode, r.body)
	}
	if r := app.get("/account", "Authorization", bearer); r.StatusCode != 401 || len(k.ids()) != 0 {
		t.Errorf("after the logout: %d", r.StatusCode)
	}
}

// The order of a login's calls, one query per page, and none for what needs none.
func TestCallsOfASessionKeeper(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		b := s.browser(t)
		b.login(ada, nil)
		if got := k.takeCalls(); got != "save user" {
			t.Errorf("%s: a login: %s", name, got)
		}
		b.whoami()
		if got := k.takeCalls(); got != "user" {
			t.Errorf("%s: a page: %s", name, got)
		}
		b.login(ada, nil)
		if got := k.takeCalls(); got != "save user delete" || len(k.ids()) != 1 {
			t.Errorf("%s: a second login: %s, rows %v", name, got, k.ids())
		}
		b.do("POST", "/auth/twitter/logout", nil)
		if got := k.takeCalls(); got != "delete" {
			t.Errorf("%s: a logout: %s", name, got)
		}
		b.do("POST", "/auth/twitter/logout", nil)
		b.whoami()
		if got := k.takeCalls(); got != "" {
			t.Errorf("%s: afterwards: %s", name, got)
		}
	}
}

// A login whose row cannot be saved, read back, or put in the older row's place
// fails without a cookie, and the older session goes on.
func TestFailuresOfASessionKeeper(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full")
	for name, configure := range keepingVariants() {
		for what, test := range map[string]struct {
			spoil  func(k *keepingMemory, older string)
			status int
			code   string
		}{
			"the row is not saved": {func(k *keepingMemory, _ string) {
				k.onSave = func(context.Context, *http.Request, session.Session) error { return broken }
			}, 500, "store_failed"},
			"too many devices": {func(k *keepingMemory, _ string) {
				k.onSave = func(context.Context, *http.Request, session.Session) error { return twitterauth.ErrLoginRefused }
			}, 403, "login_refused"},
			"the database is gone": {func(k *keepingMemory, _ string) {
				k.onSave = func(context.Context, *http.Request, session.Session) error { return twitterauth.ErrStoreUnavailable }
			}, 503, "store_unavailable"},
			"saving panics": {func(k *keepingMemory, _ string) {
				k.onSave = func(context.Context, *http.Request, session.Session) error { panic("boom") }
			}, 500, "store_failed"},
			"saving returns a nil error that panics": {func(k *keepingMemory, _ string) {
				var none *nilError
				k.onSave = func(context.Context, *http.Request, session.Session) error { return none }
			}, 500, "store_failed"},
			"saving returns an answer of its own": {func(k *keepingMemory, _ string) {
				k.onSave = func(context.Context, *http.Request, session.Session) error {
					return &twitterauth.Error{Code: "welcome", Status: 200, Message: "Signed in."}
				}
			}, 500, "store_failed"},
			"deleting the older row returns an answer of its own": {func(k *keepingMemory, older string) {
				k.onDelete = func(_ context.Context, s session.Session) error {
					return ifNot(s.ID, "", &twitterauth.Error{Code: "welcome", Status: 200, Message: "Signed in."})
				}
			}, 500, "store_failed"},
			"reading back panics": {func(k *keepingMemory, older string) {
				k.onUser = func(_ context.Context, s session.Session) error {
					if s.ID == older {
						return nil
					}
					panic("boom")
				}
			}, 500, "store_failed"},
			"deleting the older row panics": {func(k *keepingMemory, older string) {
				k.onDelete = func(_ context.Context, s session.Session) error {
					if s.ID != older {
						return nil
					}
					panic("boom")
				}
			}, 500, "store_failed"},
			"the replica lags": {func(k *keepingMemory, older string) {
				k.onUser = func(_ context.Context, s session.Session) error {
					return ifNot(s.ID, older, twitterauth.ErrSessionEnded)
				}
			}, 503, "store_unavailable"},
			"the user is not there yet": {func(k *keepingMemory, older string) {
				k.onUser = func(_ context.Context, s session.Session) error {
					return ifNot(s.ID, older, twitterauth.ErrUserNotFound)
				}
			}, 503, "store_unavailable"},
			"the older row stays": {func(k *keepingMemory, older string) {
				k.onDelete = func(_ context.Context, s session.Session) error { return ifNot(s.ID, "", broken) }
			}, 500, "store_failed"},
		} {
			s, k := newKeepingSite(t, configure)
			b := s.browser(t)
			b.login(ada, nil)
			older := k.ids()[0]
			before := b.cookies()[sessionCookie]
			callback := b.approve(b.start(nil), ada)
			test.spoil(k, older)
			r := b.get(callback)
			if r.StatusCode != test.status || r.code(t) != test.code || b.cookies()[sessionCookie] != before {
				t.Errorf("%s, %s: %d %s", name, what, r.StatusCode, r.body)
			}
			for _, c := range r.Cookies() {
				if c.Name == sessionCookie || c.Name == "own" {
					t.Errorf("%s, %s: the answer sets %s", name, what, c.Name)
				}
			}
			k.onSave, k.onDelete, k.onUser = nil, nil, nil
			if got := b.whoami(); name != "the app's own" && got != "user u1 @ada" {
				t.Errorf("%s, %s: the older session is %s", name, what, got)
			}
			if n := len(k.ids()); n != 1 && what != "the older row stays" && !strings.HasPrefix(what, "deleting the older row returns") {
				t.Errorf("%s, %s: rows %v", name, what, k.ids())
			}
		}
	}
}

func ifNot(id, other string, err error) error {
	if id == other {
		return nil
	}
	return err
}

// A store that is down at a logout is 503 and keeps the cookie.
func TestLogoutWhileTheRowsAreDown(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		b := s.browser(t)
		b.login(ada, nil)
		k.onDelete = func(context.Context, session.Session) error { return twitterauth.ErrStoreUnavailable }
		if r := b.do("POST", "/auth/twitter/logout", nil, "Accept", "application/json"); r.StatusCode != 503 || len(r.Cookies()) != 0 {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Cookies())
		}
		k.onDelete = nil
		if got := b.whoami(); got != "user u1 @ada" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Guests and users with a password have rows too, and Load looks at them.
func TestRowsOfTheAppsOwnUsers(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		k.users["guest"] = &user{ID: "guest", Fields: map[string]any{}}
		s.mux.HandleFunc("POST /guest", func(w http.ResponseWriter, r *http.Request) {
			if _, err := s.auth.Sessions().Start(w, r, "guest", false); err != nil {
				t.Error(err)
			}
		})
		s.mux.HandleFunc("POST /bye", func(w http.ResponseWriter, r *http.Request) {
			if err := s.auth.Sessions().End(w, r); err != nil {
				t.Error(err)
			}
		})
		s.mux.HandleFunc("GET /load", func(w http.ResponseWriter, r *http.Request) {
			_, err := s.auth.Sessions().Load(r)
			if errors.Is(err, session.ErrNoSession) {
				w.WriteHeader(401)
			} else if err != nil {
				t.Error(err)
			}
		})
		b := s.browser(t)
		b.do("POST", "/guest", nil)
		if len(k.ids()) != 1 || b.get("/load").StatusCode != 200 || b.whoami() != "user guest @" {
			t.Errorf("%s: rows %v, %s", name, k.ids(), b.whoami())
		}
		b.login(ada, nil)
		if len(k.ids()) != 1 || b.whoami() != "user u2 @ada" {
			t.Errorf("%s: after a login: rows %v, %s", name, k.ids(), b.whoami())
		}
		copied := b.cookies()
		b.do("POST", "/bye", nil)
		thief := s.browser(t)
		for cookie, value := range copied {
			thief.setCookie(cookie, value)
		}
		if len(k.ids()) != 0 || thief.get("/load").StatusCode != 401 {
			t.Errorf("%s: after End: rows %v", name, k.ids())
		}
	}
}

// A manager whose sessions have no ID cannot have rows.
func TestRowsNeedAnID(t *testing.T) {
	t.Parallel()
	s, _ := newKeepingSite(t, func(c *twitterauth.Config) {
		c.SessionManager = &brokenManager{SessionManager: newManager(t, true), start: func() (session.Session, error) {
			return session.Session{UserID: "u1", IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}, nil
		}}
	})
	b := s.browser(t)
	if r := b.get(b.approve(b.start(nil), ada)); r.code(t) != "store_failed" || !strings.Contains(s.log.String(), "without an ID") {
		t.Errorf("%d %s\n%s", r.StatusCode, r.body, s.log)
	}
}

func TestStillValid(t *testing.T) {
	t.Parallel()
	var _ sessions.Store = (*mapStore)(nil)
	s, k := newKeepingSite(t, nil)
	b := s.browser(t)
	b.login(ada, nil)
	contextOf := func() context.Context {
		var ctx context.Context
		r := newRequest("GET", "/")
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
		record(s.auth.LoadUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })), r)
		return ctx
	}
	ctx := contextOf()
	down := errors.New("down")
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		row  error // what UserBySession returns
		want error
	}{
		"still there":               {ctx, nil, nil},
		"for a test's user":         {s.auth.WithUser(context.Background(), &user{}), nil, nil},
		"nobody":                    {context.Background(), nil, twitterauth.ErrSessionEnded},
		"signed out elsewhere":      {ctx, twitterauth.ErrSessionEnded, twitterauth.ErrSessionEnded},
		"deleted":                   {ctx, twitterauth.ErrUserNotFound, twitterauth.ErrUserNotFound},
		"the store cannot be asked": {ctx, down, down},
		"the request is over":       {ended, nil, context.Canceled},
	} {
		k.onUser = func(context.Context, session.Session) error { return test.row }
		if err := s.auth.StillValid(test.ctx); !errors.Is(err, test.want) || test.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	k.onUser = nil
	k.change("u1", func(u *user) { u.ValidSince = time.Now().Add(time.Minute) })
	if err := s.auth.StillValid(ctx); !errors.Is(err, twitterauth.ErrSessionEnded) {
		t.Errorf("revoked: %v", err)
	}
}

// StillValid ends a session at its ExpiresAt. A session whose manager does not set that
// has no end that StillValid knows.
func TestStillValidAtTheAbsoluteEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expires time.Time
		want    error
	}{
		"not set": {time.Time{}, nil},
		"later":   {time.Now().Add(time.Hour), nil},
		"passed":  {time.Now().Add(-time.Hour), twitterauth.ErrSessionEnded},
	} {
		s, m := newBrokenSite(t)
		m.load = func(s session.Session, err error) (session.Session, error) { s.ExpiresAt = test.expires; return s, err }
		s.mux.Handle("GET /live", s.auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if err := s.auth.StillValid(r.Context()); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		})))
		b := s.browser(t)
		b.login(ada, nil)
		if r := b.get("/live"); r.StatusCode != 200 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

// A row that has just been saved goes again when the client goes away before the
// answer, or when the store aborts the request.
func TestRowsOfLoginsThatEndEarly(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		for what, end := range map[string]func(ctx context.Context, goAway context.CancelFunc) error{
			"the client goes away": func(ctx context.Context, goAway context.CancelFunc) error { goAway(); <-ctx.Done(); return ctx.Err() },
			"the client goes away while the row is saved": func(ctx context.Context, goAway context.CancelFunc) error {
				goAway()
				<-ctx.Done()
				return ctx.Err()
			},
			"the request is aborted": func(context.Context, context.CancelFunc) error {
				panic(http.ErrAbortHandler)
			},
		} {
			s, k := newKeepingSite(t, configure)
			b := s.browser(t)
			r := newRequest("GET", pathAndQuery(b.approve(b.start(nil), ada)))
			for cookie, value := range b.cookies() {
				r.AddCookie(&http.Cookie{Name: cookie, Value: value})
			}
			ctx, goAway := context.WithCancel(t.Context())
			t.Cleanup(goAway)
			k.onUser = func(ctx context.Context, _ session.Session) error { return end(ctx, goAway) }
			if what == "the client goes away while the row is saved" {
				k.onUser = nil
				k.onSave = func(ctx context.Context, _ *http.Request, saved session.Session) error {
					k.rowsMu.Lock()
					k.rows[saved.ID] = saved // as a database that has committed when its client gives up
					k.rowsMu.Unlock()
					return end(ctx, goAway)
				}
			}
			k.onDelete = func(ctx context.Context, _ session.Session) error { return ctx.Err() }
			func() {
				defer func() {
					if got := recover(); got != nil && got != http.ErrAbortHandler {
						panic(got)
					}
				}()
				if w := record(s.auth, r.WithContext(ctx)); w.Body.Len() != 0 {
					t.Errorf("%s, %s: %d %s", name, what, w.Code, w.Body)
				}
			}()
			want := "save user delete"
			if k.onUser == nil {
				want = "save delete"
			}
			if calls := k.takeCalls(); calls != want || len(k.ids()) != 0 {
				t.Errorf("%s, %s: calls %s, rows %v", name, what, calls, k.ids())
			}
		}
	}
}

// A row that is gone already cannot be deleted again, which is not a failure. A session
// without its row is no session, whichever error the store returns for it.
func TestRowThatIsGone(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		for what, gone := range map[string]error{"ErrSessionEnded": twitterauth.ErrSessionEnded, "ErrNoSession": session.ErrNoSession} {
			s, k := newKeepingSite(t, configure)
			k.onDelete = func(context.Context, session.Session) error { return gone }
			b := s.browser(t)
			b.login(ada, nil)
			b.login(zoe, nil) // deletes the older row
			if got := b.whoami(); got != "user u2 @zoe_quotes" {
				t.Errorf("%s, %s: after a second login %s", name, what, got)
			}
			if r := b.do("POST", "/auth/twitter/logout", nil); r.StatusCode != 303 || b.whoami() != "nobody" {
				t.Errorf("%s, %s: a logout: %d %s", name, what, r.StatusCode, r.body)
			}
			k.onDelete = nil
			b.login(ada, nil)
			k.onUser = func(context.Context, session.Session) error { return gone }
			s.mux.HandleFunc("GET /load", func(_ http.ResponseWriter, r *http.Request) {
				if _, err := s.auth.Sessions().Load(r); !errors.Is(err, session.ErrNoSession) || !errors.Is(err, twitterauth.ErrSessionEnded) {
					t.Errorf("%s, %s: Load: %v", name, what, err)
				}
			})
			if r := b.get("/load"); r.StatusCode != 200 {
				t.Errorf("%s, %s: /load is %d", name, what, r.StatusCode)
			}
			if r := b.get("/account"); r.StatusCode != 401 || r.code(t) != "login_required" {
				t.Errorf("%s, %s: a page: %d %s", name, what, r.StatusCode, r.body)
			}
		}
	}
}

// nilKeeper returns no user and no error for a session.
type nilKeeper struct{ *keepingMemory }

func (nilKeeper) UserBySession(context.Context, session.Session) (*user, error) { return nil, nil }

// The log names no method that was not called.
func TestUserBySessionReturnsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, withStore(nilKeeper{newKeepingMemory()}))
	b := s.browser(t)
	if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != 500 || r.code(t) != "store_failed" {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if log := s.log.String(); !strings.Contains(log, "no user and no error") || strings.Contains(log, "UserByID") {
		t.Errorf("the log has %s", log)
	}
}

// reusingManager keeps a session's ID when the same user logs in again.
type reusingManager struct{ *ownSessions }

func (m reusingManager) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	if s, err := m.Load(r); err == nil && s.UserID == userID {
		return s, nil
	}
	return m.ownSessions.Start(w, r, userID, stay)
}

// A manager that begins the new session under the older session's ID keeps its row.
func TestRowOfASessionThatKeepsItsID(t *testing.T) {
	t.Parallel()
	s, k := newKeepingSite(t, func(c *twitterauth.Config) {
		c.SessionManager = reusingManager{&ownSessions{byID: map[string]session.Session{}}}
	})
	b := s.browser(t)
	b.login(ada, nil)
	first := k.ids()
	b.login(ada, nil)
	if got := b.whoami(); got != "user u1 @ada" || !slices.Equal(k.ids(), first) {
		t.Errorf("after a second login: %s, rows %v, before %v", got, k.ids(), first)
	}
	b.login(zoe, nil)
	if got := b.whoami(); got != "user u2 @zoe_quotes" || len(k.ids()) != 1 || slices.Equal(k.ids(), first) {
		t.Errorf("after another user's login: %s, rows %v, before %v", got, k.ids(), first)
	}
}

// A request that carries a session by a cookie and another by a bearer token ends
// both, so that copies of neither are accepted afterwards.
func TestEndingACookieAndATokenAtOnce(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{"POST logout": "/auth/twitter/logout", "End": "/bye", "Start": "/guest"} {
		s, k := newKeepingSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true })
		k.users["guest"] = &user{ID: "guest", Fields: map[string]any{}}
		s.mux.HandleFunc("POST /bye", func(w http.ResponseWriter, r *http.Request) {
			if err := s.auth.Sessions().End(w, r); err != nil {
				t.Error(err)
			}
		})
		s.mux.HandleFunc("POST /guest", func(w http.ResponseWriter, r *http.Request) {
			if _, err := s.auth.Sessions().Start(w, r, "guest", false); err != nil {
				t.Error(err)
			}
		})
		b := s.browser(t)
		b.login(ada, nil)
		thief := s.browser(t)
		thief.setCookie(sessionCookie, b.cookies()[sessionCookie])
		token, secret := s.x.TokenPair(ada)
		bearer := "Bearer " + userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
		if got, n := thief.whoami(), len(k.ids()); got != "user u2 @ada" || n != 2 {
			t.Fatalf("%s: before: %s, %d rows", name, got, n)
		}
		b.do("POST", target, nil, "Authorization", bearer)
		if got := thief.whoami(); got != "nobody" {
			t.Errorf("%s: a copy of the cookie is %s", name, got)
		}
		if got := s.browser(t).get("/", "Authorization", bearer).body; got != "nobody" {
			t.Errorf("%s: the token is %s", name, got)
		}
		if left := len(k.ids()); left != map[string]int{"Start": 1}[name] {
			t.Errorf("%s: %d rows are left", name, left)
		}
	}
}

// A client whose bearer token has ended gets no cookies, because it has none.
func TestEndedTokenSetsNoCookie(t *testing.T) {
	t.Parallel()
	bearerOf := func(s *site) string {
		token, secret := s.x.TokenPair(ada)
		return "Bearer " + userTokenIn(t, s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}))
	}
	for name, test := range map[string]struct {
		store twitterauth.UserStore[*user]
		end   func(store any)
	}{
		"its row is gone": {newKeepingMemory(), func(store any) {
			k := store.(*keepingMemory)
			k.rowsMu.Lock()
			defer k.rowsMu.Unlock()
			clear(k.rows)
		}},
		"its user is gone": {newMemory(), func(store any) { store.(*memory).change("u1", nil) }},
	} {
		s := newSite(t, withStore(test.store), configured(func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true }))
		bearer := bearerOf(s)
		app := s.browser(t)
		if got := app.get("/", "Authorization", bearer).body; got != "user u1 @ada" {
			t.Fatalf("%s: before: %s", name, got)
		}
		test.end(test.store)
		for target, want := range map[string]int{"/": 200, "/account": 401, "/auth/twitter/session": 401} {
			if r := app.get(target, "Authorization", bearer); r.StatusCode != want || len(r.Cookies()) != 0 || r.body == "user u1 @ada" {
				t.Errorf("%s, %s: %d %s, sets %v", name, target, r.StatusCode, r.body, r.Header["Set-Cookie"])
			}
		}
	}
}

// SaveSession gets the agent and the address, and nothing secret that it might put
// into a row, an error or the log.
func TestSaveSessionGetsNoSecrets(t *testing.T) {
	t.Parallel()
	const agent = "Mozilla/5.0 (test)"
	for name, p := range map[string]protocol{"OAuth 1.0a": oauth1, "OAuth 2.0": oauth2} {
		k := newKeepingMemory()
		s := newSite(t, over(p), withStore(k), configured(func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = !p.oauth2, true }))
		saved := 0
		k.onSave = func(_ context.Context, r *http.Request, _ session.Session) error {
			saved++
			body, err := io.ReadAll(r.Body)
			if err != nil || len(body) != 0 || r.Form != nil || r.PostForm != nil || r.URL.RawQuery != "" || strings.Contains(r.RequestURI, "?") {
				t.Errorf("%s: %s %s, body %q, form %v", name, r.Method, r.RequestURI, body, r.Form)
			}
			for _, secret := range []string{"Cookie", "Authorization", "Referer"} {
				if r.Header.Get(secret) != "" {
					t.Errorf("%s: SaveSession gets %s", name, secret)
				}
			}
			if r.UserAgent() != agent || r.RemoteAddr == "" || !strings.HasPrefix(r.URL.Path, "/auth/twitter/") {
				t.Errorf("%s: SaveSession gets agent %q, address %q, path %q", name, r.UserAgent(), r.RemoteAddr, r.URL.Path)
			}
			if saved == 1 && r.Header.Get("X-Real-Ip") != "192.0.2.1" {
				t.Errorf("%s: SaveSession gets the headers %v", name, r.Header)
			}
			return fmt.Errorf("%s %s %v: disk full", r.Method, r.URL, r.Header)
		}
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.ParseForm() // as a middleware in front may
			s.mux.ServeHTTP(w, r)
		})
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{u.Query().Get(p.proof)}
		for _, value := range b.cookies() {
			secrets = append(secrets, value)
		}
		// Proxies in front repeat the address: nginx, IIS, Traefik, Caddy, Envoy, an own header.
		b.get(callback, "User-Agent", agent, "Referer", s.x.URL+"/?secret-referer", "X-Original-URI", u.RequestURI(), "X-Original-URL", callback,
			"X-Forwarded-Uri", u.RequestURI(), "X-Rewrite-URL", u.Path+"?"+url.PathEscape(u.RawQuery), "X-Query", u.RawQuery, "X-Own", "GET "+u.RequestURI()+" HTTP/1.1", "Proxy-Authorization", "secret-proxy",
			"X-Envoy-Original-Path", "/rewritten?"+u.RawQuery,
			"X-Real-Ip", "192.0.2.1")
		want := 1
		if !p.oauth2 {
			token, secret := s.x.TokenPair(ada)
			secrets = append(secrets, token, secret)
			s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}, "User-Agent", agent)
			want++
		}
		if saved != want || !strings.Contains(s.log.String(), "disk full") {
			t.Errorf("%s: saved %d times, want %d; the log has %s", name, saved, want, s.log)
		}
		for _, secret := range append(secrets, "secret-referer", "secret-proxy") {
			if secret == "" || strings.Contains(s.log.String(), secret) {
				t.Errorf("%s: %q is in the log", name, secret)
			}
		}
	}
}

// A confirmation as another user changes nothing: the session and its row go on.
func TestRowAfterAConfirmationAsAnotherUser(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		b := s.browser(t)
		b.login(ada, nil)
		before := k.ids()
		r := b.get(b.approve(b.start(url.Values{"reauth": {"true"}, "return_to": {"/account"}}), zoe))
		if r.StatusCode != 403 || r.code(t) != "login_mismatch" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		if got := b.whoami(); got != "user u1 @ada" || !slices.Equal(k.ids(), before) {
			t.Errorf("%s: now %s, rows %v, before %v", name, got, k.ids(), before)
		}
	}
}

// Two logins that finish at one moment in a browser that is signed in: both work,
// and the older session ends.
func TestRowsOfLoginsThatRace(t *testing.T) {
	t.Parallel()
	for name, configure := range keepingVariants() {
		s, k := newKeepingSite(t, configure)
		b := s.browser(t)
		b.login(ada, nil)
		older := k.ids()[0]
		var wg sync.WaitGroup
		for _, callback := range []string{b.approve(b.start(nil), ada), b.approve(b.start(nil), ada)} {
			wg.Go(func() {
				if r := b.get(callback); r.StatusCode != 303 {
					t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
				}
			})
		}
		wg.Wait()
		if got := b.whoami(); got != "user u1 @ada" || slices.Contains(k.ids(), older) {
			t.Errorf("%s: %s, rows %v, the older session is %s", name, got, k.ids(), older)
		}
	}
}

// A logout on a machine ends copies of a cookie and of a bearer token on another
// machine, which has the same keys and the same store, and no other session.
func TestLogoutEndsCopiesOnEveryMachine(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]sessions.Store{"sealed cookies": nil, "a store": &mapStore{values: map[string]map[any]any{}}} {
		var cfg twitterauth.Config
		s, k := newKeepingSite(t, func(c *twitterauth.Config) {
			c.TokenLogin, c.Session.Bearer, c.Session.Store = true, true, store
			cfg = *c
		})
		there, err := twitterauth.New(k, cfg)
		if err != nil {
			t.Fatal(err)
		}
		phone, laptop := s.browser(t), s.browser(t)
		phone.login(ada, nil)
		laptop.login(ada, nil)
		cookieOf := func(b *browser) []string { return []string{"Cookie", sessionCookie + "=" + b.cookies()[sessionCookie]} }
		tokens := [2][]string{{"Authorization", s.bearerOf(t, ada)}, {"Authorization", s.bearerOf(t, ada)}}
		copies := [4][]string{cookieOf(phone), cookieOf(laptop), tokens[0], tokens[1]}
		machines := map[string]*twitterauth.Auth[*user]{"here": s.auth, "there": there}
		check := func(when string, want [4]int) {
			t.Helper()
			for where, machine := range machines {
				page := machine.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
				for i, header := range copies {
					r := newRequest("GET", "/")
					r.Header.Set(header[0], header[1])
					if got := record(page, r).Code; got != want[i] {
						t.Errorf("%s, %s: %s of number %d is %d %s, want %d", name, when, header[0], i, got, where, want[i])
					}
				}
			}
		}
		logout := func(machine *twitterauth.Auth[*user], header []string) {
			r := newRequest("POST", "/auth/twitter/logout")
			r.Header.Set(header[0], header[1])
			record(machine, r)
		}
		check("before", [4]int{200, 200, 200, 200})
		logout(s.auth, copies[0])
		check("after a logout here", [4]int{401, 200, 200, 200})
		logout(there, copies[2])
		check("after a logout there", [4]int{401, 200, 401, 200})
	}
}

// Without rows StillValid asks UserByID alone: it sees a deleted user and
// SessionsValidSince, and no logout elsewhere, also where a server keeps the session.
func TestStillValidWithoutRows(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]sessions.Store{"sealed cookies": nil, "a store": &mapStore{values: map[string]map[any]any{}}} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.Session.Store = store }))
		var ctx context.Context
		s.mux.Handle("GET /live", s.auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = context.WithoutCancel(r.Context()) })))
		b := s.browser(t)
		b.login(ada, nil)
		b.get("/live")
		b.do("POST", "/auth/twitter/logout", nil)
		for _, test := range []struct {
			what   string
			change func(*user)
			want   error
		}{
			{"logged out elsewhere", func(*user) {}, nil},
			{"logged out on all devices", func(u *user) { u.ValidSince = time.Now().Add(time.Minute) }, twitterauth.ErrSessionEnded},
			{"deleted", nil, twitterauth.ErrUserNotFound},
		} {
			s.users.change("u1", test.change)
			if err := s.auth.StillValid(ctx); !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Errorf("%s, %s: %v, want %v", name, test.what, err, test.want)
			}
		}
	}
}

// StillValid asks the absolute end and not the idle end, because another tab may have
// renewed the session since.
func TestStillValidDoesNotAskTheIdleEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := goodConfig()
		cfg.Session.IdleTimeout, cfg.Session.Lifetime = time.Minute, time.Hour
		auth, _, cookie := newSession(t, cfg, false)
		r := newRequest("GET", "/")
		r.AddCookie(cookie)
		var ctx context.Context
		record(auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })), r)
		if ctx == nil {
			t.Fatal("not signed in")
		}
		time.Sleep(time.Hour - time.Second)
		if err := auth.StillValid(ctx); err != nil {
			t.Errorf("after the idle end: %v", err)
		}
		time.Sleep(time.Second)
		if err := auth.StillValid(ctx); !errors.Is(err, twitterauth.ErrSessionEnded) {
			t.Errorf("at the absolute end: %v", err)
		}
	})
}

// A page in another tab asks with the older cookie while a login finishes, which
// deletes the older row. Its answer comes after the login's answer, and leaves the
// browser the newer cookie. A deleted account still does not come back by itself.
func TestFetchesWithTheOlderCookieDuringALogin(t *testing.T) {
	t.Parallel()
	fetch := func(dest, mode string) []string {
		return []string{"Accept", "*/*", "Sec-Fetch-Dest", dest, "Sec-Fetch-Mode", mode, "Sec-Fetch-Site", "same-origin"}
	}
	kinds := map[string][]string{
		"a fetch": fetch("empty", "cors"), "a fetch of the same origin": fetch("empty", "same-origin"), "an image": fetch("image", "no-cors"),
		"a frame": {"Accept", "text/html", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate"}, "a prefetch": append([]string{"Sec-Purpose", "prefetch"}, navigating...),
		"a stream": {"Accept", "text/event-stream", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"},
	}
	for name, configure := range keepingVariants() {
		for what, form := range map[string]url.Values{"a login": nil, "a confirmation": {"reauth": {"true"}}} {
			s, k := newKeepingSite(t, configure)
			for kind, header := range kinds {
				b := s.browser(t)
				b.login(ada, nil)
				rows := len(k.ids())
				tab := s.browser(t) // with the cookies of before
				for cookie, value := range b.cookies() {
					tab.setCookie(cookie, value)
				}
				older := tab.cookies()
				b.login(ada, form)
				for _, target := range []string{"/", "/account", "/auth/twitter/session"} {
					if r := tab.get(target, header...); target == "/" && r.body != "nobody" || target != "/" && r.StatusCode == 200 {
						t.Errorf("%s, %s, %s of %s: %d %s", name, what, kind, target, r.StatusCode, r.body)
					}
				}
				for cookie, value := range older { // the two tabs are of one browser
					if tab.cookies()[cookie] != value {
						t.Errorf("%s, %s, %s: deletes %s", name, what, kind, cookie)
					}
				}
				if len(k.ids()) != rows || b.whoami() != "user u1 @ada" {
					t.Errorf("%s, %s, %s: %s, rows %v, had %d", name, what, kind, b.whoami(), k.ids(), rows)
				}
				if name != "sealed cookies" { // the server forgot the older session at the login
					continue
				}
				if r := tab.visit("/auth/twitter/login"); r.StatusCode != 200 {
					t.Errorf("%s, %s, %s: GET login goes to %s", name, what, kind, r.location())
				}
				if r := tab.visit("/account"); r.StatusCode != 303 || tab.hasSession() {
					t.Errorf("%s, %s, %s: a visit is %d, and keeps the cookie: %t", name, what, kind, r.StatusCode, tab.hasSession())
				}
			}
		}
	}
}
