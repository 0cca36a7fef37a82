package session

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"twitterlogin.example/internal/storewait"
)

// Gorilla stores agree on an interface and on little else. Where they differ,
// this file makes them equal: the cookie they write is caught and replaced by the
// session's own, a lifetime is always given, and each call gets a request of its
// own, because a store may rewrite it and reads only the first cookie of a name.

// save stores a new session and returns the value for its cookie.
func (op *operation) save(s Session) (string, error) {
	gs, err := ask(op, nil, func(r *http.Request) (*sessions.Session, error) {
		return op.store.New(r, op.cookie.name)
	})
	if err != nil {
		return "", fmt.Errorf("session: new session from the store: %w", err)
	}
	if err := op.usable(gs); err != nil {
		return "", err
	}
	return op.put(gs, s)
}

// put stores the session in that gorilla session, which keeps its name in the
// store if it has one, and returns the value for the session's cookie. The values
// are fresh, because some stores keep the time of deletion among them.
func (op *operation) put(gs *sessions.Session, s Session) (string, error) {
	gs.Values = op.values(s)
	gs.Options = op.options(s.secondsLeft())
	w, err := op.write(gs)
	if err != nil {
		return "", fmt.Errorf("session: saving to the store: %w", err)
	}
	value := w.cookie(op.cookie.name)
	if value == "" {
		return "", fmt.Errorf("session: the store %T saved the session without setting the cookie %s", op.store, op.cookie.name)
	}
	return value, nil
}

// load asks the store for the session that a cookie's value, or a token, names.
func (op *operation) load(value string) (Session, error) {
	gs, err := op.fetch(value)
	if err != nil {
		return Session{}, err
	}
	return sessionOf(gs)
}

// sessionOf returns the session that a gorilla session holds.
func sessionOf(gs *sessions.Session) (Session, error) {
	text, _ := gs.Values[recordKey].(string)
	record, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Session{}, errUnknown
	}
	return parseRecord(record)
}

// drop deletes what a cookie's value, or a token, names in the store. A record
// of another site is left alone.
func (op *operation) drop(value string) error {
	if op.cookie.tooLong(value) {
		return nil
	}
	gs, err := op.fetch(value)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	gs.Values = map[any]any{} // some stores write the values of what they delete
	gs.Options = op.options(-1)
	if _, err := op.write(gs); err != nil {
		return fmt.Errorf("session: deleting from the store: %w", err)
	}
	return nil
}

// fetch returns this site's gorilla session of that value.
func (op *operation) fetch(value string) (*sessions.Session, error) {
	c := &http.Cookie{Name: op.cookie.name, Value: value} //nolint:gosec // G124: a request's cookie has no attributes
	gs, err := ask(op, c, func(r *http.Request) (*sessions.Session, error) {
		return op.store.New(r, op.cookie.name)
	})
	if err != nil && !meansUnknown(err) {
		return nil, fmt.Errorf("session: asking the store: %w", err)
	}
	if err == nil {
		if err := op.usable(gs); err != nil {
			return nil, err
		}
	}
	switch {
	case err == nil && !gs.IsNew && op.isOurs(gs):
		return gs, nil
	case err == nil && !gs.IsNew:
		return nil, errOtherAudience
	case op.ctx.Err() != nil: // the store may have given up without an error
		return nil, fmt.Errorf("session: asking the store: %w", storewait.Ended(op.ctx))
	}
	return nil, errUnknown
}

// write saves the gorilla session, or deletes it where its options have a
// negative age, and returns what the store would send.
func (op *operation) write(gs *sessions.Session) (caughtHeader, error) {
	return ask(op, nil, func(r *http.Request) (caughtHeader, error) {
		w := caughtHeader{}
		return w, op.store.Save(r, w, gs)
	})
}

// values are the session as the store keeps it. The record is in base64, because
// a store may serialize to JSON.
func (op *operation) values(s Session) map[any]any {
	values := map[any]any{recordKey: base64.RawURLEncoding.EncodeToString(s.record())}
	if op.audience != "" {
		values[audienceKey] = op.audience
	}
	return values
}

// isOurs reports whether the record was stored for this site.
func (op *operation) isOurs(gs *sessions.Session) bool {
	stored, ok := gs.Values[audienceKey]
	if !ok {
		return op.audience == ""
	}
	audience, ok := stored.(string)
	return ok && audience == op.audience
}

// meansUnknown reports whether a store's error means that the cookie is
// unreadable or names no record, and not that the store could not be asked.
func meansUnknown(err error) bool {
	var cookieErr securecookie.Error
	if errors.As(err, &cookieErr) {
		return !cookieErr.IsInternal() && !cookieErr.IsUsage() // false for both when the value is too long
	}
	// SQL stores and gorilla's FilesystemStore pass these on. A socket file
	// that is missing is also ErrNotExist, but no PathError.
	var pathErr *fs.PathError
	return errors.Is(err, sql.ErrNoRows) || errors.As(err, &pathErr) && errors.Is(pathErr, fs.ErrNotExist)
}

func (op *operation) usable(gs *sessions.Session) error {
	if gs == nil {
		return fmt.Errorf("session: the store %T returned no session and no error", op.store)
	}
	if gs.Name() != op.cookie.name {
		return fmt.Errorf("session: the store %T returned a session under another name than %s", op.store, op.cookie.name)
	}
	return nil
}

// options always have a lifetime: MaxAge 0, which would be right for the
// browser, means "delete" to some stores and "for ever" to others.
func (op *operation) options(maxAge int) *sessions.Options {
	return &sessions.Options{
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   op.cookie.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
