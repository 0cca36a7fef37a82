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
func openSQLite(ctx context.Context, set settings) (*users, error) {
	if err := openFolder(set.Data); err != nil {
		return nil, err
	}
	if err := keepPrivate(set.file("users.db")); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+set.file("users.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("the users' database: %w", err)
	}
	if _, err := db.ExecContext(ctx, schemaSQLite); err != nil {
		db.Close()
		return nil, fmt.Errorf("-data: the users' database %s cannot be used: %w", set.file("users.db"), err)
	}
	return &users{db}, nil
}
