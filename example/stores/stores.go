// Package stores has what the stores of docs/stores.md share. Each of them is a
// package below this one. They are a module of their own, so that the library and
// the example do not depend on five ways to speak to a database.
package stores

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"twitterlogin.example/twitterauth"
)

// RenewTime bounds the transaction in which a token is renewed: the question to X,
// for which the library takes 10 seconds, and the write.
const RenewTime = 20 * time.Second

// maxAgent is how much of a User-Agent header is kept, in bytes.
const maxAgent = 256

// Number returns a user's ID as the database has it. An ID that is no number names
// no user.
func Number(userID string) (int64, error) {
	id, err := strconv.ParseInt(userID, 10, 64)
	if err != nil {
		return 0, twitterauth.ErrUserNotFound
	}
	return id, nil
}

// Agent returns a request's User-Agent header as a database accepts it: short, and
// valid UTF-8.
func Agent(r *http.Request) string {
	agent := r.UserAgent()
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}

// IsOAuth2 reports whether a token is of OAuth 2.0.
func IsOAuth2(t twitterauth.Token) bool { return t.AccessSecret == "" }

// IsTaken reports whether a UNIQUE constraint has refused a row.
func IsTaken(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "23505" // unique_violation
}

// Error is for every error that a store returns. It wraps ErrStoreUnavailable where
// the database cannot be reached, so that the answer is 503 and not 500.
func Error(err error) error {
	if err == nil || !isUnavailable(err) {
		return err
	}
	return fmt.Errorf("%w: %w", twitterauth.ErrStoreUnavailable, err)
}

func isUnavailable(err error) bool {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) { // PostgreSQL has answered
		switch pgErr.Code {
		case "53300", "57P01", "57P02", "57P03": // too many connections, stopping, crashed, starting
			return true
		}
		return false
	}
	var connectErr *pgconn.ConnectError
	var netErr net.Error
	return errors.As(err, &connectErr) || errors.As(err, &netErr) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF)
}
