package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"twitterlogin.example/twitterauth"
)

func testAccepted(s *subject) {
	if err := s.calls.accepted(); err != nil {
		s.report("twitterauth.New does not accept the store: "+err.Error(),
			"an optional interface is there in part, or a wrapper hides it, so that its methods would never be called",
			"write a line such as var _ twitterauth.TokenKeeper = (*store)(nil), which makes the compiler name the method")
	}
}

// mustLogin signs a person in.
func (s *subject) mustLogin(l twitterauth.Login) (userID string) {
	s.Helper()
	userID, err := s.login(s.Context(), l)
	if err != nil {
		s.report("a login failed: "+err.Error(),
			"a statement that fails, or a column that does not take what X sends (see above)",
			"UserForLogin finds, creates and updates the user, and returns the user's ID")
		s.FailNow()
	}
	return userID
}

// mustBe signs a person in, who must be that user.
func (s *subject) mustBe(l twitterauth.Login, userID, cause, remedy string) {
	s.Helper()
	if id := s.mustLogin(l); id != userID {
		s.report(fmt.Sprintf("the X account %s (@%s) is user %q, and was user %q before", l.TwitterID, l.ScreenName, id, userID), cause, remedy)
	}
}

// mustExist returns a user whom the store knows.
func (s *subject) mustExist(userID string) user {
	s.Helper()
	u, err := s.user(s.Context(), userID)
	switch {
	case err != nil:
		s.report(fmt.Sprintf("UserByID(%q) of a user who has just signed in: %v", userID, err),
			"UserForLogin returns another ID than UserByID takes, or UserByID asks a replica that lags behind",
			"return the primary key from UserForLogin, and read the user from the primary database")
		s.FailNow()
	case u.isNil:
		s.report(fmt.Sprintf("UserByID(%q) of a user who has just signed in returned no user and no error", userID),
			"an error is lost on the way", "return the user")
		s.FailNow()
	}
	s.mustBeginBefore(u)
	return u
}

// mustBeginBefore checks that sessions that begin now count.
func (s *subject) mustBeginBefore(u user) {
	s.Helper()
	if ahead := time.Until(u.since.Truncate(time.Microsecond)); ahead > 0 {
		s.report(fmt.Sprintf("SessionsValidSince of a user who has just signed in is %v in the future, so that each login is answered 503", ahead),
			"the time is written in one zone and read in another, it is rounded up (MySQL's DATETIME has whole seconds), or the database's clock is ahead",
			"a column with a zone (timestamptz), or UTC in both directions, to the microsecond (DATETIME(6)); set it to the current time when the user logs out everywhere")
	}
}

func testLogin(s *subject) {
	p := ada()
	id := s.mustLogin(p.login())
	s.mustExist(id)
	for range 2 {
		s.mustBe(p.login(), id, "each login inserts a user", "find the user by Login.TwitterID: INSERT … ON CONFLICT (twitter_id) DO UPDATE … RETURNING id")
	}
	s.mustExist(id)
	if other := s.mustLogin(grace().login()); other == id {
		s.report(fmt.Sprintf("two X accounts are one user, %q", id), "the user is not looked up by Login.TwitterID", "key on Login.TwitterID alone")
	}
}

// X sends no more than the ID and the handle where its rate limit keeps the profile
// back, and where the mapping needs no profile.
func testSparseLogin(s *subject) {
	id, err := s.login(s.Context(), person{id: "6253282", handle: "ada"}.login())
	if err != nil {
		s.report("a first login with an ID and a handle alone failed: "+err.Error(),
			"a column for a property is NOT NULL without a default", "allow NULL for all that X may leave out: everything but the ID and the handle")
		return
	}
	s.mustExist(id)
	const cause = "a property that X did not send is stored as an empty text, which a UNIQUE column takes once, or by which the user is found"
	const remedy = "store NULL for a property that X did not send, and key on Login.TwitterID alone"
	switch other, err := s.login(s.Context(), person{id: "783214", handle: "grace"}.login()); {
	case err != nil:
		s.report("the first login of a second person with an ID and a handle alone failed: "+err.Error(), cause, remedy)
	case other == id:
		s.report("two X accounts, each with an ID and a handle alone, are one user", cause, remedy)
	}
}

// What X sends can be long, and holds any character.
func testLongLogin(s *subject) {
	long := person{
		id:     "9223372036854775807",
		handle: "a_handle_of_20_bytes",
		name:   strings.Repeat("👩🏽‍🚀", 8) + " O'Brien \"<b>\" \\ العربية %_;--",
		email:  strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".example.com",
		image:  "https://pbs.twimg.com/profile_images/9223372036854775807/" + strings.Repeat("x", 40) + "_400x400.jpg",
	}
	l := withToken(long.login(), tokenNamed(strings.Repeat("t", 200)))
	id, err := s.login(s.Context(), l)
	if err != nil {
		s.report("a login with long values and unusual characters failed: "+err.Error(),
			"a column is too short (VARCHAR), the ID does not fit (32 bits), or the character set is not all of Unicode (MySQL: utf8 in place of utf8mb4)",
			"use TEXT, or check lengths in UserForLogin and leave out what does not fit; keep the ID as text or 64 bits")
		return
	}
	if u := s.mustExist(id); s.calls.seesEmail && u.email != long.email {
		s.report(fmt.Sprintf("the email %q came back as %q", long.email, u.email), "the column is too short and the database cuts off what does not fit", "use TEXT")
	}
	for _, other := range []struct{ id, differ, cause string }{
		{"9223372036854775806", "differ in the last digit", "the ID is kept as a float64, or cut off"},
		{"9223372032559808511", "have the same lower 32 bits", "the ID is cut off to 32 bits"},
		{"922337203685477580", "differ by a digit at the end", "the ID is cut off, or compared as a prefix (LIKE)"},
	} {
		next := long
		next.id = other.id
		if s.mustLogin(next.login()) == id {
			s.report("two X accounts whose IDs "+other.differ+" are one user", other.cause, "keep the ID as text or as an integer of 64 bits, and compare all of it")
		}
	}
}

func testFirstLoginsOfOnePerson(s *subject) {
	const cause = "look-up then insert: two logins look the user up, find none, and both insert"
	const remedy = "one statement that does both: INSERT … ON CONFLICT (twitter_id) DO UPDATE … RETURNING id, with a UNIQUE constraint on twitter_id"
	l := ada().login()
	got := atOnce(many, func(int) (string, error) { return s.login(s.Context(), l) })
	if got.failed > 0 {
		s.report(fmt.Sprintf("%d of %d first logins of one person at once failed, such as: %v", got.failed, many, got.err),
			cause+"; or the database is locked (SQLite)", remedy+"; SQLite: a busy_timeout and BEGIN IMMEDIATE")
	}
	if len(got.values) > 1 {
		s.report(fmt.Sprintf("%d first logins of one person at once made %d users", many, len(got.values)), cause, remedy)
	}
	for id := range got.values {
		s.mustExist(id)
	}
	if len(got.values) == 1 {
		for id := range got.values {
			s.mustBe(l, id, cause, remedy)
		}
	}
}

func testFirstLoginsOfManyPeople(s *subject) {
	people := make([]person, many)
	for i := range people {
		people[i] = person{id: fmt.Sprint(1000 + i), handle: fmt.Sprint("user", i), name: "Somebody", email: fmt.Sprintf("user%d@example.com", i)}
	}
	type made struct{ id, email string }
	got := atOnce(many, func(i int) (made, error) {
		id, err := s.login(s.Context(), people[i].login())
		return made{id, people[i].email}, err
	})
	if got.failed > 0 {
		s.report(fmt.Sprintf("%d of %d first logins of different people at once failed, such as: %v", got.failed, many, got.err),
			"a deadlock, a database that is locked (SQLite), or more connections than the database allows",
			"SQLite: a busy_timeout and BEGIN IMMEDIATE; otherwise limit the pool of connections")
	}
	ids := map[string]bool{}
	for m := range got.values {
		if ids[m.id] {
			s.report(fmt.Sprintf("two people who signed in at the same moment are both user %q", m.id),
				"the new user's ID is asked for in a second statement, such as SELECT max(id), or a field of the store is shared by all logins",
				"take the ID from the statement that inserts: INSERT … RETURNING id")
			return
		}
		ids[m.id] = true
		if u := s.mustExist(m.id); s.calls.seesEmail && u.email != m.email {
			s.report(fmt.Sprintf("the user with the email %q has the email %q", m.email, u.email),
				"a field of the store is shared by all logins, or the new user's ID is asked for in a second statement",
				"take the ID from the statement that inserts: INSERT … RETURNING id")
			return
		}
	}
}

func testMovedHandle(s *subject) {
	const cause = "the user is looked up by the handle, or the handle's column is UNIQUE"
	const remedy = "key on Login.TwitterID alone, and let two rows have one handle: the row of an account that has changed its handle is updated at that account's next login"
	before := ada()
	id := s.mustLogin(before.login())
	heir := grace()
	heir.handle = before.handle
	other, err := s.login(s.Context(), heir.login())
	switch {
	case err != nil:
		s.report("a login with a handle that another account had before failed: "+err.Error(), cause, remedy)
		return
	case other == id:
		s.report("an X account that has taken over another account's handle is signed in as that account's user", cause, remedy)
		return
	}
	renamed := before
	renamed.handle = "ada2"
	s.mustBe(renamed.login(), id, cause, remedy)
	s.mustBe(heir.login(), other, cause, remedy)
}

func testSameEmail(s *subject) {
	const cause = "the user is looked up by the email, or the email's column is UNIQUE"
	const remedy = "key on Login.TwitterID alone: an email address is no proof of identity. A store that wants one user for each address returns ErrLoginRefused"
	id := s.mustLogin(ada().login())
	same := grace()
	same.email = ada().email
	other, err := s.login(s.Context(), same.login())
	switch {
	case errors.Is(err, twitterauth.ErrLoginRefused):
	case err != nil:
		s.report("a login with an email that another user has failed: "+err.Error(), cause, remedy)
	case other == id:
		s.report("another X account with the same email is signed in as the first account's user", cause, remedy)
	}
}

// Pages are asked for while the user signs in elsewhere.
func testPagesDuringLogins(s *subject) {
	changed := ada()
	changed.email = "lovelace@example.com"
	logins := []twitterauth.Login{ada().login(), changed.login()}
	id := s.mustLogin(logins[0])
	got := atOnce(many, func(i int) (string, error) {
		if i%4 == 0 {
			_, err := s.login(s.Context(), logins[i/4%2])
			return ada().email, err
		}
		u, err := s.user(s.Context(), id)
		return u.email, err
	})
	if got.failed > 0 {
		s.report(fmt.Sprintf("of %d logins and pages of one user at once %d failed, such as: %v", many, got.failed, got.err),
			"a deadlock, or a database that is locked (SQLite)", "update the user in one statement; SQLite: a busy_timeout, BEGIN IMMEDIATE and WAL")
	}
	for email := range got.values {
		if s.calls.seesEmail && email != ada().email && email != changed.email {
			s.report(fmt.Sprintf("a page during a login has the email %q, and the logins have %q and %q", email, ada().email, changed.email),
				"the email is written in two steps, or UserByID returns a user whom a login goes on to change", "update the user in one statement; a store in memory returns a copy, and go test -race finds what is shared")
		}
	}
}

func testAnotherEmail(s *subject) {
	if !s.calls.seesEmail {
		s.lacks("Email", "Run cannot see otherwise whether a login updates the user")
	}
	p := ada()
	id := s.mustLogin(p.login())
	p.email = "lovelace@example.com"
	s.mustBe(p.login(), id, "the user is looked up by the email", "key on Login.TwitterID alone")
	if u := s.mustExist(id); u.email != p.email {
		s.recommend(fmt.Sprintf("a login should update the user, and after a login with the email %q the user has %q", p.email, u.email),
			"what the person has changed at X, the handle, the name or the email, stays as it was at the first login",
			"INSERT … ON CONFLICT (twitter_id) DO UPDATE SET …; a property that people change on your site may stay")
	}
}

func testAbsentFields(s *subject) {
	if !s.calls.seesEmail {
		s.lacks("Email", "Run cannot see otherwise whether a login without an email keeps the email that the user has")
	}
	p := ada()
	id := s.mustLogin(p.login())
	if u := s.mustExist(id); u.email != p.email {
		s.report(fmt.Sprintf("the email %q came back as %q", p.email, u.email),
			`UserForLogin does not store the property "email", or UserByID does not read it`,
			`read login.Fields.String("email"); for another property name see the comment of Run`)
		return
	}
	for _, sparse := range []person{{id: p.id, handle: p.handle, name: p.name}, {id: p.id, handle: p.handle}} {
		s.mustBe(sparse.login(), id, "the user is looked up by the email", "key on Login.TwitterID alone")
		if u := s.mustExist(id); u.email != p.email {
			s.report(fmt.Sprintf("a login without an email has replaced the email %q by %q", p.email, u.email),
				"the update writes NULL, or an empty text, for a property that X did not send this time",
				"keep what is there: email = COALESCE(excluded.email, users.email), with NULL for an absent property")
			return
		}
	}
}
