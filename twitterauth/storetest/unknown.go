package storetest

import (
	"errors"
	"fmt"
	"strings"

	"twitterlogin.example/twitterauth"
)

const (
	unknownCause  = "the database's own error for no rows is returned, or is lost"
	unknownRemedy = "where there is no row return ErrUserNotFound: if errors.Is(err, sql.ErrNoRows) { return nil, twitterauth.ErrUserNotFound }. Any other error counts as a database that cannot be reached, and a deleted user's session would go on"
)

func testUnknownUser(s *subject) {
	id := unknownLike(s.mustLogin(ada().login()))
	switch _, err := s.user(s.Context(), id); {
	case err == nil:
		s.report(fmt.Sprintf("UserByID of an unknown ID, %q, returned a user and no error", id), unknownCause, unknownRemedy)
	case !errors.Is(err, twitterauth.ErrUserNotFound):
		s.report(fmt.Sprintf("UserByID of an unknown ID, %q, returned another error than ErrUserNotFound: %v", id, err), unknownCause, unknownRemedy)
	}
}

// A cookie can have an ID of an earlier form, such as a number where IDs are UUIDs
// by now.
func testForeignID(s *subject) {
	known := s.mustLogin(ada().login())
	var odd string
	var oddErr error
	for _, id := range []string{
		"no such user", "4711-0815", "99999999999999999999", "cd613e30-d8f1-6adf-91b7-584a2265b1f5",
		known + "b4e28ba-2fa1-61d2-883f-0016d3cca427", known + "-0815", "%",
	} {
		switch _, err := s.user(s.Context(), id); {
		case err == nil && strings.HasPrefix(id, known), err == nil && id == "%":
			s.report(fmt.Sprintf("UserByID of an unknown ID, %q, returned a user and no error; user %q exists", id, known),
				"the ID is read up to the first character that does not fit (fmt.Sscan, MySQL's comparison of a number with a text), or is a pattern (LIKE)",
				"parse the whole ID (strconv.ParseInt, uuid.Parse), return ErrUserNotFound where that fails, and compare by =. A cookie with such an ID would sign in as another user")
		case err == nil:
			s.report(fmt.Sprintf("UserByID of an unknown ID, %q, returned a user and no error", id), unknownCause, unknownRemedy)
		case !errors.Is(err, twitterauth.ErrUserNotFound):
			odd, oddErr = id, err
		}
	}
	if oddErr != nil && !s.Failed() {
		s.recommend(fmt.Sprintf("UserByID of an ID of another form, %q, should return ErrUserNotFound, and returned: %v", odd, oddErr),
			"after IDs have changed their form, a browser with an older cookie is answered 503 until the cookie's end",
			"return ErrUserNotFound for an ID that cannot be parsed")
	}
}

func testManyPages(s *subject) {
	id := s.mustLogin(ada().login())
	unknown := unknownLike(id)
	got := atOnce(many, func(i int) (bool, error) {
		if i%2 == 1 {
			_, err := s.user(s.Context(), unknown)
			return errors.Is(err, twitterauth.ErrUserNotFound), nil
		}
		u, err := s.user(s.Context(), id)
		return !u.isNil, err
	})
	if got.failed > 0 || got.values[false] > 0 {
		s.report(fmt.Sprintf("of %d calls of UserByID at once %d failed and %d gave a wrong result, such as: %v", many, got.failed, got.values[false], got.err),
			"connections that are not given back, or more connections than the database allows",
			"close rows (defer rows.Close()), and limit the pool of connections")
	}
}
