// Package sqlcstore keeps users in PostgreSQL with the code that sqlc generates from
// query.sql, in the tables of ../schema.sql.
package sqlcstore

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"twitterlogin.example/example/stores"
	"twitterlogin.example/example/stores/sqlcstore/db"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

//go:generate go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate

// Store keeps users, the rows of their sessions, and their tokens.
type Store struct {
	Pool   *pgxpool.Pool
	Sealer *session.Sealer // encrypts tokens
}

var (
	_ twitterauth.UserStore[*db.User]     = (*Store)(nil)
	_ twitterauth.Linker                  = (*Store)(nil)
	_ twitterauth.SessionKeeper[*db.User] = (*Store)(nil)
	_ twitterauth.TokenKeeper             = (*Store)(nil)
)

// inTx runs the queries of run in a transaction.
func (s *Store) inTx(ctx context.Context, run func(*db.Queries) error) error {
	return stores.Error(pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return run(db.New(tx)) }))
}

// UserForLogin finds, creates and updates the user by one statement, so that many
// first logins at once make one user.
func (s *Store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	var id int64
	err := s.inTx(ctx, func(q *db.Queries) (err error) {
		if login.Reauth { // confirms who is signed in, so it must not create a user
			id, err = q.UpdateUser(ctx, db.UpdateUserParams{TwitterID: &login.TwitterID, Handle: &login.ScreenName, Email: emailOf(login)})
		} else {
			id, err = q.UpsertUser(ctx, db.UpsertUserParams{TwitterID: &login.TwitterID, Handle: &login.ScreenName, Email: emailOf(login)})
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return twitterauth.ErrUserNotFound
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, q, id, login)
	})
	return strconv.FormatInt(id, 10), err
}

// emailOf returns nil, which is NULL, where X gave no email this time.
func emailOf(login twitterauth.Login) *string {
	if email, ok := login.Fields.String("email"); ok {
		return &email
	}
	return nil
}

// UserByID finds a user by the primary key.
func (s *Store) UserByID(ctx context.Context, userID string) (*db.User, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return nil, err
	}
	u, err := db.New(s.Pool).GetUser(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, twitterauth.ErrUserNotFound
	}
	return &u, stores.Error(err)
}

// LinkLogin gives an X account to a user who has none.
func (s *Store) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	id, err := stores.Number(userID)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(q *db.Queries) error {
		n, err := q.LinkUser(ctx, db.LinkUserParams{ID: id, TwitterID: &login.TwitterID, Handle: &login.ScreenName, Email: emailOf(login)})
		if stores.IsTaken(err) || err == nil && n == 0 {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, q, id, login)
	})
}

// NewGuest makes a user without an X account.
func (s *Store) NewGuest(ctx context.Context) (userID string, err error) {
	id, err := db.New(s.Pool).InsertGuest(ctx)
	return strconv.FormatInt(id, 10), stores.Error(err)
}

// SaveSession writes the row of a session that begins.
func (s *Store) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	userID, err := stores.Number(begun.UserID)
	if err != nil {
		return err
	}
	return stores.Error(db.New(s.Pool).InsertSession(ctx, db.InsertSessionParams{
		ID: begun.ID, UserID: userID, Agent: stores.Agent(r), Begun: begun.IssuedAt, Expires: begun.ExpiresAt,
	}))
}

// UserBySession asks for the session and its user by one query.
func (s *Store) UserBySession(ctx context.Context, current session.Session) (*db.User, error) {
	u, err := db.New(s.Pool).GetUserBySession(ctx, current.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, twitterauth.ErrSessionEnded
	}
	return &u, stores.Error(err)
}

// DeleteSession deletes a session's row. A row that is gone already is no error.
func (s *Store) DeleteSession(ctx context.Context, ended session.Session) error {
	return stores.Error(db.New(s.Pool).DeleteSession(ctx, ended.ID))
}

func (s *Store) storeToken(ctx context.Context, q *db.Queries, id int64, login twitterauth.Login) error {
	return q.UpsertToken(ctx, db.UpsertTokenParams{
		UserID: id, Oauth2: stores.IsOAuth2(login.Token), Sealed: s.seal(id, login.Token), Confirms: login.Reauth,
	})
}

func (s *Store) seal(id int64, t twitterauth.Token) string {
	return twitterauth.SealToken(s.Sealer, strconv.FormatInt(id, 10), t)
}

// TwitterToken reads a user's token.
func (s *Store) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	sealed, err := db.New(s.Pool).GetToken(ctx, id)
	return s.open(userID, sealed, err)
}

// open returns the token of a row that was read with err.
func (s *Store) open(userID, sealed string, err error) (twitterauth.Token, error) {
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
		q := db.New(tx)
		sealed, err := q.LockToken(ctx, id)
		stored, err := s.open(userID, sealed, err)
		if err != nil {
			return err
		}
		renewed, err := renew(ctx, stored)
		if err != nil {
			return err
		}
		return q.UpdateToken(inTime, db.UpdateTokenParams{UserID: id, Oauth2: stores.IsOAuth2(renewed), Sealed: s.seal(id, renewed)})
	}))
}
