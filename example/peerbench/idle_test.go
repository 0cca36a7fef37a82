package peerbench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// keeper is the app's table with a row for each session.
type keeper struct {
	*users
	rows sync.Map // user IDs by the session's ID
}

var _ twitterauth.SessionKeeper[*user] = (*keeper)(nil)

func (k *keeper) SaveSession(_ context.Context, _ *http.Request, s session.Session) error {
	k.rows.Store(s.ID, s.UserID)
	return nil
}

func (k *keeper) UserBySession(ctx context.Context, s session.Session) (*user, error) {
	if id, ok := k.rows.Load(s.ID); !ok || id != s.UserID {
		return nil, twitterauth.ErrSessionEnded
	}
	return k.UserByID(ctx, s.UserID)
}

func (k *keeper) DeleteSession(_ context.Context, s session.Session) error {
	k.rows.Delete(s.ID)
	return nil
}

// idleTimeout is the shortest idle timeout, so that a session is soon due.
const idleTimeout = time.Minute

// whenDue is how old a session must be to be renewed: more than a twentieth of its
// idle timeout.
const whenDue = idleTimeout/20 + 100*time.Millisecond

func withIdleTimeout(c *twitterauth.Config) { c.Session.StayIdleTimeout = idleTimeout }

// BenchmarkSession is one page of a person who is logged in, with what a session
// can also do: end when it is unused, end copies of its cookie.
func BenchmarkSession(b *testing.B) {
	store := newUsers(&user{ID: userID})
	for _, with := range []struct {
		name    string
		store   twitterauth.UserStore[*user]
		change  func(*twitterauth.Config)
		age     time.Duration
		renewed bool
	}{
		{"plain", store, nil, 0, false},
		{"keeper", &keeper{users: store}, nil, 0, false},
		{"idle-not-due", store, withIdleTimeout, 0, false},
		{"idle-due", store, withIdleTimeout, whenDue, true},
		{"keeper-idle-due", &keeper{users: store}, withIdleTimeout, whenDue, true},
	} {
		b.Run("lib=twitterauth/session="+with.name, func(b *testing.B) {
			auth := newAuth(b, with.store, with.change)
			reached := 0
			page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				renewed := len(w.Header()["Set-Cookie"]) > 0
				if u, ok := auth.User(r.Context()); ok && u.ID == userID && renewed == with.renewed {
					reached++
				}
			})
			r := pageRequest(sessionCookie(b, auth, userID))
			time.Sleep(with.age)
			serve(b, auth.RequireUser(page), &reached, r)
		})
	}
	b.Run("lib=scs/session=plain", func(b *testing.B) { scsRequest(b, store, 0) })
	b.Run("lib=scs/session=idle", func(b *testing.B) { scsRequest(b, store, idleTimeout) })
	b.Run("lib=gopkgz/session=plain", func(b *testing.B) {
		h, r, reached := gopkgzRequest(b)
		serve(b, h, reached, r)
	})
}

// scsRequest is a page behind alexedwards/scs with its store in memory. The app
// looks up the user whose ID is in the session.
func scsRequest(b *testing.B, table *users, idle time.Duration) {
	m := scs.New()
	m.Store = memstore.NewWithCleanupInterval(0)
	m.IdleTimeout = idle
	m.Cookie.Secure = true
	cookie := cookieOf(b, func(w http.ResponseWriter, r *http.Request) {
		m.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			m.Put(r.Context(), "userID", userID)
		})).ServeHTTP(w, r)
	})
	reached := 0
	h := m.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if u, err := table.UserByID(r.Context(), m.GetString(r.Context(), "userID")); err == nil && u.ID == userID {
			reached++
		}
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, pageRequest(cookie))
	if renewed := len(w.Result().Cookies()) > 0; renewed != (idle > 0) {
		b.Fatalf("the session was renewed: %t", renewed)
	}
	serve(b, h, &reached, pageRequest(cookie))
}
