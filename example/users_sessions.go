package main

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// Each session has a row. A logout deletes the row, which ends copies of the
// cookie too, and a user's rows are the list of their devices.

// noteInterval is how often a session's row is written at most to note that the
// session is in use. A shorter interval costs more pages a write.
const noteInterval = time.Minute

// maxAgent is how much of a User-Agent header is kept, in bytes.
const maxAgent = 256

// SaveSession stores a session that begins, with what the device calls itself.
func (s *users) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO sessions (id, user_id, agent, address, stay_logged_in, created, seen, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
		begun.ID, numeric(begun.UserID), agentOf(r), s.addressOf(r), begun.StayLoggedIn, begun.IssuedAt.UnixMicro(), begun.ExpiresAt.UnixMicro())
	return storeError(err)
}

// UserBySession returns the user of a session by one query. Once in noteInterval
// it also notes that the session is in use.
func (s *users) UserBySession(ctx context.Context, current session.Session) (*User, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	var seen sql.NullInt64
	user, err := scanUser(s.db.QueryRowContext(ctx, `
		SELECT `+userColumns+`, sessions.seen
		FROM users LEFT JOIN sessions ON sessions.id = $2 AND sessions.user_id = users.id
		WHERE users.id = $1`, numeric(current.UserID), current.ID), &seen)
	switch {
	case err != nil:
		return nil, err
	case !seen.Valid:
		return nil, twitterauth.ErrSessionEnded
	}
	s.noteUse(ctx, current.ID, seen.Int64)
	return user, nil
}

// noteUse writes when a session was in use, unless its row has that already. A
// failure is not returned, because the user is known and the page can be served.
func (s *users) noteUse(ctx context.Context, id string, seen int64) {
	now := time.Now()
	if now.Sub(time.UnixMicro(seen)) < noteInterval {
		return
	}
	_, _ = s.db.ExecContext(ctx, `UPDATE sessions SET seen = $2 WHERE id = $1 AND seen = $3`, id, now.UnixMicro(), seen)
}

// DeleteSession ends a session: on this device, and for copies of its cookie and its
// token.
func (s *users) DeleteSession(ctx context.Context, ended session.Session) error {
	return s.endDevice(ctx, ended.UserID, ended.ID)
}

// endDevice ends one session of a user. A session that is gone already, or is
// another user's, is no error.
func (s *users) endDevice(ctx context.Context, userID, id string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id = $2`, numeric(userID), id)
	return storeError(err)
}

// endOtherDevices ends all sessions of a user but one.
func (s *users) endOtherDevices(ctx context.Context, userID, id string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id <> $2`, numeric(userID), id)
	return storeError(err)
}

// deleteExpired deletes the rows of sessions that have reached their absolute
// end. Their cookies are refused without it; the rows are personal data.
func (s *users) deleteExpired(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= $1`, now.UnixMicro())
	return storeError(err)
}

// deviceRow is a session as its row has it.
type deviceRow struct {
	id, agent, address string
	created, seen      time.Time
}

// maxDevices is how many devices a page lists.
const maxDevices = 100

// devices returns a user's sessions, the last used first. Sessions that their
// idle timeout has ended are left out.
func (s *users) devices(ctx context.Context, userID string, now time.Time) ([]deviceRow, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, `
		SELECT id, agent, address, created, seen FROM sessions
		WHERE user_id = $1 AND expires > $2
			AND seen > CASE WHEN stay_logged_in THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END
		ORDER BY seen DESC LIMIT $5`,
		numeric(userID), now.UnixMicro(), idleSince(now, s.stayIdle), idleSince(now, s.idle), maxDevices)
	if err != nil {
		return nil, storeError(err)
	}
	defer rows.Close()
	var list []deviceRow
	for rows.Next() {
		var d deviceRow
		var created, seen int64
		if err := rows.Scan(&d.id, &d.agent, &d.address, &created, &seen); err != nil {
			return nil, storeError(err)
		}
		d.created, d.seen = time.UnixMicro(created), time.UnixMicro(seen)
		list = append(list, d)
	}
	return list, storeError(rows.Err())
}

// idleSince is the last noted use of a session that has certainly ended because
// it was unused, in microseconds; 0, which is before every use, without a timeout.
// A session may have been renewed up to noteInterval after its use was noted.
func idleSince(now time.Time, timeout time.Duration) int64 {
	if timeout == 0 {
		return 0
	}
	return now.Add(-timeout - noteInterval).UnixMicro()
}

// agentOf returns a request's User-Agent header as a database accepts it: short,
// and valid UTF-8.
func agentOf(r *http.Request) string {
	agent := r.UserAgent()
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}

// addressOf returns the address that a request came from. Behind a proxy that is
// the proxy's, unless -address-header names the header in which the proxy sends
// the browser's.
func (s *users) addressOf(r *http.Request) string {
	if s.addressHeader != "" {
		if address, err := netip.ParseAddr(r.Header.Get(s.addressHeader)); err == nil {
			return address.String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

// inTransaction runs statements that happen together or not at all, all of them
// within statementTimeout.
func (s *users) inTransaction(ctx context.Context, run func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return storeError(err)
	}
	if err := run(ctx, tx); err != nil {
		if rolledBack := tx.Rollback(); rolledBack != nil {
			err = errors.Join(err, rolledBack)
		}
		return storeError(err)
	}
	return storeError(tx.Commit())
}

// endAllDevices ends every session of a user.
func endAllDevices(ctx context.Context, tx *sql.Tx, userID string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1`, numeric(userID))
	return err
}
