package main

import (
	"context"
	"database/sql"
	"fmt"

	"twitterlogin.example/twitterauth"
)

// renewLocked renews a token while the transaction has the row's lock.
func (s *users) renewLocked(ctx context.Context, user int64, renew renewFunc) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return storeError(err)
	}
	defer conn.Close()
	// The transaction outlives the caller: X may have rotated the token when the
	// caller's time is up, and the new one must be written then.
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTimeout)
	defer cancel()
	tx, err := conn.BeginTx(inTime, nil)
	if err != nil {
		return storeError(err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit; also for a panic of renew
	stored, err := s.lockToken(ctx, tx, user)
	if err != nil {
		return err
	}
	renewed, err := renewInTime(ctx, inTime, stored, renew)
	if err != nil {
		return err
	}
	if err := s.writeToken(inTime, tx, user, stored, renewed); err != nil {
		return storeError(err)
	}
	return storeError(tx.Commit())
}

// lockToken returns the token of a row that is locked until the transaction ends.
// The server ends a transaction that is idle for too long: of a machine that lost
// its power it does not see that the connection is gone.
func (s *users) lockToken(ctx context.Context, tx *sql.Tx, user int64) (twitterauth.Token, error) {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`SET LOCAL idle_in_transaction_session_timeout = %d`, renewTimeout.Milliseconds())); err != nil {
		return twitterauth.Token{}, storeError(err)
	}
	return s.readToken(ctx, tx, selectTokenAndLock, user)
}
