package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The addresses in -db and -sessions have passwords in them. Their text is
// never shown. A parser's error is not shown either, because it quotes what it
// could not read.

// Characters that end the password of an address early where they are not
// percent-encoded. pgx ends it at the first "@", net/url at the last.
const (
	endsPostgresPassword = "@/?#"
	endsRedisPassword    = "/?#"
)

// splitsInPassword reports whether a password has such a character in it. Its
// rest would be read as a host, a port or the name of a database, and errors of
// the driver show these.
func splitsInPassword(address, ends string) bool {
	_, rest, _ := strings.Cut(address, "://")
	at := strings.LastIndexByte(rest, '@')
	return at >= 0 && strings.ContainsAny(rest[:at], ends)
}

// isPostgresURL reports whether an address is a URL that is safe to give to the
// driver. Settings such as "host=… password=…" are not accepted.
func isPostgresURL(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// isRedisURL reports the same for Redis.
func isRedisURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "redis" || u.Scheme == "rediss") && redisDatabase.MatchString(u.Path)
}

// redisDatabase is the path of a Redis address: the number of a database.
var redisDatabase = regexp.MustCompile(`^/?[0-9]*$`)

// withoutAddress is the text of a driver's error without the settings that the
// driver puts before it.
func withoutAddress(err error) string {
	var pgErr *pgconn.PgError
	var dnsErr *net.DNSError
	var opErr *net.OpError
	var pathErr *fs.PathError
	switch {
	case errors.As(err, &pgErr):
		return pgErr.Error()
	case errors.As(err, &dnsErr):
		return "the host's name cannot be resolved"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &opErr):
		return opErr.Op + ": " + opErr.Err.Error()
	case errors.As(err, &pathErr):
		return pathErr.Error() // of a certificate or a socket
	}
	return innermost(err).Error()
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
