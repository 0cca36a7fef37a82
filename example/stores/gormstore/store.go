// Package gormstore keeps users in PostgreSQL with GORM, which makes the tables:
// db.AutoMigrate(&gormstore.User{}, &gormstore.Session{}, &gormstore.Token{}).
package gormstore

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"twitterlogin.example/example/stores"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// User is a user of the app. TwitterID is nil, which is NULL, for a user without an
// X account: a UNIQUE column has room for one empty text only.
type User struct {
	ID        int64
	TwitterID *string `gorm:"uniqueIndex"`
	Handle    string
	Email     *string
}

// Session is the row of a session.
type Session struct {
	ID      string
	UserID  int64 `gorm:"index"`
	User    User  `gorm:"constraint:OnDelete:CASCADE"`
	Agent   string
	Begun   time.Time
	Expires time.Time
}

// Token is the row of a user's token.
type Token struct {
	UserID int64 `gorm:"primaryKey;autoIncrement:false"`
	User   User  `gorm:"constraint:OnDelete:CASCADE"`
	OAuth2 bool  `gorm:"column:oauth2"`
	Sealed string
}

// Store keeps users, the rows of their sessions, and their tokens.
type Store struct {
	DB     *gorm.DB
	Sealer *session.Sealer // encrypts tokens
}

var (
	_ twitterauth.UserStore[*User]     = (*Store)(nil)
	_ twitterauth.Linker               = (*Store)(nil)
	_ twitterauth.SessionKeeper[*User] = (*Store)(nil)
	_ twitterauth.TokenKeeper          = (*Store)(nil)
)

// UserForLogin finds, creates and updates the user by one statement. FirstOrCreate is
// a look-up and an insert: two first logins at once would make two users, or fail.
func (s *Store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	u := User{TwitterID: &login.TwitterID, Handle: login.ScreenName, Email: emailOf(login)}
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := findOrCreate(tx, &u, login); err != nil {
			return err
		}
		return s.storeToken(tx, u.ID, login)
	})
	return strconv.FormatInt(u.ID, 10), stores.Error(err)
}

// findOrCreate sets u.ID. A login that confirms who is signed in must not create a
// user. Only what X sent is written: Save would write a NULL over the email.
func findOrCreate(tx *gorm.DB, u *User, login twitterauth.Login) error {
	update := map[string]any{"handle": u.Handle}
	if u.Email != nil {
		update["email"] = u.Email
	}
	if !login.Reauth {
		return tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "twitter_id"}},
			DoUpdates: clause.Assignments(update),
		}).Create(u).Error
	}
	done := tx.Model(u).Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).
		Where("twitter_id = ?", login.TwitterID).Updates(update)
	if done.Error == nil && done.RowsAffected == 0 {
		return twitterauth.ErrUserNotFound
	}
	return done.Error
}

func emailOf(login twitterauth.Login) *string {
	if email, ok := login.Fields.String("email"); ok {
		return &email
	}
	return nil
}

// UserByID finds a user by the primary key.
func (s *Store) UserByID(ctx context.Context, userID string) (*User, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return nil, err
	}
	var u User
	err = s.DB.WithContext(ctx).Take(&u, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
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
	update := map[string]any{"twitter_id": login.TwitterID, "handle": login.ScreenName}
	if email := emailOf(login); email != nil {
		update["email"] = email
	}
	return stores.Error(s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		done := tx.Model(&User{}).Where("id = ? AND (twitter_id IS NULL OR twitter_id = ?)", id, login.TwitterID).Updates(update)
		if stores.IsTaken(done.Error) || done.Error == nil && done.RowsAffected == 0 {
			return twitterauth.ErrAlreadyLinked
		}
		if done.Error != nil {
			return done.Error
		}
		return s.storeToken(tx, id, login)
	}))
}

// NewGuest makes a user without an X account.
func (s *Store) NewGuest(ctx context.Context) (userID string, err error) {
	var u User
	err = s.DB.WithContext(ctx).Create(&u).Error
	return strconv.FormatInt(u.ID, 10), stores.Error(err)
}

// SaveSession writes the row of a session that begins.
func (s *Store) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	userID, err := stores.Number(begun.UserID)
	if err != nil {
		return err
	}
	return stores.Error(s.DB.WithContext(ctx).Omit(clause.Associations).Create(&Session{
		ID: begun.ID, UserID: userID, Agent: stores.Agent(r), Begun: begun.IssuedAt, Expires: begun.ExpiresAt,
	}).Error)
}

// UserBySession asks for the session and its user by one query; Preload would be two.
func (s *Store) UserBySession(ctx context.Context, current session.Session) (*User, error) {
	var u User
	err := s.DB.WithContext(ctx).Joins("JOIN sessions ON sessions.user_id = users.id").Where("sessions.id = ?", current.ID).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, twitterauth.ErrSessionEnded
	}
	return &u, stores.Error(err)
}

// DeleteSession deletes a session's row. A row that is gone already is no error.
func (s *Store) DeleteSession(ctx context.Context, ended session.Session) error {
	return stores.Error(s.DB.WithContext(ctx).Where("id = ?", ended.ID).Delete(&Session{}).Error)
}

// storeToken stores the token of a login. A login that confirms who is signed in may
// go over OAuth 1.0a where ordinary logins go over OAuth 2.0: it replaces a token of
// the same protocol only.
func (s *Store) storeToken(tx *gorm.DB, id int64, login twitterauth.Login) error {
	upsert := clause.OnConflict{
		Columns:   []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"oauth2", "sealed"}),
	}
	if login.Reauth {
		upsert.Where.Exprs = []clause.Expression{clause.Expr{SQL: "tokens.oauth2 = excluded.oauth2"}}
	}
	return tx.Clauses(upsert).Omit(clause.Associations).Create(s.tokenOf(id, login.Token)).Error
}

func (s *Store) tokenOf(id int64, t twitterauth.Token) *Token {
	return &Token{UserID: id, OAuth2: stores.IsOAuth2(t), Sealed: twitterauth.SealToken(s.Sealer, strconv.FormatInt(id, 10), t)}
}

// TwitterToken reads a user's token.
func (s *Store) TwitterToken(ctx context.Context, userID string) (twitterauth.Token, error) {
	return s.readToken(s.DB.WithContext(ctx), userID)
}

func (s *Store) readToken(tx *gorm.DB, userID string) (twitterauth.Token, error) {
	id, err := stores.Number(userID)
	if err != nil {
		return twitterauth.Token{}, twitterauth.ErrNoToken
	}
	var row Token
	err = tx.Take(&row, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
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
	return stores.Error(s.DB.WithContext(ctx).Connection(func(conn *gorm.DB) error {
		inTime, cancel := context.WithTimeout(context.WithoutCancel(ctx), stores.RenewTime)
		defer cancel()
		return conn.WithContext(inTime).Transaction(func(tx *gorm.DB) error {
			stored, err := s.readToken(tx.WithContext(ctx).Clauses(clause.Locking{Strength: "UPDATE"}), userID)
			if err != nil {
				return err
			}
			renewed, err := renew(ctx, stored)
			if err != nil {
				return err
			}
			return tx.Omit(clause.Associations).Save(s.tokenOf(id, renewed)).Error
		})
	}))
}
