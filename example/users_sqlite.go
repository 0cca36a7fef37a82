package main

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"

	_ "modernc.org/sqlite"
)

//go:embed schema_sqlite.sql
var schemaSQLite string

// openSQLite opens the database file in -data, and makes it on the first run.
func openSQLite(ctx context.Context, set settings) (*sql.DB, error) {
	if err := openFolder(set.Data); err != nil {
		return nil, err
	}
	if err := keepPrivate(set.file("users.db")); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteAddress(set))
	if err != nil {
		return nil, fmt.Errorf("the users' database: %w", err)
	}
	db.SetMaxOpenConns(sqliteConnections)
	if err := prepareSQLite(ctx, db); err != nil {
		db.Close()
		return nil, fmt.Errorf("-data: the users' database %s cannot be used: %w", set.file("users.db"), err)
	}
	return db, nil
}

// sqliteConnections is how many connections write and read at once. SQLite has one
// writer at a time, and a connection that waits for it asks again and again, in no
// order. With few connections the others wait in the order in which they came, so
// that a hundred logins at one moment leave none behind.
const sqliteConnections = 4

// sqliteAddress names the database file with what each connection needs.
// foreign_keys deletes the rows of a deleted user's sessions.
func sqliteAddress(set settings) string {
	return "file:" + set.file("users.db") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_txlock=immediate"
}

// addedColumns are columns of users that a table of an earlier version lacks.
var addedColumns = map[string]string{
	"began_as_guest": "BOOLEAN NOT NULL DEFAULT FALSE",
	"onboarded_at":   "INTEGER",
}

// prepareSQLite makes the tables, or adds the columns that a table of an earlier
// version lacks. It is one transaction, because two programs may start at once.
func prepareSQLite(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, schemaSQLite); err != nil {
		return err
	}
	for name, kind := range addedColumns {
		var there bool
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info('users') WHERE name = $1`, name).Scan(&there); err != nil {
			return err
		}
		if there {
			continue
		}
		if _, err := tx.ExecContext(ctx, `ALTER TABLE users ADD COLUMN `+name+` `+kind); err != nil {
			return err
		}
	}
	return tx.Commit()
}
