package storetest

import (
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth"
)

const (
	stolenCause  = "LinkLogin writes the X account's ID without looking whether another user has it"
	stolenRemedy = "a UNIQUE constraint on twitter_id, and ErrAlreadyLinked for its violation: UPDATE users SET twitter_id = $2 WHERE id = $1 AND (twitter_id IS NULL OR twitter_id = $2)"
	uncountedFix = "look at the number of rows that the UPDATE has changed, and return an error where it is 0"
)

// needsGuest ends the subtest without the option Guest.
func (s *subject) needsGuest() {
	s.Helper()
	if s.calls.guest == nil {
		s.lacks("Guest", "Run cannot make a user without an X account otherwise")
	}
}

func (s *subject) mustGuest() (userID string) {
	s.Helper()
	id, err := s.guest(s.Context())
	if err != nil {
		s.fault("a guest could not be made: "+err.Error(), "the func of the option Guest", "make a user without an X account, and return the user's ID")
		s.FailNow()
	}
	s.mustExist(id)
	return id
}

// mustRefuse links an account that belongs to another user, with an ID of a user who
// has an X account already.
func (s *subject) mustRefuse(userID string, l twitterauth.Login) {
	s.Helper()
	switch err := s.link(s.Context(), userID, l); {
	case err == nil:
		s.fault("LinkLogin gave a user the X account of another user", stolenCause, stolenRemedy)
	case !errors.Is(err, twitterauth.ErrAlreadyLinked):
		s.fault("LinkLogin with the X account of another user returned another error than ErrAlreadyLinked: "+err.Error(),
			"the violation of the constraint is returned as it is", "return ErrAlreadyLinked for a unique violation (PostgreSQL: code 23505)")
	}
}

func testLinkAgain(s *subject) {
	l := ada().login()
	id := s.mustLogin(l)
	for range 2 {
		if err := s.link(s.Context(), id, l); err != nil {
			s.fault("LinkLogin with the X account that the user has already failed: "+err.Error(),
				"the account is taken to belong to another user", "the same account again is no error: compare the user's ID too")
			return
		}
	}
	s.mustBe(l, id, "LinkLogin has changed whose the account is", stolenRemedy)
}

func testLinkOfAnothersAccount(s *subject) {
	id, other := s.mustLogin(ada().login()), s.mustLogin(grace().login())
	if id == other {
		s.Fatal("two X accounts are one user: see the subtests of UserStore")
	}
	s.mustRefuse(other, ada().login())
	s.mustBe(ada().login(), id, stolenCause, stolenRemedy)
	s.mustBe(grace().login(), other, "LinkLogin has taken away the user's own X account", stolenRemedy)
}

func testLinkToUnknownUser(s *subject) {
	unknown := unknownLike(s.mustLogin(ada().login()))
	if err := s.link(s.Context(), unknown, grace().login()); err == nil {
		s.fault(fmt.Sprintf("LinkLogin for an unknown user, %q, succeeded", unknown), "an UPDATE that changes no row is no error for the database", uncountedFix)
	}
}

func testGuestLinks(s *subject) {
	s.needsGuest()
	id, l := s.mustGuest(), ada().login()
	for _, did := range []string{"a guest could not link an X account: ", "a guest could not link the same X account again: "} {
		if err := s.link(s.Context(), id, l); err != nil {
			s.fault(did+err.Error(), "the statement of LinkLogin, or a user whom the option Guest gave an X account", "attach the account to the user; the same account again is no error")
			return
		}
	}
	const cause = "LinkLogin does not store the X account's ID, or another user has it too"
	s.mustBe(l, id, cause, "UPDATE users SET twitter_id = $2 WHERE id = $1, in the column that UserForLogin looks at")
	s.mustBe(confirming(l), id, cause, "UPDATE users SET twitter_id = $2 WHERE id = $1, in the column that UserForLogin looks at")
	if u := s.mustExist(id); s.calls.seesEmail && u.email != ada().email {
		s.fault(fmt.Sprintf("a guest who linked an X account has the email %q in place of %q", u.email, ada().email), "LinkLogin does not store the properties", "store login.Fields as UserForLogin does")
	}
}

func testManyGuestsLinkOneAccount(s *subject) {
	s.needsGuest()
	const guests = 20
	var ids [guests]string
	for i := range ids {
		ids[i] = s.mustGuest()
	}
	l := ada().login()
	got := atOnce(guests, func(i int) (string, error) {
		err := s.link(s.Context(), ids[i], l)
		if errors.Is(err, twitterauth.ErrAlreadyLinked) {
			return "", nil
		}
		return ids[i], err
	})
	delete(got.values, "") // who were refused
	const cause = "look-up then update: two calls find that nobody has the account, and both take it"
	if got.failed > 0 {
		s.fault(fmt.Sprintf("of %d guests who linked one X account at once %d got another error than ErrAlreadyLinked, such as: %v", guests, got.failed, got.err), cause, stolenRemedy)
	}
	if len(got.values) != 1 {
		s.fault(fmt.Sprintf("%d guests linked one X account at once, and %d have it", guests, len(got.values)), cause, stolenRemedy)
		return
	}
	for winner := range got.values {
		s.mustBe(l, winner, "LinkLogin succeeded for another user than the one who has the account", stolenRemedy)
	}
}

// A guest links an account on one device while its owner signs in for the first time
// on another.
func testLinkDuringFirstLogin(s *subject) {
	s.needsGuest()
	for round := range 10 {
		guest := s.mustGuest()
		p := person{id: fmt.Sprint(1000 + round), handle: fmt.Sprint("user", round)}
		got := atOnce(2, func(i int) (string, error) {
			if i == round%2 { // the call that begins last often comes first
				return s.login(s.Context(), p.login())
			}
			err := s.link(s.Context(), guest, p.login())
			if errors.Is(err, twitterauth.ErrAlreadyLinked) {
				return "", nil
			}
			return guest, err
		})
		delete(got.values, "")
		if got.failed > 0 || len(got.values) != 1 {
			s.fault(fmt.Sprintf("a guest linked an X account while it was used for a first login: %d calls failed (%v), and %d users have the account", got.failed, got.err, len(got.values)),
				"UserForLogin and LinkLogin look first and write then", stolenRemedy)
			return
		}
		for id := range got.values {
			s.mustBe(p.login(), id, "UserForLogin and LinkLogin look first and write then", stolenRemedy)
		}
	}
}

func testCancelledLink(s *subject) {
	id := s.mustLogin(ada().login())
	err := s.link(s.cancelled(), id, ada().login())
	if errors.Is(err, twitterauth.ErrAlreadyLinked) {
		s.fault("LinkLogin, whose context had ended, returned ErrAlreadyLinked", "every error of the database is taken for a unique violation", "return ErrAlreadyLinked for a unique violation alone")
	}
	s.afterCancelled("LinkLogin", err)
}
