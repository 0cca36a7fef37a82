package stores_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/internal/services"
)

const docs = "../../docs/"

var update = flag.Bool("update", false, "write the files into docs/stores.md")

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block is a block of code in docs/stores.md, below the link to its file.
var block = regexp.MustCompile("(?m)^(?:\\[.*\\]\\(\\.\\./example/stores/(\\S+)\\):\n\n)?```(\\w+)\n(?s:(.*?))```$")

// TestDocument compares each block of code of docs/stores.md with its file.
func TestDocument(t *testing.T) {
	t.Parallel()
	text := read(t, docs+"stores.md")
	var shown []string
	fresh := block.ReplaceAllStringFunc(text, func(found string) string {
		m := block.FindStringSubmatch(found)
		file, code := m[1], m[3]
		if file == "" {
			t.Errorf("a block has no file:\n%.200s", code)
			return found
		}
		shown = append(shown, file)
		content := read(t, file)
		if code != content && !*update {
			t.Errorf("docs/stores.md does not have %s as it is: go test -run TestDocument -update", file)
		}
		return strings.TrimSuffix(found, code+"```") + content + "```"
	})
	want := []string{"bunstore/store.go", "entstore/ent/schema/schema.go", "entstore/store.go", "gormstore/store.go", "pgxstore/store.go", "schema.sql", "sqlcstore/query.sql", "sqlcstore/sqlc.yaml", "sqlcstore/store.go", "stores.go"}
	if slices.Sort(shown); !slices.Equal(shown, want) {
		t.Errorf("docs/stores.md has %v, want %v", shown, want)
	}
	if *update {
		if err := os.WriteFile(docs+"stores.md", []byte(fresh), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStoresOfOtherDocuments runs storetest on the users of the first page, with the
// tokens of docs/calling-x.md: with a lock on the row, and with a lease. They are
// short, and follow all recommendations but those listed. The keys are rotated as that
// document has it.
func TestStoresOfOtherDocuments(t *testing.T) {
	t.Parallel()
	users := find(t, "getting-started.md", "(?s)```go\n(package app[^`]*?database/sql.*?)```")
	tokens := find(t, "calling-x.md", "(?s)```go\n(package app(?:[^`]|`[^`])*?takeToken.*?)```")
	leases := find(t, "calling-x.md", "(?s)```go\n(package app(?:[^`]|`[^`])*?const lease.*?)```")
	keys := find(t, "calling-x.md", "(?s)```go\n(package app[^`]*?func sealAgain.*?)```")
	const lockedRenewal = "(?s)\n// RenewToken is for PostgreSQL.*?\n}\n"
	for name, renewal := range map[string]string{
		"a lock": "",
		"a lease": strings.NewReplacer("\t\"twitterlogin.example/session\"\n", "",
			"type Tokens struct {\n\tDB     *sql.DB\n\tSealer *session.Sealer\n}\n", "").Replace(leases),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"users.go": users, "tokens.go": tokens, "keys.go": keys, "store_test.go": documentedStore, "schema.sql": schemaOfDocuments(t)}
			if renewal != "" {
				files["tokens.go"] = regexp.MustCompile(lockedRenewal).ReplaceAllString(tokens, "")
				files["renewal.go"] = renewal
			}
			skipped := runStoretest(t, files)
			want := []string{
				"Linker/the_same_account_again", "SessionKeeper/a_session_begins_and_ends",
				"TokenKeeper/a_link_stores_its_token", "TokenKeeper/a_refused_link_stores_no_token", "TokenKeeper/a_renewal_outlives_its_caller",
				"UserStore/an_ID_of_another_form",
			}
			if !slices.Equal(skipped, want) {
				t.Errorf("skipped:\n%s\nwant\n%s", strings.Join(skipped, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func find(t *testing.T, document, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(read(t, docs+document))
	if found == nil {
		t.Fatalf("docs/%s has no %s", document, pattern)
	}
	return found[1]
}

// schemaOfDocuments returns the tables, with the column for PostgreSQL that the
// comment names.
func schemaOfDocuments(t *testing.T) string {
	t.Helper()
	users := strings.ReplaceAll(find(t, "getting-started.md", `(?s)// (CREATE TABLE users \(.*?\n// \);)`), "\n//", "\n")
	column := regexp.MustCompile(`INTEGER PRIMARY KEY AUTOINCREMENT, -- PostgreSQL: (.*)`)
	return column.ReplaceAllString(users, "$1,") + find(t, "calling-x.md", "(?s)```sql\n(CREATE TABLE twitter_tokens.*?)```")
}

const documentedStore = `package app

import (
	"context"
	"database/sql"
	_ "embed"
	"os"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

//go:embed schema.sql
var schema string

type store struct {
	Users
	Tokens
}

func (s *store) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.Users.UserForLogin(ctx, login)
	if err == nil {
		err = s.storeToken(ctx, id, login)
	}
	return id, err
}

func TestStore(t *testing.T) {
	db, err := sql.Open("pgx", os.Getenv("DATABASE"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(10)
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	sealer, err := session.NewSealer("tokens of X", session.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*User] {
		if _, err := db.Exec("TRUNCATE users CASCADE"); err != nil {
			t.Fatal(err)
		}
		return &store{Users{DB: db}, Tokens{DB: db, Sealer: sealer}}
	}, storetest.Email(func(u *User) string { return u.Email }))
}

// The steps of the table: the new key is second, then first, the rows are sealed
// again, and the old key goes.
func TestSealAgain(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("pgx", os.Getenv("DATABASE"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("TRUNCATE users CASCADE"); err != nil {
		t.Fatal(err)
	}
	older, newer := session.NewKey(), session.NewKey()
	with := func(keys ...session.Key) *store {
		sealer, err := newSealer(keys...)
		if err != nil {
			t.Fatal(err)
		}
		return &store{Users{DB: db}, Tokens{DB: db, Sealer: sealer}}
	}
	want := map[string]string{}
	signIn := func(s *store, names ...string) {
		for _, name := range names {
			id, err := s.UserForLogin(ctx, twitterauth.Login{TwitterID: name, ScreenName: name, Token: twitterauth.Token{AccessToken: name}})
			if err != nil {
				t.Fatal(err)
			}
			want[id] = name
		}
	}
	opens := func(step string, s *store, all bool) {
		for id, name := range want {
			if token, err := s.TwitterToken(ctx, id); (err == nil && token.AccessToken == name) != all {
				t.Errorf("%s: %s: %q, %v", step, id, token.AccessToken, err)
			}
		}
	}
	signIn(with(older), "1", "2", "3")
	opens("step 1", with(older, newer), true)
	opens("the old key goes too early", with(newer), false)
	if err := sealAgain(ctx, db, with(newer).Sealer); err == nil {
		t.Error("rows of a key that is not in the list are no error")
	}
	opens("nothing is lost", with(older, newer), true)
	signIn(with(newer, older), "4")
	for range 2 {
		if err := sealAgain(ctx, db, with(newer, older).Sealer); err != nil {
			t.Fatal(err)
		}
	}
	opens("step 4", with(newer), true)
	opens("the old key", with(older), false)
}
`

// runStoretest runs the test among the files, as a module outside this one, and
// returns its skipped subtests.
func runStoretest(t *testing.T, files map[string]string) (skipped []string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files["go.mod"] = strings.NewReplacer("module twitterlogin.example/example/stores", "module outside.example", "=> ../..", "=> "+root).Replace(read(t, "go.mod"))
	files["go.sum"] = read(t, "go.sum")
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "-vet=off", "-v", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=", "DATABASE="+services.Postgres(t))
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, m := range regexp.MustCompile(`--- SKIP: TestStore/(\S+)`).FindAllStringSubmatch(string(output), -1) {
		skipped = append(skipped, m[1])
	}
	slices.Sort(skipped)
	return skipped
}
