package twitterauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
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
			if n := len(k.ids()); n != 1 && what != "the older row stays" {
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
