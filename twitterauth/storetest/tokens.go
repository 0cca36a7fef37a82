package storetest

import (
	"context"
	"errors"
	"fmt"

	"twitterlogin.example/twitterauth"
)

// mustHave checks a user's stored token.
func (s *subject) mustHave(userID string, want twitterauth.Token, when, cause, remedy string) {
	s.Helper()
	got, err := s.token(s.Context(), userID)
	switch {
	case err != nil:
		s.report(fmt.Sprintf("TwitterToken, %s: %v", when, err), cause, remedy)
	case !isSame(got, want):
		s.report(fmt.Sprintf("TwitterToken, %s, returned the token %q (of OAuth 1.0a: %v, expiry %v, %d scopes) in place of %q (%v, %v, %d)", when,
			nameOf(got), got.AccessSecret != "", got.Expiry, len(got.Scopes), nameOf(want), want.AccessSecret != "", want.Expiry, len(want.Scopes)), cause, remedy)
	}
}

func testLoginStoresToken(s *subject) {
	for _, token := range []twitterauth.Token{pairNamed("first"), tokenNamed("second"), tokenNamed("third"), pairNamed("fourth")} {
		id := s.mustLogin(withToken(ada().login(), token))
		s.mustHave(id, token, "after a login", "UserForLogin does not store Login.Token, or a part of it", "store the whole token at each login; SealToken keeps all of it")
	}
}

func testLinkStoresToken(s *subject) {
	if s.calls.linkLogin == nil {
		s.Skip("the store does not implement Linker")
	}
	s.needsGuest()
	id := s.mustGuest()
	s.mustHaveNone(id, "a user without an X account")
	if err := s.link(s.Context(), id, withToken(ada().login(), tokenNamed("linked"))); err != nil {
		s.Fatalf("LinkLogin: %v: see the subtests of Linker", err)
	}
	s.mustHave(id, tokenNamed("linked"), "after LinkLogin", "LinkLogin does not store Login.Token", "store the token as UserForLogin does")
}

func testRefusedLinkStoresNoToken(s *subject) {
	if s.calls.linkLogin == nil {
		s.Skip("the store does not implement Linker")
	}
	id := s.mustLogin(withToken(ada().login(), tokenNamed("own")))
	other := s.mustLogin(withToken(grace().login(), tokenNamed("other")))
	s.mustRefuse(other, withToken(ada().login(), tokenNamed("refused")))
	const cause, remedy = "LinkLogin stores the token before it knows whose the account is", "store the token in the same transaction, after the account"
	s.mustHave(other, tokenNamed("other"), "of a user whose LinkLogin was refused", cause, remedy)
	s.mustHave(id, tokenNamed("own"), "of the user whose account another user wanted to link", cause, remedy)
}

const reauthRemedy = "where Login.Reauth is true replace a token of the same protocol only (AccessSecret is empty over OAuth 2.0): such a login may go over OAuth 1.0a, whose token lacks the scopes of the token that is there"

func testReauthKeepsToken(s *subject) {
	for _, test := range []struct {
		when                    string
		stored, confirmed, want twitterauth.Token
	}{
		{"after a confirmation over OAuth 1.0a", tokenNamed("before"), pairNamed("confirmed"), tokenNamed("before")},
		{"after a confirmation over OAuth 2.0", pairNamed("before"), tokenNamed("confirmed"), pairNamed("before")},
		{"after a confirmation over the token's own protocol, OAuth 2.0,", tokenNamed("before"), tokenNamed("confirmed"), tokenNamed("confirmed")},
		{"after a confirmation over the token's own protocol, OAuth 1.0a,", pairNamed("before"), pairNamed("confirmed"), pairNamed("confirmed")},
	} {
		id := s.mustLogin(withToken(ada().login(), test.stored))
		s.mustLogin(confirming(withToken(ada().login(), test.confirmed)))
		s.mustHave(id, test.want, test.when, "the token's protocol is not looked at where Login.Reauth is true", reauthRemedy)
	}
}

// mustHaveNone checks that a user has no token, and that a renewal makes none.
func (s *subject) mustHaveNone(userID, who string) {
	s.Helper()
	const remedy = "return ErrNoToken where there is no row"
	called := false
	renewal := func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		called = true
		return tokenNamed("made up"), nil
	}
	for _, call := range []struct {
		method string
		err    error
	}{
		{"TwitterToken", s.tokenError(userID)},
		{"RenewToken", s.renew(s.Context(), userID, renewal)},
		{"TwitterToken after RenewToken", s.tokenError(userID)},
	} {
		switch {
		case call.err == nil:
			s.report(call.method+" of "+who+" succeeded", "a missing row is returned as an empty token", remedy)
		case !errors.Is(call.err, twitterauth.ErrNoToken):
			s.report(fmt.Sprintf("%s of %s returned another error than ErrNoToken: %v", call.method, who, call.err), "the database's own error for no rows is returned", remedy)
		}
	}
	if called {
		s.report("RenewToken of "+who+" called renew", "a missing row is returned as an empty token", "return ErrNoToken without a call of renew")
	}
}

func (s *subject) tokenError(userID string) error {
	_, err := s.token(s.Context(), userID)
	return err
}

func testNoToken(s *subject) {
	id := s.mustLogin(ada().login())
	s.mustHaveNone(unknownLike(id), "an unknown user")
	if s.calls.guest != nil {
		s.mustHaveNone(s.mustGuest(), "a user without an X account")
	}
	if _, err := s.login(s.Context(), confirming(withToken(grace().login(), tokenNamed("refused")))); err == nil {
		s.Fatal("a login that confirms created a user: see the subtests of UserStore")
	}
	other := s.mustLogin(withToken(grace().login(), tokenNamed("own")))
	s.mustHave(other, tokenNamed("own"), "after a confirmation was refused and the person has signed in", "the refused login stored its token", "return ErrUserNotFound before the token is stored")
}
