package twitterauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// newLinkingSite is a site with a guest, whose browser it returns.
func newLinkingSite(t *testing.T, p protocol, options ...siteOption) (*site, *browser) {
	t.Helper()
	s := newSite(t, append([]siteOption{over(p), withStore(linkingMemory{newMemory()})}, options...)...)
	b := s.guest(t)
	return s, b
}

// guest returns the browser of a new user without an X account.
func (s *site) guest(t *testing.T) *browser {
	t.Helper()
	b := s.browser(t)
	s.signInWithoutX(t, b, "guest")
	return b
}

// signInWithoutX makes a user without an X account and begins the user's session
// in a browser.
func (s *site) signInWithoutX(t *testing.T, b *browser, userID string) {
	t.Helper()
	s.users.mu.Lock()
	s.users.users[userID] = &user{ID: userID, Fields: map[string]any{}}
	s.users.mu.Unlock()
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, userID, false); err != nil {
			t.Error(err)
		}
	}), newRequest("GET", "/"))
	c := w.Result().Cookies()[0]
	b.setCookie(c.Name, c.Value)
}

func TestLinking(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		link := url.Values{"link": {"true"}, "return_to": {"/account"}}
		t.Run("a guest becomes a full user", func(t *testing.T) {
			t.Parallel()
			s, b := newLinkingSite(t, p)
			before := b.cookies()[sessionCookie]
			at := b.start(link)
			if !strings.Contains(at, "/authorize?") {
				t.Errorf("X does not ask: %s", at)
			}
			if r := b.get(b.approve(at, ada)); r.location() != "/account" || b.cookies()[sessionCookie] != before || b.whoami() != "user guest @ada" {
				t.Errorf("%d %s, %s", r.StatusCode, r.body, b.whoami())
			}
			if u := s.users.all(); len(u) != 1 || u[0].TwitterID != ada {
				t.Errorf("%+v", u)
			}
		})
		t.Run("the account is another user's", func(t *testing.T) {
			t.Parallel()
			s, b := newLinkingSite(t, p)
			s.browser(t).login(ada, nil)
			if r := b.get(b.approve(b.start(link), ada)); r.StatusCode != 409 || r.code(t) != "already_linked" || b.whoami() != "user guest @" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("signed out meanwhile", func(t *testing.T) {
			t.Parallel()
			s, b := newLinkingSite(t, p)
			at := b.approve(b.start(link), ada)
			b.do("POST", "/auth/twitter/logout", nil)
			if r := b.get(at); r.StatusCode != 403 || r.code(t) != "login_mismatch" || b.hasSession() || len(s.users.all()) != 1 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("another user meanwhile", func(t *testing.T) {
			t.Parallel()
			s, b := newLinkingSite(t, p)
			at := b.approve(b.start(link), ada)
			s.signInWithoutX(t, b, "other")
			if r := b.get(at); r.StatusCode != 403 || r.code(t) != "login_mismatch" || b.whoami() != "user other @" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("nobody is signed in", func(t *testing.T) {
			t.Parallel()
			s, _ := newLinkingSite(t, p)
			if r := s.browser(t).do("POST", "/auth/twitter/login", link); r.StatusCode != 401 || r.code(t) != "login_required" || len(s.x.Requests()) != 0 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("the store cannot link", func(t *testing.T) {
			t.Parallel()
			s := newSite(t, over(p))
			b := s.browser(t)
			b.login(ada, nil)
			if r := b.do("POST", "/auth/twitter/login", link); r.StatusCode != 400 || r.code(t) != "bad_request" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	})
}

// Linking looks at the session once more after X has answered.
func TestLinkAfterTheSessionEnded(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, end := range map[string]func(s *site){
			"revoked": func(s *site) {
				s.users.change("guest", func(u *user) { u.ValidSince = time.Now().Add(time.Minute) })
			},
			"deleted": func(s *site) { s.users.change("guest", nil) },
		} {
			var meanwhile func()
			s, b := newLinkingSite(t, p, configured(func(c *twitterauth.Config) {
				c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					if meanwhile != nil {
						meanwhile()
					}
					return http.DefaultTransport.RoundTrip(r)
				})}
			}))
			linked := false
			s.users.onLink = func(context.Context, string, twitterauth.Login) error { linked = true; return nil }
			callback := b.approve(b.start(url.Values{"link": {"true"}}), ada)
			meanwhile = func() { end(s) }
			r := b.get(callback)
			if linked || r.code(t) != "login_mismatch" {
				t.Errorf("%s: linked %t, %s", name, linked, r.body)
			}
		}
	})
}

// After a link attempt failed, the button of its page links; it never signs in
// as another user.
func TestLinkGoesOnAfterACancel(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		callback, err := s.x.Cancel(b.start(chosen(true)))
		if err != nil {
			t.Fatal(err)
		}
		fields, _ := offeredForm(b.visit(callback).body)
		b.get(b.approve(b.start(fields), ada))
		if got := b.whoami(); got != "user guest @ada" || len(s.users.all()) != 1 {
			t.Errorf("now %s, users %v", got, s.users.all())
		}
	})
}

// A link attempt that comes back in another browser offers no login there.
func TestLinkComesBackInAnotherBrowser(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s, b := newLinkingSite(t, p)
		callback := b.approve(b.start(chosen(true)), ada)
		cancelled, err := s.x.Cancel(b.start(chosen(true)))
		if err != nil {
			t.Fatal(err)
		}
		for what, address := range map[string]string{"approved": callback, "cancelled": cancelled} {
			page := s.browser(t).visit(address)
			_, offered := offeredForm(page.body)
			if page.StatusCode != http.StatusForbidden || offered == p.oauth2 || !strings.Contains(page.body, "connecting") {
				t.Errorf("%s: %d, a button: %t\n%s", what, page.StatusCode, offered, page.body)
			}
		}
		if r := s.browser(t).get(cancelled); r.code(t) != "access_denied" {
			t.Error(r.body)
		}
		if r := s.browser(t).get(callback); r.code(t) != "login_mismatch" {
			t.Error(r.body)
		}
		if r := b.get(callback); r.location() == "" || b.whoami() != "user guest @ada" {
			t.Errorf("where it began: %d %s", r.StatusCode, b.whoami())
		}
		// After a logout the back button leads there again, and the page blames no other browser.
		b.do("POST", "/auth/twitter/logout", nil)
		page := b.visit(callback)
		_, offered := offeredForm(page.body)
		if r := b.get(callback); r.code(t) != "login_expired" || offered == p.oauth2 || strings.Contains(page.body, "another browser") {
			t.Errorf("after a logout: %s, a button: %t\n%s", r.body, offered, page.body)
		}
	})
}

// A store that fails before X is asked costs nothing: a reload of the callback
// finishes, and the pending login is not used up.
func TestStoreFailsBeforeXIsAsked(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, byID := range map[string]func(context.Context, string) (*user, error){
			"it cannot be reached": func(context.Context, string) (*user, error) { return nil, twitterauth.ErrStoreUnavailable },
			"it fails":             func(context.Context, string) (*user, error) { return nil, errors.New("disk full") },
			"it panics":            func(context.Context, string) (*user, error) { panic("boom") },
		} {
			for what, form := range map[string]url.Values{"link": {"link": {"true"}}, "reauth": {"reauth": {"true"}}} {
				s, b := newLinkingSite(t, p)
				if what == "reauth" {
					b.login(ada, nil)
				}
				form.Set("return_to", "/account")
				callback := b.approve(b.start(form), ada)
				s.users.onByID = byID
				s.x.ResetRequests()
				if r := b.visit(callback); r.StatusCode < 500 || len(s.x.Requests()) != 0 {
					t.Errorf("%s, %s: %d %s, X was asked %d times", name, what, r.StatusCode, r.body, len(s.x.Requests()))
				}
				s.users.onByID = nil
				if r := b.visit(callback); r.StatusCode != 303 || r.location() != "/account" {
					t.Errorf("%s, %s: the reload is %d %s", name, what, r.StatusCode, r.body)
				}
				if u := s.users.all(); !slices.ContainsFunc(u, func(u user) bool { return u.TwitterID == ada }) {
					t.Errorf("%s, %s: the users are %+v", name, what, u)
				}
			}
		}
	})
}
