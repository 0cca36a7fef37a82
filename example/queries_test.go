package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
)

// countingConnector opens connections whose statements are counted.
type countingConnector struct {
	driver  driver.Driver
	address string
	count   *atomic.Int64
}

func (c countingConnector) Driver() driver.Driver { return c.driver }

func (c countingConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.address)
	if err != nil {
		return nil, err
	}
	return countingConn{conn.(wholeConn), c.count}, nil
}

// wholeConn is what the drivers of both databases can do.
type wholeConn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnBeginTx
	driver.ConnPrepareContext
}

type countingConn struct {
	wholeConn
	count *atomic.Int64
}

func (c countingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.count.Add(1)
	return c.wholeConn.QueryContext(ctx, query, args)
}

func (c countingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.count.Add(1)
	return c.wholeConn.ExecContext(ctx, query, args)
}

func (c countingConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.count.Add(1)
	return c.wholeConn.BeginTx(ctx, options)
}

func (c countingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.count.Add(1)
	return c.wholeConn.PrepareContext(ctx, query)
}

// databaseAddress is the address that the driver of the users' database gets.
func databaseAddress(set settings) string {
	if set.DB != "" {
		return set.DB
	}
	return sqliteAddress(set)
}

// startCounting runs the example with a count of all statements.
func startCounting(t *testing.T, args ...string) (r *running, count *atomic.Int64) {
	t.Helper()
	count = new(atomic.Int64)
	server := newServer()
	r = startChanged(t, server, server.Start, changes{users: func(set settings, s *users) {
		opened := s.db
		s.db = sql.OpenDB(countingConnector{opened.Driver(), databaseAddress(set), count})
		opened.Close()
	}}, nil, args...)
	return r, count
}

// A page of a user costs one query, whoever asks for the user on the way.
func TestOneQueryForAPage(t *testing.T) {
	t.Parallel()
	for router := range routers {
		for database, args := range databases {
			t.Run(router+" on "+database, func(t *testing.T) {
				t.Parallel()
				r, count := startCounting(t, append(args(t), "-router", router, "-idle", "30m")...)
				c := r.browser(t)
				r.login(t, c, "false")
				costs := func(what string, want int64, ask func()) {
					t.Helper()
					before := count.Load()
					ask()
					if n := count.Load() - before; n != want {
						t.Errorf("%s: %d statements, want %d", what, n, want)
					}
				}
				for path, want := range map[string]int64{
					"/": 1, "/me": 1, "/signin": 1, "/live": 1, "/post": 1, "/delete-account": 1, "/auth/twitter/session": 1,
					"/devices":          2, // and the list
					"/static/style.css": 0,
				} {
					costs(path, want, func() { r.page(t, c, path) })
				}
				costs("a visitor", 0, func() { r.page(t, r.browser(t), "/") })
				costs("a refused form", 1, func() { r.post(t, c, "/delete-account", nil) })
				costs("a device that is signed out", 4, func() { // and the list that follows
					r.post(t, c, "/sign-out-device", url.Values{"device": {"none"}})
				})

				r.change(t, `UPDATE sessions SET seen = seen - $1`, 2*noteInterval.Microseconds())
				costs("the first page in a while", 2, func() { r.page(t, c, "/me") })
				costs("the next page", 1, func() { r.page(t, c, "/me") })

				// Without a row the cookie is removed, which deletes once more.
				r.change(t, `DELETE FROM sessions`)
				if status, _ := r.me(t, c); status != http.StatusUnauthorized {
					t.Errorf("%d without a row", status)
				}
				costs("afterwards", 0, func() { r.me(t, c) })
			})
		}
	}
}
