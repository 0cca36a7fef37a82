package stores_test

import (
	"context"
	"database/sql"
	_ "embed"
	"os"
	"testing"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"twitterlogin.example/example/stores/bunstore"
	"twitterlogin.example/example/stores/entstore"
	"twitterlogin.example/example/stores/entstore/ent"
	"twitterlogin.example/example/stores/gormstore"
	"twitterlogin.example/example/stores/pgxstore"
	"twitterlogin.example/example/stores/sqlcstore"
	"twitterlogin.example/example/stores/sqlcstore/db"
	"twitterlogin.example/internal/services"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

//go:embed schema.sql
var schema string

func TestMain(m *testing.M) {
	code := m.Run()
	services.StopPostgres()
	os.Exit(code)
}

func newSealer(t *testing.T) *session.Sealer {
	t.Helper()
	sealer, err := session.NewSealer("tokens of X", session.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// openSQL opens an empty database with database/sql. Without a limit a hundred logins
// at once open a hundred connections, which is all that PostgreSQL allows by default.
func openSQL(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", services.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(10)
	return db
}

// openTables opens a database with the tables of schema.sql.
func openTables(t *testing.T) *sql.DB {
	t.Helper()
	db := openSQL(t)
	if _, err := db.ExecContext(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return db
}

// openPool opens a database with the tables of schema.sql with pgx.
func openPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), services.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := pool.Exec(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return pool
}

// guests makes guests in a store of any of the packages.
func guests[U any](ctx context.Context, store twitterauth.UserStore[U]) (string, error) {
	return store.(interface {
		NewGuest(context.Context) (string, error)
	}).NewGuest(ctx)
}

// run runs storetest, with all options, on the store of a package. One database is
// enough, because storetest uses one store at a time: empty deletes all users.
func run[U any](t *testing.T, store twitterauth.UserStore[U], email func(U) string, empty func(ctx context.Context, statement string) error) {
	t.Helper()
	storetest.Run(t, func(t *testing.T) twitterauth.UserStore[U] {
		if err := empty(t.Context(), "TRUNCATE users CASCADE"); err != nil {
			t.Fatal(err)
		}
		return store
	}, storetest.Email(email), storetest.Guest(guests[U]), storetest.Strict[U]())
}

// on makes the statements of a test run on a database.
func on(db *sql.DB) func(context.Context, string) error {
	return func(ctx context.Context, statement string) error {
		_, err := db.ExecContext(ctx, statement)
		return err
	}
}

func onPool(pool *pgxpool.Pool) func(context.Context, string) error {
	return func(ctx context.Context, statement string) error {
		_, err := pool.Exec(ctx, statement)
		return err
	}
}

func TestPgx(t *testing.T) {
	t.Parallel()
	pool := openPool(t)
	run(t, &pgxstore.Store{Pool: pool, Sealer: newSealer(t)}, func(u *pgxstore.User) string { return u.Email }, onPool(pool))
}

func TestSqlc(t *testing.T) {
	t.Parallel()
	pool := openPool(t)
	email := func(u *db.User) string {
		if u.Email == nil {
			return ""
		}
		return *u.Email
	}
	run(t, &sqlcstore.Store{Pool: pool, Sealer: newSealer(t)}, email, onPool(pool))
}

func TestGORM(t *testing.T) {
	t.Parallel()
	conn := openSQL(t)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: conn}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.AutoMigrate(&gormstore.User{}, &gormstore.Session{}, &gormstore.Token{}); err != nil {
		t.Fatal(err)
	}
	email := func(u *gormstore.User) string {
		if u.Email == nil {
			return ""
		}
		return *u.Email
	}
	run(t, &gormstore.Store{DB: db, Sealer: newSealer(t)}, email, on(conn))
}

func TestBun(t *testing.T) {
	t.Parallel()
	db := openTables(t)
	store := &bunstore.Store{DB: bun.NewDB(db, pgdialect.New()), Sealer: newSealer(t)}
	run(t, store, func(u *bunstore.User) string { return u.Email }, on(db))
}

func TestEnt(t *testing.T) {
	t.Parallel()
	db := openSQL(t)
	client := ent.NewClient(ent.Driver(entsql.OpenDB(dialect.Postgres, db)))
	if err := client.Schema.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	run(t, &entstore.Store{Client: client, Sealer: newSealer(t)}, func(u *ent.User) string { return u.Email }, on(db))
}
