package session

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// Gorilla stores agree on an interface and on little else. What differs is
// evened out here: the cookie they write is caught and written anew by ours, a
// lifetime is always said, and each call gets a request of its own, because a
// store may rewrite it and reads only the first cookie of a name.

// save stores the session and returns the value for its cookie.
func (m *Manager) save(r *http.Request, s Session) (string, error) {
	r = requestWith(r, nil)
	gs, err := m.blank(r)
	if err != nil {
		return "", err
	}
	gs.Values = map[any]any{recordKey: m.recordText(s)}
	gs.Options = m.options(seconds(time.Until(s.ExpiresAt)))
	caught := caughtHeader{}
	if err := m.store.Save(r, caught, gs); err != nil {
		return "", fmt.Errorf("session: saving to the store: %w", err)
	}
	for _, line := range slices.Backward(http.Header(caught)["Set-Cookie"]) {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == m.cookie.name && c.Value != "" {
			return c.Value, nil
		}
	}
	return "", fmt.Errorf("session: the store %T saved the session without setting the cookie %s", m.store, m.cookie.name)
}

// recordText is the record as the store keeps it: bytes for our codec, base64
// for stores that may serialize to JSON.
func (m *Manager) recordText(s Session) string {
	record := s.appendRecord(nil)
	if m.sealer != nil {
		return string(record)
	}
	return base64.RawURLEncoding.EncodeToString(record)
}

// blank returns a new session for a request without a cookie.
func (m *Manager) blank(r *http.Request) (*sessions.Session, error) {
	gs, err := m.store.New(r, m.cookie.name)
	if err != nil {
		return nil, fmt.Errorf("session: new session from the store: %w", err)
	}
	if err := m.usable(gs); err != nil {
		return nil, err
	}
	return gs, nil
}

// loadStored asks the store for the session that a cookie's value names.
func (m *Manager) loadStored(r *http.Request, value string) (Session, error) {
	gs, err := m.fetch(r, value)
	if err != nil {
		return Session{}, err
	}
	text, _ := gs.Values[recordKey].(string)
	record, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Session{}, errUnknown
	}
	return parseRecord(record)
}

func (m *Manager) fetch(r *http.Request, value string) (*sessions.Session, error) {
	if m.cookie.tooLong(value) {
		return nil, errUnknown
	}
	gs, err := m.store.New(requestWith(r, &http.Cookie{Name: m.cookie.name, Value: value}), m.cookie.name) //nolint:gosec // G124: a request's cookie has no attributes
	if err != nil {
		if meansUnknown(err) {
			return nil, errUnknown
		}
		return nil, fmt.Errorf("session: asking the store: %w", err)
	}
	if err := m.usable(gs); err != nil {
		return nil, err
	}
	if gs.IsNew {
		return nil, errUnknown
	}
	return gs, nil
}

// meansUnknown tells a cookie that is unreadable or names nothing from a store
// that could not be asked.
func meansUnknown(err error) bool {
	var cookieErr securecookie.Error
	if errors.As(err, &cookieErr) {
		return !cookieErr.IsInternal() && !cookieErr.IsUsage() // too long a value is neither
	}
	// SQL stores and gorilla's FilesystemStore pass these on. A socket file
	// that is missing is also ErrNotExist, but no PathError.
	var pathErr *fs.PathError
	return errors.Is(err, sql.ErrNoRows) || errors.As(err, &pathErr) && errors.Is(pathErr, fs.ErrNotExist)
}

func (m *Manager) usable(gs *sessions.Session) error {
	if gs == nil {
		return fmt.Errorf("session: the store %T returned neither a session nor an error", m.store)
	}
	if gs.Name() != m.cookie.name {
		return fmt.Errorf("session: the store %T returned a session under another name than %s", m.store, m.cookie.name)
	}
	return nil
}

// dropStored deletes what the request's cookies and token name in the store.
func (m *Manager) dropStored(r *http.Request) error {
	values := slices.Collect(m.cookie.values(r))
	if token, ok := bearerToken(r); ok && m.bearer {
		values = append(values, token)
	}
	for _, value := range values {
		gs, err := m.fetch(r, value)
		if errors.Is(err, ErrNoSession) {
			continue
		}
		if err != nil {
			return err
		}
		clear(gs.Values) // some stores write the values of what they delete
		gs.Options = m.options(-1)
		if err := m.store.Save(requestWith(r, nil), caughtHeader{}, gs); err != nil {
			return fmt.Errorf("session: deleting from the store: %w", err)
		}
	}
	return nil
}

// options always says a lifetime: MaxAge 0, which would be right for the
// browser, means "delete" to some stores and "for ever" to others.
func (m *Manager) options(maxAge int) *sessions.Options {
	return &sessions.Options{
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   m.cookie.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

// requestWith returns a copy of r that carries that cookie and no other.
func requestWith(r *http.Request, c *http.Cookie) *http.Request {
	r = r.WithContext(r.Context())
	r.Header = maps.Clone(r.Header)
	delete(r.Header, "Cookie")
	if c != nil {
		r.Header["Cookie"] = []string{c.Name + "=" + c.Value}
	}
	return r
}

// caughtHeader is a ResponseWriter that keeps what a store sets and sends
// nothing.
type caughtHeader http.Header

func (h caughtHeader) Header() http.Header         { return http.Header(h) }
func (h caughtHeader) Write(b []byte) (int, error) { return len(b), nil }
func (h caughtHeader) WriteHeader(int)             {}
