package storetest

import (
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/internal/switching"
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
		s.report("a guest could not be made: "+err.Error(), "the func of the option Guest", "make a user without an X account, and return the user's ID")
		s.FailNow()
	}
	s.mustExist(id)
	return id
}

// refused reports whether a link failed because the account belongs to another user,
// and which user the store names by SwitchTo, if any.
func refused(err error) (owner string, ok bool) {
	var other *switching.Error
	if errors.As(err, &other) {
		return other.UserID, true
	}
	return "", errors.Is(err, twitterauth.ErrAlreadyLinked)
}

// mustRefuse links an account that belongs to another user, with an ID of a user who
// has an X account already.
func (s *subject) mustRefuse(userID string, l twitterauth.Login) {
	s.Helper()
	err := s.link(s.Context(), userID, l)
	switch owner, _ := refused(err); {
	case err == nil:
		s.report("LinkLogin gave a user the X account of another user", stolenCause, stolenRemedy)
	case owner != "":
		s.report("LinkLogin returned SwitchTo for a user who has an X account already", "it does not look whether the user is a guest",
			"return SwitchTo for a user without an X account alone, and ErrAlreadyLinked for all others, who did not ask to leave their account")
	case !errors.Is(err, twitterauth.ErrAlreadyLinked):
		s.report("LinkLogin with the X account of another user returned another error than ErrAlreadyLinked: "+err.Error(),
			"the violation of the constraint is returned as it is", "return ErrAlreadyLinked for a unique violation (PostgreSQL: code 23505)")
	}
}

func testLinkAgain(s *subject) {
	l := ada().login()
	id := s.mustLogin(l)
	for range 2 {
		if err := s.link(s.Context(), id, l); err != nil {
			s.report("LinkLogin with the X account that the user has already failed: "+err.Error(),
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

// Whether a user may have two X accounts, or change the account, is the app's to
// decide.
func testLinkOfFreeAccount(s *subject) {
	id, l := s.mustLogin(ada().login()), grace().login()
	if err := s.link(s.Context(), id, l); err != nil {
		return
	}
	s.mustBe(l, id, "LinkLogin of a user who has an X account already succeeds and changes nothing, such as an UPDATE … WHERE twitter_id IS NULL",
		uncountedFix+": ErrAlreadyLinked where a user has one X account")
}

func testLinkToUnknownUser(s *subject) {
	unknown := unknownLike(s.mustLogin(ada().login()))
	if err := s.link(s.Context(), unknown, grace().login()); err == nil {
		s.report(fmt.Sprintf("LinkLogin for an unknown user, %q, succeeded", unknown), "an UPDATE that changes no row is no error for the database", uncountedFix)
	}
}

func testGuestLinks(s *subject) {
	s.needsGuest()
	id, l := s.mustGuest(), ada().login()
	for _, did := range []string{"a guest could not link an X account: ", "a guest could not link the same X account again: "} {
		if err := s.link(s.Context(), id, l); err != nil {
			s.report(did+err.Error(), "the statement of LinkLogin, or a user whom the option Guest gave an X account", "attach the account to the user; the same account again is no error")
			return
		}
	}
	const cause = "LinkLogin does not store the X account's ID, or another user has it too"
	s.mustBe(l, id, cause, "UPDATE users SET twitter_id = $2 WHERE id = $1, in the column that UserForLogin looks at")
	s.mustBe(confirming(l), id, cause, "UPDATE users SET twitter_id = $2 WHERE id = $1, in the column that UserForLogin looks at")
	if u := s.mustExist(id); s.calls.seesEmail && u.email != ada().email {
		s.report(fmt.Sprintf("a guest who linked an X account has the email %q in place of %q", u.email, ada().email), "LinkLogin does not store the properties", "store login.Fields as UserForLogin does")
	}
}

func testGuestLinksAnothersAccount(s *subject) {
	s.needsGuest()
	id := s.mustLogin(ada().login())
	err := s.link(s.Context(), s.mustGuest(), ada().login())
	owner, ok := refused(err)
	switch {
	case err == nil:
		s.report("LinkLogin gave a guest the X account of another user", stolenCause, stolenRemedy)
	case !ok:
		s.report("LinkLogin of a guest, with the X account of another user, returned another error than ErrAlreadyLinked and SwitchTo: "+err.Error(),
			"the violation of the constraint is returned as it is, or what moves the guest's rows fails", "return ErrAlreadyLinked, or SwitchTo with the other user's ID after the commit")
	case owner != "" && owner != id:
		s.report(fmt.Sprintf("LinkLogin of a guest returned SwitchTo(%q), and the X account belongs to user %q", owner, id),
			"SwitchTo has the guest's ID, or another value than UserForLogin returns", "return SwitchTo with the ID of the user who has the X account")
	}
	s.mustExist(id)
	s.mustBe(ada().login(), id, "the link has moved the account, or has deleted its user", "move the guest's rows to the user who has the X account, and delete the guest")
}

// attempt is how a link ended: with the user who has the account by it, or refused,
// with the user whom SwitchTo names.
type attempt struct{ winner, owner string }

// tryLink returns an error for a link that failed for another reason than that the account is taken.
func (s *subject) tryLink(userID string, l twitterauth.Login) (attempt, error) {
	err := s.link(s.Context(), userID, l)
	if owner, ok := refused(err); ok {
		return attempt{owner: owner}, nil
	}
	return attempt{winner: userID}, err
}

// winners returns the users who have an account after attempts, and those whom
// SwitchTo has named.
func winners(attempts map[attempt]int) (having, named map[string]bool) {
	having, named = map[string]bool{}, map[string]bool{}
	for a := range attempts {
		if a.winner != "" {
			having[a.winner] = true
		}
		if a.owner != "" {
			named[a.owner] = true
		}
	}
	return having, named
}

// mustAgree checks that one user has the account, whom SwitchTo names.
func (s *subject) mustAgree(l twitterauth.Login, got results[attempt], did, cause string) {
	s.Helper()
	having, named := winners(got.values)
	if got.failed > 0 {
		s.report(fmt.Sprintf("%s: %d calls failed with another error than ErrAlreadyLinked and SwitchTo, such as: %v", did, got.failed, got.err), cause, stolenRemedy)
	}
	if len(having) != 1 {
		s.report(fmt.Sprintf("%s: %d users have the account", did, len(having)), cause, stolenRemedy)
		return
	}
	for winner := range having {
		if delete(named, winner); len(named) > 0 {
			s.report(did+": SwitchTo named another user than the user who has the account", cause, "look up whose the account is in the transaction that was refused")
		}
		s.mustBe(l, winner, cause, stolenRemedy)
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
	got := atOnce(guests, func(i int) (attempt, error) { return s.tryLink(ids[i], l) })
	s.mustAgree(l, got, fmt.Sprintf("%d guests linked one X account at once", guests), "look-up then update: two calls find the account free, and both take it")
}

// A guest links an account on one device while its owner signs in for the first time
// on another.
func testLinkDuringFirstLogin(s *subject) {
	s.needsGuest()
	for round := range 10 {
		guest := s.mustGuest()
		p := person{id: fmt.Sprint(1000 + round), handle: fmt.Sprint("user", round)}
		got := atOnce(2, func(i int) (attempt, error) {
			if i == round%2 { // the call that begins last often comes first
				id, err := s.login(s.Context(), p.login())
				return attempt{winner: id}, err
			}
			return s.tryLink(guest, p.login())
		})
		if s.mustAgree(p.login(), got, "a guest linked an X account during its first login", "UserForLogin and LinkLogin look first and write then"); s.Failed() {
			return
		}
	}
}

func testCancelledLink(s *subject) {
	id := s.mustLogin(ada().login())
	err := s.link(s.cancelled(), id, ada().login())
	if _, ok := refused(err); ok {
		s.report("LinkLogin, whose context had ended, returned "+err.Error(), "every error of the database is mistaken for a unique violation", "return ErrAlreadyLinked for a unique violation alone")
	}
	s.afterCancelled("LinkLogin", err)
}
