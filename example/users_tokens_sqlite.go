package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"time"

	"twitterlogin.example/twitterauth"
)

// leaseTime is how long a renewal may have a row. It is longer than renewTimeout,
// after which a renewal writes nothing more: with a shorter lease two renewals could
// spend one refresh token. So long a user's renewal waits after a process was
// killed in the middle of it.
const leaseTime = renewTimeout + statementTimeout

// leasePause is how often a renewal looks whether another renewal has ended.
const leasePause = 25 * time.Millisecond

// renewLeased renews a token while its row is leased to this renewal.
func (s *users) renewLeased(ctx context.Context, user int64, renew renewFunc) error {
	lease := rand.Text()
	stored, err := s.awaitLease(ctx, user, lease)
	if err != nil {
		return err
	}
	// The write outlives the caller, as on PostgreSQL.
	inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTimeout)
	defer cancel()
	defer s.endLease(context.WithoutCancel(ctx), user, lease) // also for a panic of renew
	renewed, err := renewInTime(ctx, inTime, stored, renew)
	if err != nil {
		return err
	}
	return s.inTransaction(inTime, func(ctx context.Context, tx *sql.Tx) error {
		now, err := s.readToken(ctx, tx, selectToken, user)
		if err != nil {
			return err
		}
		if renewed.AccessToken != "" && !isSame(now, stored) {
			return nil // the user has signed in meanwhile: that token is newer
		}
		return s.writeToken(ctx, tx, user, now, renewed)
	})
}

// awaitLease returns the token of a row once the row is leased to this renewal.
func (s *users) awaitLease(ctx context.Context, user int64, lease string) (twitterauth.Token, error) {
	tick := time.NewTicker(leasePause)
	defer tick.Stop()
	for {
		stored, ok, err := s.takeLease(ctx, user, lease)
		if err != nil || ok {
			return stored, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return twitterauth.Token{}, ctx.Err()
		}
	}
}

// takeLease leases a row, unless it is leased to another renewal.
func (s *users) takeLease(ctx context.Context, user int64, lease string) (stored twitterauth.Token, ok bool, err error) {
	err = s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now := time.Now()
		done, err := tx.ExecContext(ctx, `UPDATE tokens SET lease = $2, lease_until = $3 WHERE user_id = $1 AND lease_until <= $4`,
			user, lease, now.Add(leaseTime).UnixMicro(), now.UnixMicro())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		ok = n > 0
		stored, err = s.readToken(ctx, tx, selectToken, user)
		return err
	})
	return stored, ok, err
}

// endLease gives a row back. When that fails, the lease ends by itself.
func (s *users) endLease(ctx context.Context, user int64, lease string) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, _ = s.db.ExecContext(ctx, `UPDATE tokens SET lease = '', lease_until = 0 WHERE user_id = $1 AND lease = $2`, user, lease)
}
