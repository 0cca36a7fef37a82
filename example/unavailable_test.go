package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"twitterlogin.example/twitterauth"
)

func TestErrorsOfAnUnreachableDatabase(t *testing.T) {
	t.Parallel()
	_, refused := pgx.Connect(t.Context(), "postgres://me@127.0.0.1:1/users")
	for name, test := range map[string]struct {
		err         error
		unavailable bool
	}{
		"none":                       {nil, false},
		"refused":                    {refused, true},
		"refused by the system":      {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, true},
		"reset":                      {fmt.Errorf("write: %w", syscall.ECONNRESET), true},
		"a broken pipe":              {fmt.Errorf("write: %w", syscall.EPIPE), true},
		"no such host":               {&net.DNSError{Err: "no such host", IsNotFound: true}, true},
		"a network's timeout":        {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, true},
		"a closed socket":            {fmt.Errorf("read: %w", net.ErrClosed), true},
		"an end of file":             {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), true},
		"a connection that is done":  {sql.ErrConnDone, true},
		"a bad connection":           {fmt.Errorf("exec: %w", driver.ErrBadConn), true},
		"a connection that pgx shut": {fmt.Errorf("exec: %w", pgconn.ErrConnClosed), true},
		"connection_exception":       {pgCode("08000"), true},
		"connection_failure":         {pgCode("08006"), true},
		"too_many_connections":       {pgCode("53300"), true},
		"admin_shutdown":             {pgCode("57P01"), true},
		"crash_shutdown":             {pgCode("57P02"), true},
		"cannot_connect_now":         {fmt.Errorf("exec: %w", pgCode("57P03")), true},
		"idle_session_timeout":       {pgCode("57P05"), true},
		"disk_full":                  {pgCode("53100"), false},
		"query_canceled":             {pgCode("57014"), false},
		"a wrong password":           {pgCode("28P01"), false},
		"no such database":           {pgCode("3D000"), false},
		"no such table":              {pgCode("42P01"), false},
		"unique_violation":           {pgCode("23505"), false},
		"no privilege":               {pgCode("42501"), false},
		"an odd code":                {pgCode("0"), false},
		"no rows":                    {sql.ErrNoRows, false},
		"a finished transaction":     {sql.ErrTxDone, false},
		"an error of the app":        {errors.New("connection refused"), false},
		"refused by the app":         {twitterauth.ErrLoginRefused, false},
	} {
		err := storeError(test.err)
		if errors.Is(err, twitterauth.ErrStoreUnavailable) != test.unavailable {
			t.Errorf("%s: %v", name, err)
		}
		if test.err != nil && !errors.Is(err, test.err) || test.err == nil && err != nil {
			t.Errorf("%s: the cause is lost: %v", name, err)
		}
	}
}

func pgCode(code string) error { return &pgconn.PgError{Severity: "FATAL", Code: code} }

// SQLite's busy database is unavailable; its other errors are the app's.
func TestErrorsOfSQLite(t *testing.T) {
	t.Parallel()
	set := settings{Data: t.TempDir()}
	users, err := openUsers(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	defer users.Close()
	tx, err := users.db.BeginTx(t.Context(), nil) // takes the lock for writing
	if err != nil {
		t.Fatal(err)
	}
	impatient, err := sql.Open("sqlite", "file:"+set.file("users.db")+"?_pragma=busy_timeout(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer impatient.Close()
	_, busy := impatient.ExecContext(t.Context(), `INSERT INTO users (name) VALUES ('x')`)
	if err := storeError(busy); !errors.Is(err, twitterauth.ErrStoreUnavailable) {
		t.Errorf("busy: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	_, wrong := impatient.ExecContext(t.Context(), `INSERT INTO nowhere VALUES (1)`)
	if err := storeError(wrong); err == nil || errors.Is(err, twitterauth.ErrStoreUnavailable) {
		t.Errorf("no such table: %v", err)
	}
}

// begin starts a login and returns the callback's address, which the browser
// has not opened yet.
func (r *running) begin(t *testing.T, c *http.Client, form url.Values) (callback string) {
	t.Helper()
	stop := *c
	stop.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := stop.PostForm(r.URL+"/auth/twitter/login", form)
	if status, body := text(t, resp, err); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	callback, err = r.x.Authorize(resp.Header.Get("Location"), "6253282")
	if err != nil {
		t.Fatal(err)
	}
	return callback
}

// jsonOf asks as a script does.
func (r *running) jsonOf(t *testing.T, c *http.Client, method, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.Do(req)
	return text(t, resp, err)
}

// PostgreSQL stops and comes back while people sign in and look at pages.
func TestPostgresRestartsDuringLogins(t *testing.T) {
	t.Parallel()
	db := startOwnPostgres(t)
	r := start(t, nil, "-db", db.URL)
	member, guest := r.browser(t), r.browser(t)
	r.login(t, member, "true")
	resp, err := guest.PostForm(r.URL+"/guest", nil)
	text(t, resp, err)

	unavailable := func(what string, status int, body string) {
		t.Helper()
		if status != http.StatusServiceUnavailable || !strings.Contains(body, "store_unavailable") {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	visitor := r.browser(t)
	first := r.begin(t, visitor, nil)
	linking := r.begin(t, guest, url.Values{"link": {"true"}})
	db.Stop()
	status, body := r.jsonOf(t, visitor, "GET", first)
	unavailable("a callback", status, body)
	status, body = r.jsonOf(t, guest, "GET", linking)
	unavailable("a callback that links", status, body)
	status, body = r.jsonOf(t, member, "GET", r.URL+"/me")
	unavailable("a page", status, body)
	status, body = r.jsonOf(t, visitor, "POST", r.URL+"/guest")
	unavailable("a new guest", status, body)
	token, secret := r.x.TokenPair("6253282")
	resp, err = http.PostForm(r.URL+"/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	status, body = text(t, resp, err)
	unavailable("a token login", status, body)
	second := r.begin(t, visitor, nil) // X is asked, and not the database

	db.Start(t)
	if status, me := r.me(t, member); status != http.StatusOK || me["screenName"] != "ada" {
		t.Errorf("the session is lost: %d %v", status, me)
	}
	if status, _ := r.jsonOf(t, visitor, "GET", second); status != http.StatusOK {
		t.Errorf("a login that waited: %d", status)
	}
	if status, me := r.me(t, visitor); status != http.StatusOK || me["screenName"] != "ada" {
		t.Errorf("%d %v", status, me)
	}
}

// A server that ends a connection in use, and one that has none left.
func TestPostgresEndsConnections(t *testing.T) {
	t.Parallel()
	db := startOwnPostgres(t)
	admin, err := sql.Open("pgx", db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for _, statement := range []string{`CREATE ROLE app LOGIN`, `CREATE DATABASE app OWNER app`} {
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	r := start(t, nil, "-db", fmt.Sprintf("postgres://app@127.0.0.1:%d/app", db.Port))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { // a statement that waits until its connection is ended
		_, err := r.app.users.db.ExecContext(ctx, `SELECT pg_sleep(60)`)
		ended <- err
	}()
	if err := await(ctx, nil, func(ctx context.Context) error {
		var n int
		err := admin.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE query LIKE 'SELECT pg_sleep%' AND wait_event = 'PgSleep') AS ended`).Scan(&n)
		if err == nil && n == 0 {
			err = errors.New("the statement has not begun")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := storeError(<-ended); !errors.Is(err, twitterauth.ErrStoreUnavailable) {
		t.Errorf("ended: %v", err)
	}

	if _, err := admin.ExecContext(ctx, `ALTER ROLE app CONNECTION LIMIT 0`); err != nil {
		t.Fatal(err)
	}
	r.app.users.db.SetMaxIdleConns(0) // closes what is open
	full := r.browser(t)
	if status, body := r.jsonOf(t, full, "POST", r.URL+"/guest"); status != http.StatusServiceUnavailable || !strings.Contains(body, "store_unavailable") {
		t.Errorf("no connection left: %d %s", status, body)
	}
	if status, body := r.jsonOf(t, full, "GET", r.begin(t, full, nil)); status != http.StatusServiceUnavailable || !strings.Contains(body, "store_unavailable") {
		t.Errorf("a callback without a connection: %d %s", status, body)
	}
}

// An error of SQL is the app's own, and stays 500.
func TestOtherErrorsOfSQL(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		callback := r.begin(t, c, nil)
		if _, err := r.app.users.db.ExecContext(t.Context(), `ALTER TABLE users RENAME TO people`); err != nil {
			t.Fatal(err)
		}
		if status, body := r.jsonOf(t, c, "GET", callback); status != http.StatusInternalServerError || !strings.Contains(body, "store_failed") {
			t.Errorf("a callback: %d %s", status, body)
		}
		if status, body := r.jsonOf(t, c, "POST", r.URL+"/guest"); status != http.StatusInternalServerError || !strings.Contains(body, "store_failed") {
			t.Errorf("a new guest: %d %s", status, body)
		}
	})
}
