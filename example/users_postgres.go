package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

//go:embed schema_postgres.sql
var schemaPostgres string

// openPostgres connects to -db and makes the tables on the first run.
func openPostgres(ctx context.Context, set settings) (*sql.DB, error) {
	config, err := pgx.ParseConfig(set.DB)
	if err != nil {
		return nil, fmt.Errorf("-db cannot be used as it is written (postgres://user:password@host:port/name; odd characters percent-encoded)%s", missingFile(err))
	}
	config.ConnectTimeout = 5 * time.Second
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(20) // a server allows 100 in all by default
	db.SetMaxIdleConns(20)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if _, err := db.ExecContext(ctx, schemaPostgres); err != nil {
		db.Close()
		return nil, fmt.Errorf("-db: the users' database cannot be used; does it run, and may this user create a table? %s", withoutAddress(err))
	}
	return db, nil
}

// missingFile names the file that the address asks for and that cannot be
// read, such as a certificate. Nothing else of a parser's error is safe to show.
func missingFile(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return ": " + pathErr.Error()
	}
	return ""
}

// isTaken reports whether a row with that Twitter ID came in between.
func isTaken(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "23505" // unique_violation
}
