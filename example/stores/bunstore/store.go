// Package bunstore keeps users in PostgreSQL with Bun, in the tables of
// ../schema.sql.
package bunstore

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"twitterlogin.example/example/stores"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// User is a user of the app. TwitterID is "" for a user without an X account;
// nullzero writes NULL for "".
type User struct {
	bun.BaseModel `bun:"table:users,alias:users"`

	ID        int64  `bun:",pk,autoincrement"`
	TwitterID string `bun:",nullzero"`
	Handle    string `bun:",nullzero"`
	Email     string `bun:",nullzero"`
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:sessions"`

	ID      string `bun:",pk"`
	UserID  int64
	Agent   string
	Begun   time.Time
	Expires time.Time
}

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens,alias:tokens"`

	UserID int64 `bun:",pk"`
	OAuth2 bool  `bun:"oauth2"`
	Sealed string
}

// Store keeps users, the rows of their sessions, and their tokens.
type Store struct {
	DB     *bun.DB
	Sealer *session.Sealer // encrypts tokens
}

var (
	_ twitterauth.UserStore[*User]     = (*Store)(nil)
	_ twitterauth.Linker               = (*Store)(nil)
	_ twitterauth.SessionKeeper[*User] = (*Store)(nil)
	_ twitterauth.TokenKeeper          = (*Store)(nil)
)

// userOf returns what X sent. An email that X did not send is NULL.
func userOf(login twitterauth.Login) *User {
	email, _ := login.Fields.String("email")
	return &User{TwitterID: login.TwitterID, Handle: login.ScreenName, Email: email}
}

// UserForLogin finds, creates and updates the user by one statement, so that many
// first logins at once make one user.
func (s *Store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	u := userOf(login)
	err := s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := findOrCreate(ctx, tx, u, login.Reauth); err != nil {
			return err
		}
		return s.storeToken(ctx, tx, u.ID, login)
	})
	return strconv.FormatInt(u.ID, 10), stores.Error(err)
}

// findOrCreate sets u.ID. A login that confirms who is signed in must not create a
// user.
func findOrCreate(ctx context.Context, tx bun.Tx, u *User, confirms bool) error {
	if !confirms {
		_, err := tx.NewInsert().Model(u).
			On("CONFLICT (twitter_id) DO UPDATE").
			Set("handle = EXCLUDED.handle").
			Set("email = COALESCE(EXCLUDED.email, users.email)").
			Returning("id").Exec(ctx)
		return err
	}
	_, err := tx.NewUpdate().Model(u).
		Set("handle = ?handle").
		Set("email = COALESCE(?email, email)").
		Where("twitter_id = ?twitter_id").
		Returning("id").Exec(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && u.ID == 0 {
		return twitterauth.ErrUserNotFound
	}
	return err
}

// UserByID finds a user by the primary key.
func (s *Store) UserByID(ctx context.Context, userID string) (*User, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return nil, err
	}
	u := &User{ID: id}
	err = s.DB.NewSelect().Model(u).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, twitterauth.ErrUserNotFound
	}
	return u, stores.Error(err)
}

// LinkLogin gives an X account to a user who has none.
func (s *Store) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	id, err := stores.Number(userID)
	if err != nil {
		return err
	}
	return stores.Error(s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		done, err := tx.NewUpdate().Model(userOf(login)).
			Set("twitter_id = ?twitter_id").
			Set("handle = ?handle").
			Set("email = COALESCE(?email, email)").
			Where("id = ?", id).
			Where("twitter_id IS NULL OR twitter_id = ?twitter_id").Exec(ctx)
		if stores.IsTaken(err) {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(twitterauth.ErrAlreadyLinked, err)
		}
		return s.storeToken(ctx, tx, id, login)
	}))
}

// NewGuest makes a user without an X account.
func (s *Store) NewGuest(ctx context.Context) (userID string, err error) {
	u := &User{}
	_, err = s.DB.NewInsert().Model(u).Returning("id").Exec(ctx)
	return strconv.FormatInt(u.ID, 10), stores.Error(err)
}

// SaveSession writes the row of a session that begins.
func (s *Store) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	userID, err := stores.Number(begun.UserID)
	if err != nil {
		return err
	}
	row := &sessionRow{ID: begun.ID, UserID: userID, Agent: stores.Agent(r), Begun: begun.IssuedAt, Expires: begun.ExpiresAt}
	_, err = s.DB.NewInsert().Model(row).Exec(ctx)
	return stores.Error(err)
}

// UserBySession asks for the session and its user by one query.
func (s *Store) UserBySession(ctx context.Context, current session.Session) (*User, error) {
	u := &User{}
	err := s.DB.NewSelect().Model(u).
		Join("JOIN sessions ON sessions.user_id = users.id").
		Where("sessions.id = ?", current.ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, twitterauth.ErrSessionEnded
	}
	return u, stores.Error(err)
}

// DeleteSession deletes a session's row. A row that is gone already is no error.
func (s *Store) DeleteSession(ctx context.Context, ended session.Session) error {
	_, err := s.DB.NewDelete().Model(&sessionRow{ID: ended.ID}).WherePK().Exec(ctx)
	return stores.Error(err)
}

func (s *Store) tokenOf(id int64, t twitterauth.Token) *tokenRow {
	return &tokenRow{UserID: id, OAuth2: stores.IsOAuth2(t), Sealed: twitterauth.SealToken(s.Sealer, strconv.FormatInt(id, 10), t)}
}

// storeToken stores the token of a login. A login that confirms who is signed in may
// go over OAuth 1.0a where ordinary logins go over OAuth 2.0: it replaces a token of
// the same protocol only.
func (s *Store) storeToken(ctx context.Context, tx bun.Tx, id int64, login twitterauth.Login) error {
	_, err := tx.NewInsert().Model(s.tokenOf(id, login.Token)).
		On("CONFLICT (user_id) DO UPDATE").
		Set("oauth2 = EXCLUDED.oauth2").
		Set("sealed = EXCLUDED.sealed").
		Where("NOT ? OR tokens.oauth2 = EXCLUDED.oauth2", login.Reauth).Exec(ctx)
	return err
}

// TwitterToken reads a user's token.
func (s *Store) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	return s.readToken(ctx, s.DB.NewSelect(), userID)
}

func (s *Store) readToken(ctx context.Context, query *bun.SelectQuery, userID string) (twitterauth.Token, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	row := &tokenRow{UserID: id}
	err = query.Model(row).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	if err != nil {
		return twitterauth.Token{}, stores.Error(err)
	}
	return twitterauth.OpenToken(s.Sealer, userID, row.Sealed)
}

// RenewToken holds the lock on the token's row until the commit, on every machine.
// The transaction outlives its caller, because X may have rotated the token when the
// caller gives up.
func (s *Store) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.ErrNoToken
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return stores.Error(err)
	}
	defer conn.Close()
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), stores.RenewTime)
	defer cancel()
	return stores.Error(conn.RunInTx(inTime, nil, func(inTime context.Context, tx bun.Tx) error {
		stored, err := s.readToken(ctx, tx.NewSelect().For("UPDATE"), userID)
		if err != nil {
			return err
		}
		renewed, err := renew(ctx, stored)
		if err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(s.tokenOf(id, renewed)).WherePK().Exec(inTime)
		return err
	}))
}
