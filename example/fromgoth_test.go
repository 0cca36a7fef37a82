package main

import (
	"regexp"
	"testing"
)

// The store for a table that goth has filled keeps its users.
func TestTableFromGoth(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("(?s)```go\n(package app[^`]*?provider_user_id.*?)```").FindStringSubmatch(readFile(t, "docs/oauth2.md"))
	if code == nil {
		t.Fatal("there is no store")
	}
	table := regexp.MustCompile(`(?s)// (CREATE TABLE users \(.*?\n// \);)`).FindStringSubmatch(code[1])
	if table == nil {
		t.Fatal("there is no table")
	}
	testStoreOf(t, code[1], table[1], tableFromGothTest)
}

const tableFromGothTest = `package app

import (
	"database/sql"
	_ "embed"
	"errors"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
)

//go:embed table.sql
var table string

func TestUsersOfGothStay(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "users.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const goths = "INSERT INTO users (provider, provider_user_id, nickname, name, email) VALUES" +
		"('google', '7', 'g', 'G', 'g@example.com'), ('twitter', '7', 'old', 'Ada', 'ada@example.com')"
	if _, err := db.Exec(table + goths); err != nil {
		t.Fatal(err)
	}
	users := Users{DB: db}
	login := twitterauth.Login{TwitterID: "7", ScreenName: "new", Fields: mapping.Fields{"name": "Ada L."}}
	for _, reauth := range []bool{false, true} {
		login.Reauth = reauth
		if id, err := users.UserForLogin(t.Context(), login); err != nil || id != "2" {
			t.Errorf("reauth %t: user %q, %v", reauth, id, err)
		}
	}
	if u, err := users.UserByID(t.Context(), "2"); err != nil || *u != (User{ID: 2, Name: "Ada L.", Email: "ada@example.com"}) {
		t.Errorf("%+v, %v", u, err)
	}
	var handle string
	if err := db.QueryRow("SELECT nickname FROM users WHERE id = 2").Scan(&handle); err != nil || handle != "new" {
		t.Errorf("%q, %v", handle, err)
	}
	unknown := twitterauth.Login{TwitterID: "8", Reauth: true}
	if id, err := users.UserForLogin(t.Context(), unknown); !errors.Is(err, twitterauth.ErrUserNotFound) {
		t.Errorf("a login that confirms nobody: %q, %v", id, err)
	}
	unknown.Reauth = false
	if id, err := users.UserForLogin(t.Context(), unknown); err != nil || id == "1" || id == "2" {
		t.Errorf("a new person: %q, %v", id, err)
	}
	if _, err := users.UserByID(t.Context(), "99"); !errors.Is(err, twitterauth.ErrUserNotFound) {
		t.Errorf("no user: %v", err)
	}
}
`
