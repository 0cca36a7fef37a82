package storetest_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// Each store in this file has one bug. It embeds the good store, of which it
// overrides what the bug is in.

// moment is how long a call that has looked waits at most for another call.
const moment = time.Second

// meeting lets a call that has looked wait for another call that has looked, in the
// subtests that make calls at once.
type meeting struct {
	expected bool
	mu       sync.Mutex
	waiting  chan struct{}
}

func (m *meeting) wait() {
	if !m.expected {
		return
	}
	other, came := m.join()
	if came {
		return
	}
	select {
	case <-other:
	case <-time.After(moment):
		m.leave(other)
	}
}

// join returns what to wait for, unless another call has waited.
func (m *meeting) join() (other chan struct{}, came bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting != nil {
		close(m.waiting)
		m.waiting = nil
		return nil, true
	}
	m.waiting = make(chan struct{})
	return m.waiting, false
}

func (m *meeting) leave(other chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting == other {
		m.waiting = nil
	}
}

type lookUpThenInsert struct {
	*memory
	meeting *meeting
}

func (s lookUpThenInsert) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	known := false
	if err := s.locked(ctx, func() error { known = s.find(login.TwitterID) != nil; return nil }); err != nil {
		return "", err
	}
	if known || login.Reauth {
		return s.memory.UserForLogin(ctx, login)
	}
	s.meeting.wait()
	err = s.locked(ctx, func() error {
		a := s.add()
		s.update(a, login)
		userID = a.ID
		return nil
	})
	return userID, err
}

type insertsAlways struct{ *memory }

func (s insertsAlways) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	if login.Reauth {
		return s.memory.UserForLogin(ctx, login)
	}
	err = s.locked(ctx, func() error {
		a := s.add()
		s.update(a, login)
		userID = a.ID
		return nil
	})
	return userID, err
}

// keyedBy looks users up by another value than the X account's ID.
type keyedBy struct {
	*memory
	key func(*account) string
	of  func(twitterauth.Login) string
}

func (s keyedBy) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	err = s.locked(ctx, func() error {
		for _, a := range s.accounts {
			if key := s.of(login); key != "" && s.key(a) == key {
				s.update(a, login)
				userID = a.ID
				return nil
			}
		}
		return errors.ErrUnsupported
	})
	if errors.Is(err, errors.ErrUnsupported) {
		return s.memory.UserForLogin(ctx, login)
	}
	return userID, err
}

func handleOf(login twitterauth.Login) string { return login.ScreenName }

func emailIn(login twitterauth.Login) string {
	email, _ := login.Fields.String("email")
	return email
}

// unique has a UNIQUE constraint on another value than the X account's ID.
type unique keyedBy

func (s unique) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if err := s.locked(ctx, func() error {
		for _, a := range s.accounts {
			if key := s.of(login); key != "" && s.key(a) == key && a.TwitterID != login.TwitterID {
				return errors.New("UNIQUE constraint failed")
			}
		}
		return nil
	}); err != nil {
		return "", err
	}
	return s.memory.UserForLogin(ctx, login)
}

type nullOverEmail struct{ *memory }

func (s nullOverEmail) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.memory.UserForLogin(ctx, login)
	if err == nil && emailIn(login) == "" {
		err = s.locked(ctx, func() error { s.get(id).Email = ""; return nil })
	}
	return id, err
}

type nameRequired struct{ *memory }

func (s nameRequired) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if _, ok := login.Fields.String("name"); !ok && ctx.Err() == nil && !login.Reauth {
		return "", errors.New("NOT NULL constraint failed: users.name")
	}
	return s.memory.UserForLogin(ctx, login)
}

// floatID rounds the X account's ID as a float64 does.
type floatID struct{ *memory }

func (s floatID) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	f, err := strconv.ParseFloat(login.TwitterID, 64)
	if err != nil {
		return "", err
	}
	login.TwitterID = strconv.FormatFloat(f, 'f', 0, 64)
	return s.memory.UserForLogin(ctx, login)
}

// lastInserted asks for the new user's ID in a second statement.
type lastInserted struct {
	*memory
	meeting *meeting
}

func (s lastInserted) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	before := 0
	if err := s.locked(ctx, func() error { before = len(s.accounts); return nil }); err != nil {
		return "", err
	}
	userID, err = s.memory.UserForLogin(ctx, login)
	if n, _ := strconv.Atoi(userID); err == nil && n > before {
		s.meeting.wait()
		err = s.locked(ctx, func() error { userID = strconv.Itoa(len(s.accounts)); return nil })
	}
	return userID, err
}

type noUserNoError struct{ *memory }

func (s noUserNoError) UserByID(ctx context.Context, userID string) (*account, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		return nil, nil
	}
	return u, err
}

type databasesError struct{ *memory }

func (s databasesError) UserByID(ctx context.Context, userID string) (*account, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		return nil, sql.ErrNoRows
	}
	return u, err
}

// numbersOnly returns the parser's error for an ID of another form.
type numbersOnly struct{ *memory }

func (s numbersOnly) UserByID(ctx context.Context, userID string) (*account, error) {
	if _, err := strconv.Atoi(userID); err != nil {
		return nil, err
	}
	return s.memory.UserByID(ctx, userID)
}

type everyErrorIsNotFound struct{ *memory }

func (s everyErrorIsNotFound) UserByID(ctx context.Context, userID string) (*account, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if err != nil {
		return nil, twitterauth.ErrUserNotFound
	}
	return u, nil
}

type reauthCreates struct{ *memory }

func (s reauthCreates) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if login.Reauth && ctx.Err() == nil && s.knows(login) {
		return s.memory.UserForLogin(ctx, login)
	}
	login.Reauth = false
	return s.memory.UserForLogin(ctx, login)
}

func (m *memory) knows(login twitterauth.Login) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(login.TwitterID) != nil
}

// reauthCreatesAndDenies creates the user and returns ErrUserNotFound all the same.
type reauthCreatesAndDenies struct{ *memory }

func (s reauthCreatesAndDenies) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.memory.UserForLogin(ctx, login)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		login.Reauth = false
		if _, err := s.memory.UserForLogin(ctx, login); err != nil {
			return "", err
		}
	}
	return id, err
}

type reauthReplacesToken struct{ *memory }

func (s reauthReplacesToken) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if login.Reauth && s.knows(login) {
		login.Reauth = false
	}
	return s.memory.UserForLogin(ctx, login)
}

// ignoresContext never looks at the context of a login or a page.
type ignoresContext struct{ *memory }

func (s ignoresContext) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	return s.memory.UserForLogin(context.WithoutCancel(ctx), login)
}

func (s ignoresContext) UserByID(ctx context.Context, userID string) (*account, error) {
	return s.memory.UserByID(context.WithoutCancel(ctx), userID)
}

// ignoresContextElsewhere never looks at the context in the optional interfaces.
type ignoresContextElsewhere struct{ *memory }

func (s ignoresContextElsewhere) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	return s.memory.LinkLogin(context.WithoutCancel(ctx), userID, login)
}

func (s ignoresContextElsewhere) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	return s.memory.UserBySession(context.WithoutCancel(ctx), current)
}

func (s ignoresContextElsewhere) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	return s.memory.RenewToken(context.WithoutCancel(ctx), userID, renew)
}

// hangs waits for a database that does not answer, and not for its context.
type hangs struct{ *memory }

func (s hangs) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if ctx.Err() != nil {
		select {}
	}
	return s.memory.UserForLogin(ctx, login)
}

func (s hangs) DeleteSession(ctx context.Context, ended session.Session) error {
	if ctx.Err() != nil {
		select {}
	}
	return s.memory.DeleteSession(ctx, ended)
}

type losesCause struct{ *memory }

func (s losesCause) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if ctx.Err() != nil {
		return "", errors.New("login: " + ctx.Err().Error())
	}
	return s.memory.UserForLogin(ctx, login)
}

type emptyID struct{ *memory }

func (s emptyID) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.memory.UserForLogin(ctx, login)
	if login.ScreenName == "a_handle_of_20_bytes" {
		id = ""
	}
	return id, err
}

type panics struct{ *memory }

func (s panics) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.memory.UserForLogin(ctx, login)
	_ = login.Fields["name"].(string) // panics without a name
	return id, err
}

type steals struct{ *memory }

func (s steals) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	return s.locked(ctx, func() error {
		a := s.get(userID)
		if a == nil {
			return twitterauth.ErrUserNotFound
		}
		if owner := s.find(login.TwitterID); owner != nil && owner != a {
			owner.TwitterID = ""
		}
		s.update(a, login)
		return nil
	})
}

// ownerOf returns the ID of the user who has an X account, or "".
func (m *memory) ownerOf(login twitterauth.Login) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if owner := m.find(login.TwitterID); owner != nil {
		return owner.ID
	}
	return ""
}

// switchesAll signs in the owner of the X account whoever asks.
type switchesAll struct{ *memory }

func (s switchesAll) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) {
		return twitterauth.SwitchTo(s.ownerOf(login))
	}
	return err
}

// switchesWrongly switches a guest to the guest.
type switchesWrongly struct{ *memory }

func (s switchesWrongly) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) && s.isGuest(userID) {
		return twitterauth.SwitchTo(userID)
	}
	return err
}

type lookUpThenLink struct {
	*memory
	meeting *meeting
}

func (s lookUpThenLink) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	isFree := false
	if err := s.locked(ctx, func() error { isFree = s.find(login.TwitterID) == nil; return nil }); err != nil {
		return err
	}
	if !isFree {
		return s.memory.LinkLogin(ctx, userID, login)
	}
	s.meeting.wait()
	return s.locked(ctx, func() error {
		a := s.get(userID)
		if a == nil {
			return twitterauth.ErrUserNotFound
		}
		s.update(a, login)
		return nil
	})
}

// lookUpThenBoth looks first and writes then at a login and at a link.
type lookUpThenBoth struct {
	lookUpThenInsert
	linking lookUpThenLink
}

func (s lookUpThenBoth) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	return s.linking.LinkLogin(ctx, userID, login)
}

type refusesAgain struct{ *memory }

func (s refusesAgain) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	if ctx.Err() == nil && s.knows(login) {
		return twitterauth.ErrAlreadyLinked
	}
	return s.memory.LinkLogin(ctx, userID, login)
}

type countsNoRows struct{ *memory }

func (s countsNoRows) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		return nil
	}
	return err
}

type constraintsError struct{ *memory }

func (s constraintsError) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) {
		return errors.New("UNIQUE constraint failed: users.twitter_id")
	}
	return err
}

type ignoresRow struct{ *memory }

func (s ignoresRow) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	return s.UserByID(ctx, current.UserID)
}

// looksTwice looks for the row and the user apart from each other.
type looksTwice struct{ *memory }

func (s looksTwice) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	if _, err := s.memory.UserBySession(ctx, current); err != nil {
		return nil, err
	}
	return s.UserByID(ctx, current.UserID)
}

type leftJoin struct{ *memory }

func (s leftJoin) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	u, err := s.memory.UserBySession(ctx, current)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		return &account{}, nil
	}
	return u, err
}

type deletesAll struct{ *memory }

func (s deletesAll) DeleteSession(ctx context.Context, ended session.Session) error {
	return s.locked(ctx, func() error {
		for id, userID := range s.sessions {
			if userID == ended.UserID {
				delete(s.sessions, id)
			}
		}
		return nil
	})
}

type oneSession struct{ *memory }

func (s oneSession) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	if err := deletesAll(s).DeleteSession(ctx, begun); err != nil {
		return err
	}
	return s.memory.SaveSession(ctx, r, begun)
}

type deletesOnce struct{ *memory }

func (s deletesOnce) DeleteSession(ctx context.Context, ended session.Session) error {
	return s.locked(ctx, func() error {
		if _, ok := s.sessions[ended.ID]; !ok {
			return sql.ErrNoRows
		}
		delete(s.sessions, ended.ID)
		return nil
	})
}

type deletesNothing struct{ *memory }

func (s deletesNothing) DeleteSession(ctx context.Context, _ session.Session) error { return ctx.Err() }

type shortColumn struct{ *memory }

func (s shortColumn) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	if len(r.UserAgent()) > 255 {
		return errors.New("value too long for type character varying(255)")
	}
	return s.memory.SaveSession(ctx, r, begun)
}

type utf8Column struct{ *memory }

func (s utf8Column) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	agent := r.UserAgent()
	if agent = agent[:min(len(agent), 255)]; !utf8.ValidString(agent) {
		return errors.New("invalid byte sequence for encoding UTF8")
	}
	return s.memory.SaveSession(ctx, r, begun)
}

// keepsConnections does not close its rows, so that no connection is left after a while.
type keepsConnections struct {
	*memory
	used *atomic.Int32
}

func (s keepsConnections) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	if s.used.Add(1) > 20 {
		return nil, errors.New("sorry, too many clients already")
	}
	return s.memory.UserBySession(ctx, current)
}

// mixedColumns writes another time into the column of the idle end, as an INSERT whose
// values are in another order than its columns.
type mixedColumns struct {
	*memory
	idle map[string]time.Time
}

func (s mixedColumns) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	if err := s.memory.SaveSession(ctx, r, begun); err != nil || begun.IdleUntil.IsZero() {
		return err
	}
	return s.locked(ctx, func() error {
		s.idle[begun.ID] = begun.IssuedAt
		return nil
	})
}

func (s mixedColumns) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	if err := s.locked(ctx, func() error {
		if end, ok := s.idle[current.ID]; ok && !time.Now().Before(end) {
			return twitterauth.ErrSessionEnded
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return s.memory.UserBySession(ctx, current)
}

// mixesUp returns the user that is before the session's own.
type mixesUp struct{ *memory }

func (s mixesUp) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	u, err := s.memory.UserBySession(ctx, current)
	if err == nil {
		u, err = s.UserByID(ctx, "1")
	}
	return u, err
}

type lostUpdate struct{ *memory }

func (s lostUpdate) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	before, err := s.TwitterToken(ctx, userID)
	if err != nil {
		return err
	}
	renewed, err := renew(ctx, before)
	if err != nil {
		return err
	}
	return s.locked(context.WithoutCancel(ctx), func() error {
		if row := s.tokens[userID]; row.token.AccessToken == before.AccessToken {
			row.token = renewed
		}
		return nil
	})
}

type storesFailure struct{ *memory }

func (s storesFailure) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	var failed error
	err := s.memory.RenewToken(ctx, userID, func(ctx context.Context, t twitterauth.Token) (twitterauth.Token, error) {
		renewed, err := renew(ctx, t)
		failed = err
		return renewed, nil
	})
	return errors.Join(err, failed)
}

type losesFailure struct{ *memory }

func (s losesFailure) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	return s.memory.RenewToken(ctx, userID, func(ctx context.Context, t twitterauth.Token) (twitterauth.Token, error) {
		renewed, err := renew(ctx, t)
		if err != nil {
			return t, nil //nolint:nilerr // the bug
		}
		return renewed, nil
	})
}

type storesNothing struct{ *memory }

func (s storesNothing) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	return s.memory.RenewToken(ctx, userID, func(ctx context.Context, t twitterauth.Token) (twitterauth.Token, error) {
		if _, err := renew(ctx, t); err != nil {
			return t, err
		}
		return t, nil
	})
}

// keepsLock does not give the lock back after a renewal that failed or panicked.
type keepsLock struct{ *memory }

func (s keepsLock) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	row, err := s.row(ctx, userID)
	if err != nil {
		return err
	}
	renewed, err := renew(ctx, row.token)
	if err != nil {
		return err
	}
	err = s.locked(context.WithoutCancel(ctx), func() error { row.token = renewed; return nil })
	<-row.lock
	return err
}

type renewsNothing struct{ *memory }

func (s renewsNothing) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	err := s.memory.RenewToken(ctx, userID, renew)
	if errors.Is(err, twitterauth.ErrNoToken) {
		_, err = renew(ctx, twitterauth.Token{})
	}
	return err
}

type emptyToken struct{ *memory }

func (s emptyToken) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	t, err := s.memory.TwitterToken(ctx, userID)
	if errors.Is(err, twitterauth.ErrNoToken) {
		err = nil
	}
	return t, err
}

// accessOnly keeps the access token alone.
type accessOnly struct{ *memory }

func (s accessOnly) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	t, err := s.memory.TwitterToken(ctx, userID)
	return twitterauth.Token{AccessToken: t.AccessToken, AccessSecret: t.AccessSecret, RefreshToken: t.RefreshToken, Expiry: t.Expiry}, err
}

type tokenOfRefusedLink struct{ *memory }

func (s tokenOfRefusedLink) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if row := s.tokens[userID]; row != nil {
			row.token = login.Token
		}
	}
	return err
}

type linkWithoutToken struct{ *memory }

func (s linkWithoutToken) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	s.mu.Lock()
	before := s.tokens[userID]
	s.mu.Unlock()
	err := s.memory.LinkLogin(ctx, userID, login)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens[userID] = before; before == nil {
		delete(s.tokens, userID)
	}
	return err
}

// oneLock has one lock for everybody while X is asked.
type oneLock struct {
	*memory
	all *sync.Mutex
}

func (s oneLock) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	s.all.Lock()
	defer s.all.Unlock()
	return s.memory.UserForLogin(ctx, login)
}

func (s oneLock) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	s.all.Lock()
	defer s.all.Unlock()
	return s.memory.RenewToken(ctx, userID, renew)
}

// loginLost writes a renewed token over the token of a login.
type loginLost struct{ *memory }

func (s loginLost) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	row, err := s.row(ctx, userID)
	if err != nil {
		return err
	}
	defer func() { <-row.lock }()
	before, err := s.TwitterToken(ctx, userID)
	if err != nil {
		return err
	}
	renewed, err := renew(ctx, before)
	if err != nil {
		return err
	}
	return s.locked(context.WithoutCancel(ctx), func() error { row.token = renewed; return nil })
}

// endsWithCaller writes nothing when the caller's context has ended.
type endsWithCaller struct{ *memory }

func (s endsWithCaller) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	return s.memory.RenewToken(ctx, userID, func(c context.Context, t twitterauth.Token) (twitterauth.Token, error) {
		renewed, err := renew(c, t)
		if err == nil {
			err = ctx.Err()
		}
		return renewed, err
	})
}

// partOfAnInterface has one method of SessionKeeper.
type partOfAnInterface struct{ usersOnly }

func (partOfAnInterface) DeleteSession(context.Context, session.Session) error { return nil }

// usersOnly has none of the optional interfaces.
type usersOnly struct{ memory *memory }

func (s usersOnly) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	return s.memory.UserForLogin(ctx, login)
}

func (s usersOnly) UserByID(ctx context.Context, userID string) (*account, error) {
	return s.memory.UserByID(ctx, userID)
}
