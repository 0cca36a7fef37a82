package storetest_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

type account struct{ ID, TwitterID, Handle, Email string }

// memory is a store that does all that storetest asks for.
type memory struct {
	mu       sync.Mutex
	accounts []*account         // the ID is the place in it
	sessions map[string]string  // the users' IDs, by the sessions' IDs
	tokens   map[string]*stored // by the users' IDs
}

// stored is a token. Who renews it has the lock.
type stored struct {
	token twitterauth.Token
	lock  chan struct{}
}

var (
	_ twitterauth.Linker                  = (*memory)(nil)
	_ twitterauth.SessionKeeper[*account] = (*memory)(nil)
	_ twitterauth.TokenKeeper             = (*memory)(nil)
)

func newMemory() *memory {
	return &memory{sessions: map[string]string{}, tokens: map[string]*stored{}}
}

// locked calls f while nobody else reads or writes.
func (m *memory) locked(ctx context.Context, f func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	return f()
}

// find returns a user by the X account, or nil.
func (m *memory) find(twitterID string) *account {
	for _, a := range m.accounts {
		if a.TwitterID == twitterID {
			return a
		}
	}
	return nil
}

// get returns a user by the user's ID, or nil.
func (m *memory) get(userID string) *account {
	if n, err := strconv.Atoi(userID); err == nil && n > 0 && n <= len(m.accounts) {
		return m.accounts[n-1]
	}
	return nil
}

// add makes a user.
func (m *memory) add() *account {
	a := &account{}
	m.accounts = append(m.accounts, a)
	a.ID = strconv.Itoa(len(m.accounts))
	return a
}

// update writes what X sent.
func (m *memory) update(a *account, login twitterauth.Login) {
	email, _ := login.Fields.String("email")
	a.TwitterID, a.Handle, a.Email = login.TwitterID, login.ScreenName, cmp.Or(email, a.Email)
	old := m.tokens[a.ID]
	switch {
	case old == nil:
		m.tokens[a.ID] = &stored{login.Token, make(chan struct{}, 1)}
	case !login.Reauth || (old.token.AccessSecret == "") == (login.Token.AccessSecret == ""):
		old.token = login.Token
	}
}

func (m *memory) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	err = m.locked(ctx, func() error {
		a := m.find(login.TwitterID)
		if a == nil && login.Reauth {
			return twitterauth.ErrUserNotFound
		}
		if a == nil {
			a = m.add()
		}
		m.update(a, login)
		userID = a.ID
		return nil
	})
	return userID, err
}

func (m *memory) UserByID(ctx context.Context, userID string) (u *account, err error) {
	err = m.locked(ctx, func() error {
		a := m.get(userID)
		if a == nil {
			return twitterauth.ErrUserNotFound
		}
		copied := *a
		u = &copied
		return nil
	})
	return u, err
}

func (m *memory) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	return m.locked(ctx, func() error {
		a, owner := m.get(userID), m.find(login.TwitterID)
		switch {
		case a == nil:
			return twitterauth.ErrUserNotFound
		case owner != nil && owner != a, a.TwitterID != "" && a.TwitterID != login.TwitterID:
			return twitterauth.ErrAlreadyLinked
		}
		m.update(a, login)
		return nil
	})
}

// newGuest makes a user without an X account.
func (m *memory) newGuest(ctx context.Context) (userID string, err error) {
	err = m.locked(ctx, func() error {
		userID = m.add().ID
		return nil
	})
	return userID, err
}

func (m *memory) SaveSession(ctx context.Context, _ *http.Request, s session.Session) error {
	return m.locked(ctx, func() error {
		m.sessions[s.ID] = s.UserID
		return nil
	})
}

func (m *memory) UserBySession(ctx context.Context, s session.Session) (*account, error) {
	var userID string
	if err := m.locked(ctx, func() error {
		var ok bool
		if userID, ok = m.sessions[s.ID]; !ok {
			return twitterauth.ErrSessionEnded
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return m.UserByID(ctx, userID)
}

func (m *memory) DeleteSession(ctx context.Context, s session.Session) error {
	return m.locked(ctx, func() error {
		delete(m.sessions, s.ID)
		return nil
	})
}

func (m *memory) TwitterToken(ctx context.Context, userID string) (token twitterauth.Token, err error) {
	err = m.locked(ctx, func() error {
		row := m.tokens[userID]
		if row == nil {
			return twitterauth.ErrNoToken
		}
		token = row.token
		return nil
	})
	return token, err
}

// row returns the row of a user's token once this call has its lock.
func (m *memory) row(ctx context.Context, userID string) (row *stored, err error) {
	if err := m.locked(ctx, func() error {
		if row = m.tokens[userID]; row == nil {
			return twitterauth.ErrNoToken
		}
		return nil
	}); err != nil {
		return nil, err
	}
	select {
	case row.lock <- struct{}{}:
		return row, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type renewFunc = func(context.Context, twitterauth.Token) (twitterauth.Token, error)

func (m *memory) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	row, err := m.row(ctx, userID)
	if err != nil {
		return err
	}
	defer func() { <-row.lock }()
	before, err := m.TwitterToken(ctx, userID)
	if err != nil {
		return err
	}
	renewed, err := renew(ctx, before)
	if err != nil {
		return err
	}
	return m.locked(context.WithoutCancel(ctx), func() error {
		if row.token.AccessToken == before.AccessToken { // no login came meanwhile
			row.token = renewed
		}
		return nil
	})
}
