// Package pgxstore keeps users in PostgreSQL with pgx, in the tables of
// ../schema.sql.
package pgxstore

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"twitterlogin.example/example/stores"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// User is a user of the app. TwitterID is "" for a user without an X account.
type User struct{ ID, TwitterID, Handle, Email string }

// Store keeps users, the rows of their sessions, and their tokens.
type Store struct {
	Pool   *pgxpool.Pool
	Sealer *session.Sealer // encrypts tokens
}

var (
	_ twitterauth.UserStore[*User]     = (*Store)(nil)
	_ twitterauth.Linker               = (*Store)(nil)
	_ twitterauth.SessionKeeper[*User] = (*Store)(nil)
	_ twitterauth.TokenKeeper          = (*Store)(nil)
)

const (
	upsertUser = `
		INSERT INTO users (twitter_id, handle, email) VALUES ($1, $2, $3)
		ON CONFLICT (twitter_id) DO UPDATE SET
			handle = excluded.handle,
			email  = COALESCE(excluded.email, users.email)
		RETURNING id`
	updateUser = `
		UPDATE users SET handle = $2, email = COALESCE($3, email) WHERE twitter_id = $1
		RETURNING id`
)

// UserForLogin finds, creates and updates the user by one statement, so that many
// first logins at once make one user.
func (s *Store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	var id int64
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		statement := upsertUser
		if login.Reauth { // confirms who is signed in, so it must not create a user
			statement = updateUser
		}
		err := tx.QueryRow(ctx, statement, login.TwitterID, login.ScreenName, emailOf(login)).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return twitterauth.ErrUserNotFound
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, tx, id, login)
	})
	return strconv.FormatInt(id, 10), stores.Error(err)
}

// emailOf returns nil, which is NULL, where X gave no email this time.
func emailOf(login twitterauth.Login) *string {
	if email, ok := login.Fields.String("email"); ok {
		return &email
	}
	return nil
}

const userColumns = `users.id, COALESCE(twitter_id, ''), COALESCE(handle, ''), COALESCE(email, '')`

// UserByID finds a user by the primary key.
func (s *Store) UserByID(ctx context.Context, userID string) (*User, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return nil, err
	}
	return scanUser(s.Pool.QueryRow(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, id), twitterauth.ErrUserNotFound)
}

// scanUser returns missing where there is no row.
func scanUser(row pgx.Row, missing error) (*User, error) {
	var id int64
	var u User
	err := row.Scan(&id, &u.TwitterID, &u.Handle, &u.Email)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, missing
	}
	if err != nil {
		return nil, stores.Error(err)
	}
	u.ID = strconv.FormatInt(id, 10)
	return &u, nil
}

// LinkLogin gives an X account to a user who has none.
func (s *Store) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	id, err := stores.Number(userID)
	if err != nil {
		return err
	}
	return stores.Error(pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `
			UPDATE users SET twitter_id = $2, handle = $3, email = COALESCE($4, email)
			WHERE id = $1 AND (twitter_id IS NULL OR twitter_id = $2)`,
			id, login.TwitterID, login.ScreenName, emailOf(login))
		if stores.IsTaken(err) || err == nil && done.RowsAffected() == 0 {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, tx, id, login)
	}))
}

// NewGuest makes a user without an X account.
func (s *Store) NewGuest(ctx context.Context) (userID string, err error) {
	var id int64
	err = s.Pool.QueryRow(ctx, `INSERT INTO users DEFAULT VALUES RETURNING id`).Scan(&id)
	return strconv.FormatInt(id, 10), stores.Error(err)
}

// SaveSession writes the row of a session that begins.
func (s *Store) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	userID, err := stores.Number(begun.UserID)
	if err != nil {
		return err
	}
	_, err = s.Pool.Exec(ctx, `INSERT INTO sessions (id, user_id, agent, begun, expires) VALUES ($1, $2, $3, $4, $5)`,
		begun.ID, userID, stores.Agent(r), begun.IssuedAt, begun.ExpiresAt)
	return stores.Error(err)
}

// UserBySession asks for the session and its user by one query. The row of a deleted
// user's session is gone with the user.
func (s *Store) UserBySession(ctx context.Context, current session.Session) (*User, error) {
	return scanUser(s.Pool.QueryRow(ctx, `
		SELECT `+userColumns+` FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = $1`,
		current.ID), twitterauth.ErrSessionEnded)
}

// DeleteSession deletes a session's row. A row that is gone already is no error.
func (s *Store) DeleteSession(ctx context.Context, ended session.Session) error {
	_, err := s.Pool.Exec(ctx, `DELETE FROM sessions WHERE id = $1`, ended.ID)
	return stores.Error(err)
}

// storeToken stores the token of a login. A login that confirms who is signed in may
// go over OAuth 1.0a where ordinary logins go over OAuth 2.0: it replaces a token of
// the same protocol only.
func (s *Store) storeToken(ctx context.Context, tx pgx.Tx, id int64, login twitterauth.Login) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO tokens (user_id, oauth2, sealed) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET oauth2 = excluded.oauth2, sealed = excluded.sealed
		WHERE NOT $4 OR tokens.oauth2 = excluded.oauth2`,
		id, stores.IsOAuth2(login.Token), twitterauth.SealToken(s.Sealer, strconv.FormatInt(id, 10), login.Token), login.Reauth)
	return err
}

// TwitterToken reads a user's token.
func (s *Store) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	return s.openToken(userID, s.Pool.QueryRow(ctx, `SELECT sealed FROM tokens WHERE user_id = $1`, id))
}

func (s *Store) openToken(userID string, row pgx.Row) (twitterauth.Token, error) {
	var sealed string
	err := row.Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	if err != nil {
		return twitterauth.Token{}, stores.Error(err)
	}
	return twitterauth.OpenToken(s.Sealer, userID, sealed)
}

// RenewToken holds the lock on the token's row until the commit, on every machine.
// The transaction outlives its caller, because X may have rotated the token when the
// caller gives up.
func (s *Store) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.ErrNoToken
	}
	conn, err := s.Pool.Acquire(ctx)
	if err != nil {
		return stores.Error(err)
	}
	defer conn.Release()
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), stores.RenewTime)
	defer cancel()
	return stores.Error(pgx.BeginFunc(inTime, conn, func(tx pgx.Tx) error {
		stored, err := s.openToken(userID, tx.QueryRow(ctx, `SELECT sealed FROM tokens WHERE user_id = $1 FOR UPDATE`, id))
		if err != nil {
			return err
		}
		renewed, err := renew(ctx, stored)
		if err != nil {
			return err
		}
		_, err = tx.Exec(inTime, `UPDATE tokens SET oauth2 = $2, sealed = $3 WHERE user_id = $1`,
			id, stores.IsOAuth2(renewed), twitterauth.SealToken(s.Sealer, userID, renewed))
		return err
	}))
}
