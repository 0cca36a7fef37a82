package main

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// member is a user of a small site. A guest has no TwitterID.
type member struct {
	ID, TwitterID, ScreenName string
	Data                      string // of the last login
}

// members keeps the users of a small site in memory.
type members struct {
	mu   sync.Mutex
	made int
	all  []member
}

var (
	_ twitterauth.UserStore[member] = (*members)(nil)
	_ twitterauth.Linker            = (*members)(nil)
)

func (s *members) UserForLogin(_ context.Context, login twitterauth.Login) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.all {
		if s.all[i].TwitterID == login.TwitterID {
			s.all[i].Data = login.Data
			return s.all[i].ID, nil
		}
	}
	return s.add(member{TwitterID: login.TwitterID, ScreenName: login.ScreenName, Data: login.Data}), nil
}

// add gives a member an ID that no other member has had. The caller holds mu.
func (s *members) add(m member) string {
	s.made++
	m.ID = strconv.Itoa(s.made)
	s.all = append(s.all, m)
	return m.ID
}

func (s *members) UserByID(_ context.Context, userID string) (member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.all {
		if m.ID == userID {
			return m, nil
		}
	}
	return member{}, twitterauth.ErrUserNotFound
}

func (s *members) LinkLogin(_ context.Context, userID string, login twitterauth.Login) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, m := range s.all {
		switch {
		case m.TwitterID == login.TwitterID && m.ID != userID:
			return twitterauth.ErrAlreadyLinked
		case m.ID == userID:
			s.all[i] = member{ID: userID, TwitterID: login.TwitterID, ScreenName: login.ScreenName, Data: login.Data}
			return nil
		}
	}
	return twitterauth.ErrUserNotFound
}

func (s *members) guest() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(member{})
}

func (s *members) list() []member {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func (s *members) deleteAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
}

// smallSite is a site on net/http with what the example does not have.
type smallSite struct {
	*running
	auth    *twitterauth.Auth[member]
	members *members
}

// startSmallSite starts a site with the handler that routes returns.
func startSmallSite(t *testing.T, routes func(*smallSite) http.Handler, changes ...func(*twitterauth.Config, *twittertest.Server)) *smallSite {
	t.Helper()
	server, x := httptest.NewUnstartedServer(nil), twittertest.NewServer()
	cfg := twitterauth.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		APIURL:         x.URL,
		CallbackURL:    "http://" + server.Listener.Addr().String() + "/auth/twitter/callback",
		Session:        session.Config{Keys: []session.Key{session.NewKey()}},
		Logger:         slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&cfg, x)
	}
	store := &members{}
	auth, err := twitterauth.New(store, cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := &smallSite{&running{Server: server, x: x}, auth, store}
	server.Config.Handler = routes(s)
	server.Start()
	t.Cleanup(func() { server.Close(); x.Close() })
	return s
}

// overOAuth2 makes browser logins use OAuth 2.0.
func overOAuth2(c *twitterauth.Config, x *twittertest.Server) {
	c.ClientID, c.ClientSecret = x.ClientID, x.ClientSecret
}

// page is a handler for a page with these elements, to which the member is given.
func (s *smallSite) page(elements string) http.Handler {
	page := template.Must(template.New("page").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Small</title><link rel="icon" href="data:,">` + elements + `</html>`))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, _ := s.auth.User(r.Context())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "private, no-store")
		if err := page.Execute(w, m); err != nil {
			panic(err)
		}
	})
}

// pickAt signs in as a person on X's page of either protocol.
func (b *tab) pickAt(personID string) {
	b.Helper()
	b.atX()
	b.click(`button[value="` + personID + `"]`)
}

// atX waits for X's consent page of either protocol.
func (b *tab) atX() {
	b.Helper()
	b.until(`location.pathname !== "/auth/twitter/login" && document.readyState === "complete" && document.querySelector("button.cancel") !== null`)
}
