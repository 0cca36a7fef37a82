package storetest

import (
	"errors"

	"twitterlogin.example/twitterauth"
)

func testReauthCreatesNoUser(s *subject) {
	const cause = "UserForLogin does not look at Login.Reauth, and creates the user as at a first login"
	const remedy = "where Login.Reauth is true find the user without an INSERT (SELECT id FROM users WHERE twitter_id = $1), and return ErrUserNotFound where there is no row"
	signedIn := ada()
	id := s.mustLogin(signedIn.login())
	another := person{id: "42", handle: signedIn.handle, name: signedIn.name, email: signedIn.email}
	for _, did := range []string{"a login that confirms, of an unknown X account,", "a second login that confirms, of the same account,"} {
		switch got, err := s.login(s.Context(), confirming(another.login())); {
		case err == nil && got == id:
			s.report(did+" was mistaken for the user with the same handle and email", "the user is looked up by the handle or the email", "key on Login.TwitterID alone")
			return
		case err == nil:
			s.report(did+" returned a user", cause, remedy)
			return
		case !errors.Is(err, twitterauth.ErrUserNotFound):
			s.report(did+" returned another error than ErrUserNotFound: "+err.Error(), cause, remedy)
			return
		}
	}
	s.mustBe(signedIn.login(), id, "the login that confirmed has changed another user", "change nothing before ErrUserNotFound is returned")
}

func testReauth(s *subject) {
	p := ada()
	id := s.mustLogin(p.login())
	s.mustLogin(grace().login())
	s.mustBe(confirming(p.login()), id, "a login with Login.Reauth is answered differently", "return the ID of the user with that Login.TwitterID")
	if u := s.mustExist(id); s.calls.seesEmail && u.email != p.email {
		s.report("a login that confirms has changed the email to "+u.email, "the statement writes other columns", "update as at any login")
	}
	s.mustBe(p.login(), id, "the login that confirmed has changed the user's row", "update as at any login")
}
