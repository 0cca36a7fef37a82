// Package entstore keeps users in PostgreSQL with ent, which makes the tables of
// ent/schema: client.Schema.Create(ctx).
package entstore

import (
	"context"
	stdsql "database/sql"
	"errors"
	"net/http"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"twitterlogin.example/example/stores"
	"twitterlogin.example/example/stores/entstore/ent"
	entsession "twitterlogin.example/example/stores/entstore/ent/session"
	"twitterlogin.example/example/stores/entstore/ent/token"
	"twitterlogin.example/example/stores/entstore/ent/user"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

//go:generate go run entgo.io/ent/cmd/ent@v0.14.5 generate --feature sql/upsert,sql/lock ./ent/schema

// Store keeps users, the rows of their sessions, and their tokens.
type Store struct {
	Client *ent.Client
	Sealer *session.Sealer // encrypts tokens
}

var (
	_ twitterauth.UserStore[*ent.User]     = (*Store)(nil)
	_ twitterauth.Linker                   = (*Store)(nil)
	_ twitterauth.SessionKeeper[*ent.User] = (*Store)(nil)
	_ twitterauth.TokenKeeper              = (*Store)(nil)
)

// inTx runs a transaction, which is rolled back when run fails or panics.
func (s *Store) inTx(ctx context.Context, run func(*ent.Tx) error) error {
	tx, err := s.Client.Tx(ctx)
	if err != nil {
		return stores.Error(err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := run(tx); err != nil {
		return stores.Error(err)
	}
	return stores.Error(tx.Commit())
}

// UserForLogin finds, creates or updates the user, and stores the token.
func (s *Store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	var id int
	err := s.inTx(ctx, func(tx *ent.Tx) (err error) {
		if login.Reauth {
			id, err = update(ctx, tx, login)
		} else {
			id, err = upsert(ctx, tx, login)
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, tx, id, login)
	})
	return strconv.Itoa(id), err
}

// upsert finds, creates and updates the user by one statement, so that many first
// logins at once make one user. Only what X sent is written.
func upsert(ctx context.Context, tx *ent.Tx, login twitterauth.Login) (int, error) {
	email := emailOf(login)
	return tx.User.Create().
		SetTwitterID(login.TwitterID).SetHandle(login.ScreenName).SetNillableEmail(email).
		OnConflictColumns(user.FieldTwitterID).
		Update(func(u *ent.UserUpsert) {
			u.UpdateHandle()
			if email != nil {
				u.UpdateEmail()
			}
		}).ID(ctx)
}

// update is for a login that confirms who is signed in, which must not create a
// user.
func update(ctx context.Context, tx *ent.Tx, login twitterauth.Login) (int, error) {
	id, err := tx.User.Query().Where(user.TwitterID(login.TwitterID)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return 0, twitterauth.ErrUserNotFound
	}
	if err != nil {
		return 0, err
	}
	return id, tx.User.UpdateOneID(id).SetHandle(login.ScreenName).SetNillableEmail(emailOf(login)).Exec(ctx)
}

func emailOf(login twitterauth.Login) *string {
	if email, ok := login.Fields.String("email"); ok {
		return &email
	}
	return nil
}

// UserByID finds a user by the primary key.
func (s *Store) UserByID(ctx context.Context, userID string) (*ent.User, error) {
	id, err := strconv.Atoi(userID)
	if err != nil {
		return nil, twitterauth.ErrUserNotFound
	}
	u, err := s.Client.User.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, twitterauth.ErrUserNotFound
	}
	return u, stores.Error(err)
}

// LinkLogin gives an X account to a user who has none.
func (s *Store) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	id, err := strconv.Atoi(userID)
	if err != nil {
		return twitterauth.ErrUserNotFound
	}
	return s.inTx(ctx, func(tx *ent.Tx) error {
		n, err := tx.User.Update().
			Where(user.ID(id), user.Or(user.TwitterIDIsNil(), user.TwitterID(login.TwitterID))).
			SetTwitterID(login.TwitterID).SetHandle(login.ScreenName).SetNillableEmail(emailOf(login)).
			Save(ctx)
		if stores.IsTaken(err) || err == nil && n == 0 {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		return s.storeToken(ctx, tx, id, login)
	})
}

// NewGuest makes a user without an X account.
func (s *Store) NewGuest(ctx context.Context) (userID string, err error) {
	u, err := s.Client.User.Create().Save(ctx)
	if err != nil {
		return "", stores.Error(err)
	}
	return strconv.Itoa(u.ID), nil
}

// SaveSession writes the row of a session that begins.
func (s *Store) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	userID, err := strconv.Atoi(begun.UserID)
	if err != nil {
		return twitterauth.ErrUserNotFound
	}
	return stores.Error(s.Client.Session.Create().
		SetID(begun.ID).SetUserID(userID).SetAgent(stores.Agent(r)).SetBegun(begun.IssuedAt).SetExpires(begun.ExpiresAt).
		Exec(ctx))
}

// UserBySession asks for the session and its user by one query; WithUser would be
// two.
func (s *Store) UserBySession(ctx context.Context, current session.Session) (*ent.User, error) {
	u, err := s.Client.Session.Query().Where(entsession.ID(current.ID)).QueryUser().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, twitterauth.ErrSessionEnded
	}
	return u, stores.Error(err)
}

// DeleteSession deletes a session's row by a condition, because DeleteOneID fails
// where the row is gone already.
func (s *Store) DeleteSession(ctx context.Context, ended session.Session) error {
	_, err := s.Client.Session.Delete().Where(entsession.ID(ended.ID)).Exec(ctx)
	return stores.Error(err)
}

// storeToken stores the token of a login. A login that confirms who is signed in may
// go over OAuth 1.0a where ordinary logins go over OAuth 2.0: it replaces a token of
// the same protocol only.
func (s *Store) storeToken(ctx context.Context, tx *ent.Tx, id int, login twitterauth.Login) error {
	options := []sql.ConflictOption{sql.ConflictColumns(token.FieldUserID), sql.ResolveWithNewValues()}
	if login.Reauth {
		options = append(options, sql.UpdateWhere(sql.ExprP("tokens.oauth2 = excluded.oauth2")))
	}
	err := tx.Token.Create().
		SetUserID(id).SetOauth2(stores.IsOAuth2(login.Token)).SetSealed(s.seal(id, login.Token)).
		OnConflict(options...).Exec(ctx)
	if errors.Is(err, stdsql.ErrNoRows) {
		return nil // the row was kept
	}
	return err
}

func (s *Store) seal(id int, t twitterauth.Token) string {
	return twitterauth.SealToken(s.Sealer, strconv.Itoa(id), t)
}

// TwitterToken reads a user's token.
func (s *Store) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	return s.readToken(ctx, s.Client.Token.Query(), userID)
}

func (s *Store) readToken(ctx context.Context, query *ent.TokenQuery, userID string) (twitterauth.Token, error) {
	id, err := strconv.Atoi(userID)
	if err != nil {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	row, err := query.Where(token.UserID(id)).Only(ctx)
	if ent.IsNotFound(err) {
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
	id, err := strconv.Atoi(userID)
	if err != nil {
		return twitterauth.ErrNoToken
	}
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), stores.RenewTime)
	defer cancel()
	return s.inTx(inTime, func(tx *ent.Tx) error {
		stored, err := s.readToken(ctx, tx.Token.Query().ForUpdate(), userID)
		if err != nil {
			return err
		}
		renewed, err := renew(ctx, stored)
		if err != nil {
			return err
		}
		return tx.Token.Update().Where(token.UserID(id)).
			SetOauth2(stores.IsOAuth2(renewed)).SetSealed(s.seal(id, renewed)).
			Exec(inTime)
	})
}
