package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

func emailOf(a *account) string { return a.Email }

func newGuest(ctx context.Context, store twitterauth.UserStore[*account]) (string, error) {
	return store.(interface {
		newGuest(context.Context) (string, error)
	}).newGuest(ctx)
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() twitterauth.UserStore[*account]{
		"a guest is refused":  func() twitterauth.UserStore[*account] { return newMemory() },
		"a guest is switched": func() twitterauth.UserStore[*account] { return switches{newMemory()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return open() },
				storetest.Email(emailOf), storetest.Guest(newGuest), storetest.Strict[*account]())
		})
	}
}

// switches signs a guest in as the user who has the X account.
type switches struct{ *memory }

func (s switches) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) && s.isGuest(userID) {
		return fmt.Errorf("a guest: %w", twitterauth.SwitchTo(s.ownerOf(login)))
	}
	return err
}

func (m *memory) isGuest(userID string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.get(userID)
	return a != nil && a.TwitterID == ""
}
