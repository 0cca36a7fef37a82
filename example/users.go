package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"twitterlogin.example/twitterauth"
)

// User is this app's user, a guest while there is no TwitterID. An ID is never
// used again, not even when its user is deleted: the cookies of other devices
// name it.
type User struct {
	ID           string `json:"id"`
	TwitterID    string `json:"twitterId,omitempty"`
	ScreenName   string `json:"screenName,omitempty"`
	Name         string `json:"name,omitempty"`
	Email        string `json:"email,omitempty"`
	ProfileImage string `json:"profileImage,omitempty"`

	validSince   time.Time
	beganAsGuest bool
	onboarded    bool // has filled in the welcome page
}

// mayDisconnect reports whether the user can do without the X account. Somebody
// who came with it could not sign in any more; a guest never could.
func (u *User) mayDisconnect() bool { return u.TwitterID != "" && u.beganAsGuest }

func (u *User) isGuest() bool { return u.TwitterID == "" }

// SessionsValidSince makes "log out everywhere" work.
func (u *User) SessionsValidSince() time.Time { return u.validSince }

// statementTimeout bounds one statement, with the wait for a connection: the
// context of a page has no end of its own, and a database can hang.
const statementTimeout = 5 * time.Second

// users keeps them in a SQL database: SQLite or PostgreSQL, with the same
// statements.
type users struct {
	db *sql.DB

	idle, stayIdle time.Duration // the sessions' idle timeouts, 0 for none
	invitations    []string      // a new account needs a code of this list; empty: everybody may come
	addressHeader  string        // in which a proxy sends the browser's address, "" for none

	tokens   *tokenSealer
	leases   bool          // a renewal takes a lease (SQLite), not a lock (PostgreSQL)
	renewing chan struct{} // has a place for each renewal that may run at once
}

var (
	_ twitterauth.UserStore[*User]     = (*users)(nil)
	_ twitterauth.Linker               = (*users)(nil)
	_ twitterauth.SessionKeeper[*User] = (*users)(nil)
	_ twitterauth.TokenKeeper          = (*users)(nil)
)

// openUsers opens the database that the settings name.
func openUsers(ctx context.Context, set settings) (*users, error) {
	keys, err := tokenKeys(set)
	if err != nil {
		return nil, err
	}
	tokens, err := newTokenSealer(keys)
	if err != nil {
		return nil, err
	}
	open := openSQLite
	if set.DB != "" {
		open = openPostgres
	}
	db, err := open(ctx, set)
	if err != nil {
		return nil, err
	}
	return &users{
		db:            db,
		idle:          set.Idle,
		stayIdle:      set.StayIdle,
		invitations:   invitationCodes(set.Invitations),
		addressHeader: set.AddressHeader,
		tokens:        tokens,
		leases:        set.DB == "",
		renewing:      make(chan struct{}, maxRenewals),
	}, nil
}

func (s *users) Close() error { return s.db.Close() }

// UserForLogin creates the user on the first login and updates it on later ones,
// and stores the token, in one transaction.
func (s *users) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	var id int64
	err := s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if id, err = s.findOrCreate(ctx, tx, login); err != nil {
			return err
		}
		return s.storeToken(ctx, tx, id, login)
	})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(id, 10), nil
}

// findOrCreate does both by one statement, so that many first logins at once make
// one user. COALESCE keeps what X did not send this time. A login that confirms who
// is signed in must not create a user: it finds and updates. Where a new user needs
// an invitation, it looks first whether the user is new.
func (s *users) findOrCreate(ctx context.Context, tx *sql.Tx, login twitterauth.Login) (int64, error) {
	if login.Reauth || len(s.invitations) > 0 {
		id, err := writeUser(ctx, tx, updateUser, login)
		if login.Reauth || !errors.Is(err, twitterauth.ErrUserNotFound) {
			return id, err
		}
	}
	id, err := writeUser(ctx, tx, upsertUser, login)
	if err != nil {
		return 0, err
	}
	return id, s.requireInvitation(ctx, tx, id, login.Data)
}

// writeUser runs a statement that writes what X has sent of a person.
func writeUser(ctx context.Context, tx *sql.Tx, statement string, login twitterauth.Login) (id int64, err error) {
	err = tx.QueryRowContext(ctx, statement,
		login.TwitterID, login.ScreenName, field(login, "name"), field(login, "email"), field(login, "profileImage"),
	).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, twitterauth.ErrUserNotFound
	}
	return id, err
}

const (
	upsertUser = `
		INSERT INTO users (twitter_id, screen_name, name, email, profile_image)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (twitter_id) DO UPDATE SET
			screen_name   = excluded.screen_name,
			name          = COALESCE(excluded.name, users.name),
			email         = COALESCE(excluded.email, users.email),
			profile_image = COALESCE(excluded.profile_image, users.profile_image)
		RETURNING id`
	updateUser = `
		UPDATE users SET
			screen_name   = $2,
			name          = COALESCE($3, name),
			email         = COALESCE($4, email),
			profile_image = COALESCE($5, profile_image)
		WHERE twitter_id = $1
		RETURNING id`
)

// field is a mapped property, or NULL when X gave none.
func field(login twitterauth.Login, property string) sql.NullString {
	s, ok := login.Fields.String(property)
	return sql.NullString{String: s, Valid: ok}
}

func (s *users) UserByID(ctx context.Context, userID string) (*User, error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	return scanUser(s.db.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, numeric(userID)))
}

// userColumns are what scanUser reads.
const userColumns = `users.id, users.twitter_id, users.screen_name, users.name, users.email, users.profile_image,
	users.sessions_valid_since, users.began_as_guest, users.onboarded_at`

// scanUser returns the user of a row that begins with userColumns. What the row
// has behind them is written to more.
func scanUser(row *sql.Row, more ...any) (*User, error) {
	u := &User{}
	var id, validSince int64
	var twitterID, screenName, name, email, profileImage sql.NullString
	var onboardedAt sql.NullInt64
	err := row.Scan(append([]any{&id, &twitterID, &screenName, &name, &email, &profileImage, &validSince, &u.beganAsGuest, &onboardedAt}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, twitterauth.ErrUserNotFound
	}
	u.ID, u.TwitterID, u.ScreenName, u.Name = strconv.FormatInt(id, 10), twitterID.String, screenName.String, name.String
	u.Email, u.ProfileImage = email.String, profileImage.String
	u.validSince, u.onboarded = time.UnixMicro(validSince), onboardedAt.Valid
	return u, storeError(err)
}

// errOnlyWayIn refuses to disconnect the X account of a user who could not sign
// in any more.
var errOnlyWayIn = errors.New("the X account is the only way to sign in")

// disconnect takes the X account from a user who began as a guest, with all
// that came from X, and ends the sessions begun until now: other devices may be
// signed in by that account.
func (s *users) disconnect(ctx context.Context, userID string) error {
	return s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE users SET
				twitter_id           = NULL,
				screen_name          = NULL,
				name                 = 'Guest',
				email                = NULL,
				profile_image        = NULL,
				sessions_valid_since = $2
			WHERE id = $1 AND began_as_guest`, numeric(userID), justAfter(time.Now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errOnlyWayIn, err)
		}
		if err := deleteToken(ctx, tx, numeric(userID)); err != nil {
			return err
		}
		return endAllDevices(ctx, tx, userID)
	})
}

// onboard notes that the user has filled in the welcome page. A second time
// changes nothing.
func (s *users) onboard(ctx context.Context, userID string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `UPDATE users SET onboarded_at = $2 WHERE id = $1 AND onboarded_at IS NULL`, numeric(userID), time.Now().UnixMicro())
	return storeError(err)
}

// delete removes the user, and with it the token, the cart and every session's row. To delete a user who
// is gone already is no error.
func (s *users) delete(ctx context.Context, userID string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, numeric(userID))
	return storeError(err)
}

// endSessions is "log out everywhere": sessions begun until now are ended. The
// time also ends a session whose row is being written.
func (s *users) endSessions(ctx context.Context, userID string) error {
	return s.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE users SET sessions_valid_since = $2 WHERE id = $1`, numeric(userID), justAfter(time.Now()))
		if err != nil {
			return err
		}
		return endAllDevices(ctx, tx, userID)
	})
}

// justAfter is the first time, in the database's microseconds, at which a
// session is not ended.
func justAfter(now time.Time) int64 { return now.UnixMicro() + 1 }

// ping reports whether the tables can be read.
func (s *users) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	var n int
	return s.db.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS one) +
			(SELECT count(*) FROM (SELECT 1 FROM tokens LIMIT 1) AS one) +
			(SELECT count(*) FROM (SELECT 1 FROM sessions LIMIT 1) AS one)`).Scan(&n)
}

// numeric is the ID as the database has it; 0, which no user has, for junk.
func numeric(userID string) int64 {
	id, err := strconv.ParseInt(userID, 10, 64)
	if err != nil {
		return 0
	}
	return id
}
