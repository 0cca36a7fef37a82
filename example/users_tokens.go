package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// A user's token of X is sealed in a row of its own, so that a copy of the
// database alone gives no access to anybody's X account.

// tokenPurpose separates sealed tokens from all else that the token keys could
// seal. It is key material: after a change no row opens, and everybody must sign
// in with X again before this site can post for them.
const tokenPurpose = "example: tokens of X"

// tokenSealer seals tokens for their users.
type tokenSealer struct {
	sealer *session.Sealer
	first  *session.Sealer // opens what the first key has sealed, and nothing else
	keys   int
}

func newTokenSealer(keys []session.Key) (*tokenSealer, error) {
	sealer, err := session.NewSealer(tokenPurpose, keys...)
	if err != nil {
		return nil, fmt.Errorf("TOKEN_KEYS: %w", err)
	}
	first, err := session.NewSealer(tokenPurpose, keys[0])
	if err != nil {
		return nil, fmt.Errorf("TOKEN_KEYS: %w", err)
	}
	return &tokenSealer{sealer, first, len(keys)}, nil
}

func (s *tokenSealer) seal(user int64, t twitterauth.Token) string {
	return twitterauth.SealToken(s.sealer, strconv.FormatInt(user, 10), t)
}

// open returns the token of a row. A row that does not open counts as no token,
// because the user can repair that by signing in with X. The log has the reason.
func (s *tokenSealer) open(user int64, sealed string) (twitterauth.Token, error) {
	t, err := twitterauth.OpenToken(s.sealer, strconv.FormatInt(user, 10), sealed)
	if err != nil {
		return twitterauth.Token{}, fmt.Errorf("%w: %w (do all machines have the same TOKEN_KEYS?)", twitterauth.ErrNoToken, err)
	}
	return t, nil
}

// isCurrent reports whether the first key has sealed a row.
func (s *tokenSealer) isCurrent(user int64, sealed string) bool {
	_, err := twitterauth.OpenToken(s.first, strconv.FormatInt(user, 10), sealed)
	return err == nil
}

// querier is a database, one connection or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const (
	selectToken         = `SELECT sealed FROM tokens WHERE user_id = $1`
	selectTokenAndLock  = selectToken + ` FOR UPDATE`
	updateToken         = `UPDATE tokens SET sealed = $2 WHERE user_id = $1`
	updateUnchangedOnly = updateToken + ` AND sealed = $3`
	upsertToken         = `
		INSERT INTO tokens (user_id, sealed) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed`
)

// TwitterToken returns the user's token.
func (s *users) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	return s.readToken(ctx, s.db, selectToken, numeric(userID))
}

func (s *users) readToken(ctx context.Context, db querier, query string, user int64) (twitterauth.Token, error) {
	var sealed string
	err := db.QueryRowContext(ctx, query, user).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	if err != nil {
		return twitterauth.Token{}, storeError(err)
	}
	return s.tokens.open(user, sealed)
}

// storeToken stores the token of a login. A login that confirms who is signed in
// may have gone over OAuth 1.0a where the user's token is of OAuth 2.0. The token
// that is there is kept then, because it has the scopes that this site needs.
func (s *users) storeToken(ctx context.Context, tx *sql.Tx, user int64, login twitterauth.Login) error {
	if login.Token.AccessToken == "" {
		return nil
	}
	if login.Reauth {
		stored, err := s.readToken(ctx, tx, selectToken, user)
		switch {
		case err == nil && isOAuth1(stored) != isOAuth1(login.Token):
			return nil
		case err != nil && !errors.Is(err, twitterauth.ErrNoToken):
			return err
		}
	}
	_, err := tx.ExecContext(ctx, upsertToken, user, s.tokens.seal(user, login.Token))
	return err
}

func isOAuth1(t twitterauth.Token) bool { return t.AccessSecret != "" }

// writeToken writes what a renewal has returned, in its transaction. The zero
// Token deletes the row.
func (s *users) writeToken(ctx context.Context, tx *sql.Tx, user int64, stored, renewed twitterauth.Token) error {
	switch {
	case renewed.AccessToken == "":
		return deleteToken(ctx, tx, user)
	case isSame(stored, renewed):
		return nil // another machine was there
	}
	_, err := tx.ExecContext(ctx, updateToken, user, s.tokens.seal(user, renewed))
	return err
}

func isSame(a, b twitterauth.Token) bool {
	return a.AccessToken == b.AccessToken && a.AccessSecret == b.AccessSecret && a.RefreshToken == b.RefreshToken && a.Expiry.Equal(b.Expiry)
}

func deleteToken(ctx context.Context, db querier, user int64) error {
	_, err := db.ExecContext(ctx, `DELETE FROM tokens WHERE user_id = $1`, user)
	return err
}

// renewTimeout bounds a renewal from the moment at which it has the row: the
// question to X, for which the library takes 10 seconds, and the write.
const renewTimeout = 20 * time.Second

// maxRenewals is how many renewals of different users may run at once in this
// process. Each holds a connection while X is asked on PostgreSQL. The others of
// the pool are left to pages, so that a slow X does not stop the site.
const maxRenewals = 8

// renewFunc asks X for a new token.
type renewFunc = func(context.Context, twitterauth.Token) (twitterauth.Token, error)

// RenewToken calls renew with the user's token while no other renewal of that
// user runs, on any machine, and stores what renew returns.
//
// On PostgreSQL SELECT … FOR UPDATE locks the row. The lock ends with the
// connection, so a process that was killed leaves no lock behind. SQLite has one
// lock for the whole file: with BEGIN IMMEDIATE no login and no logout could be
// written while X is asked. There a renewal takes a lease in the row instead, which
// ends by itself. All processes of a SQLite file share one machine and its clock,
// so that the end of a lease is the same for all of them.
func (s *users) RenewToken(ctx context.Context, userID string, renew func(context.Context, twitterauth.Token) (twitterauth.Token, error)) error {
	select {
	case s.renewing <- struct{}{}:
		defer func() { <-s.renewing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.leases {
		return s.renewLeased(ctx, numeric(userID), renew)
	}
	return s.renewLocked(ctx, numeric(userID), renew)
}

// renewInTime calls renew with a context that ends with either.
func renewInTime(ctx, inTime context.Context, stored twitterauth.Token, renew renewFunc) (twitterauth.Token, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(inTime, cancel)()
	return renew(ctx, stored)
}

// dropToken calls revoke with the user's token as RenewToken calls renew, and
// deletes the row. It does both while no renewal runs, because a token that is
// renewed meanwhile would outlive its revocation. Without a token it does nothing.
// When revoke fails, the row stays.
func (s *users) dropToken(ctx context.Context, userID string, revoke func(context.Context, twitterauth.Token) error) error {
	err := s.RenewToken(ctx, userID, func(ctx context.Context, t twitterauth.Token) (twitterauth.Token, error) {
		return twitterauth.Token{}, revoke(ctx, t)
	})
	if errors.Is(err, twitterauth.ErrNoToken) {
		return nil
	}
	return err
}

// resealPage is how many rows resealTokens reads at once.
const resealPage = 500

// resealTokens seals every row with the first token key that another key has
// sealed, and returns how many rows it sealed, and how many did not open with any
// key. When both are 0 on a machine that has the new list, the other keys can go.
func (s *users) resealTokens(ctx context.Context) (sealed, unreadable int, err error) {
	for after := int64(0); ; {
		rows, err := s.sealedRows(ctx, after)
		if err != nil {
			return sealed, unreadable, err
		}
		for _, row := range rows {
			after = row.user
			if s.tokens.isCurrent(row.user, row.sealed) {
				continue
			}
			token, err := s.tokens.open(row.user, row.sealed)
			if err != nil {
				unreadable++
				continue
			}
			if err := s.reseal(ctx, row, token); err != nil {
				return sealed, unreadable, err
			}
			sealed++
		}
		if len(rows) < resealPage {
			return sealed, unreadable, nil
		}
	}
}

// sealedRow is a row of tokens.
type sealedRow struct {
	user   int64
	sealed string
}

// sealedRows returns the next rows, by their users.
func (s *users) sealedRows(ctx context.Context, after int64) (list []sealedRow, err error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, `SELECT user_id, sealed FROM tokens WHERE user_id > $1 ORDER BY user_id LIMIT $2`, after, resealPage)
	if err != nil {
		return nil, storeError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row sealedRow
		if err := rows.Scan(&row.user, &row.sealed); err != nil {
			return nil, storeError(err)
		}
		list = append(list, row)
	}
	return list, storeError(rows.Err())
}

// reseal seals a row again, unless a login or a renewal has written it meanwhile.
func (s *users) reseal(ctx context.Context, row sealedRow, token twitterauth.Token) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, updateUnchangedOnly, row.user, s.tokens.seal(row.user, token), row.sealed)
	return storeError(err)
}
