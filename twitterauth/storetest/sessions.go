package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// begin returns a session that begins now, as package session makes it.
func begin(userID string) session.Session {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return session.Session{ID: rand.Text(), UserID: userID, IssuedAt: now, ExpiresAt: now.Add(24 * time.Hour), LastSeen: now}
}

// callback is the request of a login, as SaveSession gets it.
func (s *subject) callback(agent, address string) *http.Request {
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, "https://app.example.com/auth/twitter/callback", http.NoBody)
	if err != nil {
		panic(err) // the address is a constant
	}
	r.Header.Set("User-Agent", agent)
	r.RemoteAddr = address
	return r
}

// mustSave begins a session.
func (s *subject) mustSave(userID string) session.Session {
	s.Helper()
	begun := begin(userID)
	s.mustSaveAs(begun, s.callback("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.1:49152"))
	return begun
}

func (s *subject) mustSaveAs(begun session.Session, r *http.Request) {
	s.Helper()
	if err := s.save(s.Context(), r, begun); err != nil { //nolint:contextcheck // r gets the context of the call
		s.report(fmt.Sprintf("SaveSession failed, with the user agent %.40q and the address %q: %v", r.UserAgent(), r.RemoteAddr, err),
			"a column that does not take the value (see above)",
			"cut the user agent off at a length of bytes, then strings.ToValidUTF8; keep an address that cannot be parsed as text or not at all. A login fails whose session cannot be saved")
		s.FailNow()
	}
}

// mustCount checks that a session is valid.
func (s *subject) mustCount(current session.Session, when string) user {
	s.Helper()
	u, err := s.bySession(s.Context(), current)
	switch {
	case err != nil:
		s.report(fmt.Sprintf("UserBySession of a valid session, %s: %v", when, err), "SaveSession does not write the row, or another row was deleted", "key the rows by session.Session.ID, and delete by that ID alone")
		s.FailNow()
	case u.isNil:
		s.report(fmt.Sprintf("UserBySession of a valid session, %s, returned no user and no error", when), "an error is lost on the way", "return the user")
		s.FailNow()
	}
	s.mustBeginBefore(u)
	return u
}

// mustHaveEnded checks that a session without a row is not valid.
func (s *subject) mustHaveEnded(ended session.Session, which string) {
	s.Helper()
	switch _, err := s.bySession(s.Context(), ended); {
	case err == nil:
		s.report("UserBySession returned the user of "+which, "it looks at the user and not at the session's row", "one query that joins both: SELECT … FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = $1, and ErrSessionEnded where there is no row")
	case !errors.Is(err, twitterauth.ErrSessionEnded):
		s.report(fmt.Sprintf("UserBySession of %s returned another error than ErrSessionEnded: %v", which, err), unknownCause, "return ErrSessionEnded where the session has no row. Any other error but ErrUserNotFound counts as a database that cannot be reached, and the session would go on")
	}
}

func (s *subject) mustEnd(ended session.Session, which string) {
	s.Helper()
	if err := s.end(s.Context(), ended); err != nil {
		s.report(fmt.Sprintf("DeleteSession of %s failed: %v", which, err), "a DELETE that changes no row is made an error", "a session that is gone already is no error: two tabs can log out at once")
	}
}

func testSession(s *subject) {
	id := s.mustLogin(ada().login())
	s.mustHaveEnded(begin(id), "a session that was never saved")
	current := s.mustSave(id)
	s.mustCount(current, "which has just been saved")
	s.mustHaveEnded(begin(id), "a session that was never saved, while the user has another session")
	s.mustEnd(current, "a session")
	s.mustHaveEnded(current, "a deleted session")
}

func testSessionDeletedTwice(s *subject) {
	id := s.mustLogin(ada().login())
	current := s.mustSave(id)
	for _, which := range []string{"a session", "a session that is gone already"} {
		s.mustEnd(current, which)
	}
	s.mustEnd(begin(id), "a session that was never saved")
}

func testOtherSessionsStay(s *subject) {
	id, other := s.mustLogin(ada().login()), s.mustLogin(grace().login())
	phone, laptop, others := s.mustSave(id), s.mustSave(id), s.mustSave(other)
	s.mustCount(phone, "after the same user's second login")
	s.mustEnd(phone, "a session")
	s.mustHaveEnded(phone, "a deleted session, while the user has another session")
	s.mustCount(laptop, "after another session of the same user was deleted")
	s.mustCount(others, "after a session of another user was deleted")
}

func testSessionsUser(s *subject) {
	if !s.calls.seesEmail {
		s.lacks("Email", "Run cannot tell two users apart otherwise")
	}
	var sessions []session.Session
	for _, p := range []person{ada(), grace()} {
		current := s.mustSave(s.mustLogin(p.login()))
		sessions = append(sessions, current)
		if u := s.mustCount(current, "which has just been saved"); u.email != p.email {
			s.report(fmt.Sprintf("the session of the user with the email %q belongs to the user with the email %q", p.email, u.email),
				"the query joins the wrong columns, or reads other columns than UserByID", "join on sessions.user_id = users.id")
		}
	}
	mixed := sessions[0]
	mixed.UserID = sessions[1].UserID
	if u, err := s.bySession(s.Context(), mixed); err == nil && u.email == grace().email {
		s.report("UserBySession took another user's row for a session of the user whom it returned",
			"two queries: the row is looked up by the session's ID, and the user by session.Session.UserID", "one query that joins both on sessions.user_id = users.id")
	}
}

func testSessionsOfEachKind(s *subject) {
	id := s.mustLogin(ada().login())
	for name, change := range map[string]func(*session.Session){
		"that ends with the browser": func(*session.Session) {},
		"that stays logged in": func(b *session.Session) {
			b.StayLoggedIn, b.ExpiresAt = true, b.IssuedAt.AddDate(1, 0, 0)
		},
		"with an idle timeout": func(b *session.Session) { b.IdleUntil = b.IssuedAt.Add(time.Hour) },
	} {
		begun := begin(id)
		change(&begun)
		s.mustSaveAs(begun, s.callback("a browser", "192.0.2.1:49152"))
		s.mustCount(begun, name)
	}
}

// A session is renewed without a call of SaveSession.
func testRenewedSession(s *subject) {
	begun := begin(s.mustLogin(ada().login()))
	begun.IssuedAt = begun.IssuedAt.Add(-2 * time.Minute)
	begun.LastSeen, begun.IdleUntil = begun.IssuedAt, begun.IssuedAt.Add(time.Minute)
	s.mustSaveAs(begun, s.callback("a browser", "192.0.2.1:49152"))
	renewed := begun
	renewed.LastSeen, renewed.IdleUntil = begun.IssuedAt.Add(2*time.Minute), begun.IssuedAt.Add(3*time.Minute)
	if _, err := s.bySession(s.Context(), renewed); err != nil {
		s.report("UserBySession of a session that was renewed after it had been saved: "+err.Error(),
			"the row has IdleUntil or LastSeen and is compared with them, or it expires at IdleUntil (Redis), although a renewal does not call SaveSession",
			"look the row up by session.Session.ID; the library has looked at IdleUntil already. Rows may be deleted after ExpiresAt")
	}
}

func testAgents(s *subject) {
	id := s.mustLogin(ada().login())
	for _, device := range []struct{ agent, address string }{
		{"", "192.0.2.1:49152"},
		{strings.Repeat("a", 4096), "[2001:db8::1]:443"},
		{strings.Repeat("a", 200) + strings.Repeat("é", 200), "[fe80::1%eth0]:443"},
		{strings.Repeat("é", 300), "192.0.2.1:49152"},
		{strings.Repeat("👩🏽‍🚀", 100), "192.0.2.1:49152"},
		{"Latin-1 \xe9\xff, which is not UTF-8", "@"}, // a server on a Unix socket
		{`'; DROP TABLE "sessions"; -- \ %s`, ""},
	} {
		begun := begin(id)
		s.mustSaveAs(begun, s.callback(device.agent, device.address))
		s.mustCount(begun, fmt.Sprintf("saved with the user agent %.40q and the address %q", device.agent, device.address))
	}
}

// A user can be deleted while a login saves its session.
func testSessionOfUnknownUser(s *subject) {
	begun := begin(unknownLike(s.mustLogin(ada().login())))
	saveErr := s.save(s.Context(), s.callback("a browser", "192.0.2.1:49152"), begun)
	u, err := s.bySession(s.Context(), begun)
	switch {
	case err == nil:
		s.report(fmt.Sprintf("UserBySession returned a user (nil: %v) for the session of an unknown user (SaveSession returned: %v)", u.isNil, saveErr),
			"the query begins with the sessions and joins the users by LEFT JOIN", "JOIN users, and return ErrUserNotFound where there is no user")
	case !errors.Is(err, twitterauth.ErrUserNotFound) && !errors.Is(err, twitterauth.ErrSessionEnded):
		s.report("UserBySession of an unknown user's session returned another error than ErrUserNotFound and ErrSessionEnded: "+err.Error(), unknownCause, unknownRemedy)
	}
}

func testManySessionPages(s *subject) {
	current := s.mustSave(s.mustLogin(ada().login()))
	got := atOnce(many, func(int) (bool, error) {
		u, err := s.bySession(s.Context(), current)
		return !u.isNil, err
	})
	if got.failed > 0 || got.values[false] > 0 {
		s.report(fmt.Sprintf("of %d calls of UserBySession at once %d failed and %d returned no user, such as: %v", many, got.failed, got.values[false], got.err),
			"connections that are not given back, a database that is locked by a write on each page (SQLite), or more connections than the database allows",
			`close rows, limit the pool of connections, and write "last seen" at most once a minute`)
	}
}

func testCancelledSession(s *subject) {
	id := s.mustLogin(ada().login())
	current := s.mustSave(id)
	_, err := s.bySession(s.cancelled(), current)
	if err != nil && !s.hangs.Load() {
		s.mustNotEnd("UserBySession", err)
	}
	s.afterCancelled("UserBySession", err)
	s.afterCancelled("SaveSession", s.save(s.cancelled(), s.callback("a browser", "192.0.2.1:49152"), begin(id)))
	s.afterCancelled("DeleteSession", s.end(s.cancelled(), current))
	s.mustCount(current, "whose DeleteSession failed because its context had ended")
}
