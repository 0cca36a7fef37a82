package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"twitterlogin.example/twitterauth"
)

// A guest is a user without an X account, who has a cart like everybody else. A
// guest who signs in with X keeps it.

// newGuest makes a user who has no Twitter account yet.
func (s *users) newGuest(ctx context.Context) (userID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	var id int64
	err = s.db.QueryRowContext(ctx, `INSERT INTO users (name, began_as_guest) VALUES ('Guest', TRUE) RETURNING id`).Scan(&id)
	return strconv.FormatInt(id, 10), storeError(err)
}

// LinkLogin turns a guest into a full user. A guest whose X account a user has
// already becomes that user, with the cart. For a user who has that X account it
// stores the token.
func (s *users) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.link(ctx, userID, login)
	if !errors.Is(err, twitterauth.ErrAlreadyLinked) {
		return err
	}
	owner, err := s.moveGuest(ctx, userID, login)
	if err != nil {
		return err
	}
	return twitterauth.SwitchTo(owner) // after the commit: as an error inside it would roll the move back
}

// link attaches an X account that no other user has.
func (s *users) link(ctx context.Context, userID string, login twitterauth.Login) error {
	return s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		user := numeric(userID)
		var isGuest bool
		err := tx.QueryRowContext(ctx, selectIsGuest+s.forUpdate(), user).Scan(&isGuest)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		done, err := tx.ExecContext(ctx, `
			UPDATE users SET
				twitter_id    = $2,
				screen_name   = $3,
				name          = COALESCE($4, name),
				email         = COALESCE($5, email),
				profile_image = COALESCE($6, profile_image)
			WHERE id = $1 AND (twitter_id IS NULL OR twitter_id = $2)
				AND NOT EXISTS (SELECT 1 FROM users WHERE twitter_id = $2 AND id <> $1)`,
			user, login.TwitterID, login.ScreenName, field(login, "name"), field(login, "email"), field(login, "profileImage"))
		if isTaken(err) {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(twitterauth.ErrAlreadyLinked, err)
		}
		if isGuest {
			if err := s.requireInvitation(ctx, tx, user, login.Data); err != nil {
				return err
			}
		}
		return s.storeToken(ctx, tx, user, login)
	})
}

const selectIsGuest = `SELECT twitter_id IS NULL FROM users WHERE id = $1`

// forUpdate ends a SELECT whose rows stay as they are until the transaction ends. On
// SQLite a transaction has the whole file.
func (s *users) forUpdate() string {
	if s.leases {
		return ""
	}
	return " FOR UPDATE"
}

// moveGuest gives a guest's cart to the user who has the X account, brings that user
// up to date as a login does, and deletes the guest. A user with another X account
// is no guest, and stays who they are.
func (s *users) moveGuest(ctx context.Context, userID string, login twitterauth.Login) (owner string, err error) {
	var id int64
	err = s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		guest := numeric(userID)
		var isGuest bool
		err := tx.QueryRowContext(ctx, selectIsGuest+s.forUpdate(), guest).Scan(&isGuest)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !isGuest {
			return twitterauth.ErrAlreadyLinked
		}
		if err != nil {
			return err
		}
		if id, err = writeUser(ctx, tx, updateUser, login); err != nil {
			return err
		}
		if err := s.moveCart(ctx, tx, guest, id); err != nil {
			return err
		}
		if err := s.storeToken(ctx, tx, id, login); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, guest)
		return err
	})
	if errors.Is(err, twitterauth.ErrUserNotFound) { // that user was deleted a moment ago
		return "", twitterauth.ErrStoreUnavailable // so the person tries again, and keeps the account
	}
	return strconv.FormatInt(id, 10), err
}
