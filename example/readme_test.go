package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/session"
)

const repository = ".."

// firstPage is the document with which a newcomer begins.
const firstPage = "docs/getting-started.md"

// ofMoreRouters finds the dependencies of morerouters in a Go block.
var ofMoreRouters = regexp.MustCompile(`"github\.com/(gorilla/(mux|csrf|handlers)|julienschmidt|justinas|gofiber|labstack/echo/v4)[/"]`)

// markdown returns the documents, by their path in the repository.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "example/*.md"} {
		names, err := fs.Glob(os.DirFS(repository), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			docs[name] = readFile(t, name)
		}
	}
	return docs
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// outsideMod is the go.mod of a module that uses the library.
func outsideMod(t *testing.T) string {
	t.Helper()
	return strings.Replace(readFile(t, "go.mod"), "module twitterlogin.example", "module outside.example", 1) +
		"\nrequire twitterlogin.example v0.0.0\n\nreplace twitterlogin.example => " + absolute(t, repository) + "\n"
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestREADME compiles every Go block of the README and the other documents as
// a module outside this one, and runs the tests among them. Only blocks with a
// router or a driver have more dependencies than the library. Blocks with routers
// that the example does not use are compiled in morerouters, which has them.
func TestREADME(t *testing.T) {
	t.Parallel()
	outside := map[bool]map[string]string{
		false: {
			"go.mod": outsideMod(t),
			"go.sum": readFile(t, "go.sum"),
		},
		true: outsideFiles(t),
	}
	router := regexp.MustCompile(`"(github\.com/(go-chi|labstack|gin-gonic|jackc)|go\.opentelemetry\.io)/`)
	goBlock := regexp.MustCompile("(?s)```go\n(.*?)```")
	for name, text := range markdown(t) {
		if name == "docs/stores.md" {
			continue // example/stores compiles its blocks
		}
		blocks := goBlock.FindAllStringSubmatch(text, -1)
		if name == "README.md" && (len(blocks) != 1 || strings.Count(blocks[0][1], "\n") > 30) {
			t.Errorf("%s: not one program of at most 30 lines", name)
		}
		for i, block := range blocks {
			if ofMoreRouters.MatchString(block[1]) {
				continue
			}
			file := "main.go"
			if strings.Contains(block[1], "\nfunc Test") {
				file = "main_test.go"
			}
			folder := fmt.Sprintf("%s-block%d", strings.NewReplacer("/", "-", ".", "-").Replace(name), i+1)
			outside[router.MatchString(block[1])][folder+"/"+file] = block[1]
		}
	}
	for _, files := range outside {
		for _, command := range []string{"vet", "test"} {
			if output, err := runOutside(t, files, command, "-mod=mod", "./..."); err != nil {
				t.Errorf("go %s: %v\n%s", command, err, output)
			}
		}
	}
}

// The server of the first page, with its stand-in: a person signs in and out.
func TestFirstServer(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("(?s)```go\n(package main.*?)```").FindStringSubmatch(readFile(t, firstPage))
	if code == nil {
		t.Fatal("there is no server")
	}
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	dir := t.TempDir()
	for name, content := range map[string]string{
		"main.go": strings.ReplaceAll(code[1], "127.0.0.1:8080", address),
		"go.mod":  outsideMod(t),
		"go.sum":  readFile(t, "go.sum"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=mod", "-o", "server", ".")
	build.Dir, build.Env = dir, append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(dir, "server"), "-stand-in")
	server.Env = []string{"SESSION_KEY=" + session.NewKey().Encode()}
	p := startProcess(t, server)
	site := "http://" + address
	p.await(t, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, "GET", site, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})

	c := newBrowser(t)
	resp, err := c.Get(site)
	if _, body := text(t, resp, err); !strings.Contains(body, "Sign in with X") || !strings.Contains(body, ".twitterauth-button{") {
		t.Errorf("the first page: %s", body)
	}
	resp, err = c.PostForm(site+"/auth/twitter/login", url.Values{"return_to": {"/account"}})
	_, consent := text(t, resp, err)
	field := regexp.MustCompile(`name="oauth_token" value="([^"]+)"`).FindStringSubmatch(consent)
	if field == nil {
		t.Fatalf("no consent page: %s", consent)
	}
	resp, err = c.PostForm("http://"+resp.Request.URL.Host+"/oauth/decide", url.Values{"oauth_token": {field[1]}, "person": {"6253282"}})
	if _, body := text(t, resp, err); resp.Request.URL.Path != "/account" || !strings.Contains(body, "Hello @ada") || !strings.Contains(body, "Log out") {
		t.Errorf("at %s: %s", resp.Request.URL, body)
	}
	resp, err = c.PostForm(site+"/auth/twitter/logout", nil)
	if _, body := text(t, resp, err); !strings.Contains(body, "Sign in with X") {
		t.Errorf("after the logout: %s", body)
	}
}

// No table in the documents or of the example gives an ID again. A key that refers
// to another table makes no IDs.
func TestTablesNeverReuseAnID(t *testing.T) {
	t.Parallel()
	texts := markdown(t)
	for _, name := range []string{"example/schema_sqlite.sql", "example/schema_postgres.sql", "example/users.go", "twitterauth/example_test.go"} {
		texts[name] = readFile(t, name)
	}
	key := regexp.MustCompile(`(?i)INTEGER\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY(\s+(?:AUTOINCREMENT|REFERENCES))?`)
	found := 0
	for name, text := range texts {
		for _, m := range key.FindAllStringSubmatch(text, -1) {
			found++
			if m[1] == "" {
				t.Errorf("%s has a table that gives the ID of a deleted user again: %s", name, m[0])
			}
		}
	}
	if found < 2 {
		t.Errorf("%d tables", found)
	}
}

// The first page's users in SQL, on its table: they do what storetest asks for, and the
// user who comes after a deleted user has an ID of their own.
func TestFirstTable(t *testing.T) {
	t.Parallel()
	text := readFile(t, firstPage)
	table := regexp.MustCompile(`(?s)// (CREATE TABLE users \(.*?\n// \);)`).FindStringSubmatch(text)
	code := regexp.MustCompile("(?s)```go\n(package app[^`]*?database/sql.*?)```").FindStringSubmatch(text)
	if table == nil || code == nil {
		t.Fatal("there is no table or no code")
	}
	testStoreOf(t, code[1], table[1], firstTableTest)
}

const firstTableTest = `package app

import (
	"database/sql"
	_ "embed"
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	_ "modernc.org/sqlite"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

//go:embed table.sql
var table string

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*User] {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "users.db")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		if _, err := db.Exec(table); err != nil {
			t.Fatal(err)
		}
		return Users{DB: db}
	}, storetest.Email(func(u *User) string { return u.Email }))
}

func TestUsers(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "users.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(table); err != nil {
		t.Fatal(err)
	}
	users := Users{DB: db}
	login := func(twitterID string) (int, error) {
		id, err := users.UserForLogin(t.Context(), twitterauth.Login{TwitterID: twitterID, ScreenName: "handle"})
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(id)
	}
	deleted, err := login("2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DELETE FROM users WHERE id = $1", deleted); err != nil {
		t.Fatal(err)
	}
	if _, err := users.UserByID(t.Context(), strconv.Itoa(deleted)); !errors.Is(err, twitterauth.ErrUserNotFound) {
		t.Errorf("the deleted user: %v", err)
	}
	if next, err := login("3"); err != nil || next <= deleted {
		t.Errorf("the deleted user was %d, the next user is %d, %v", deleted, next, err)
	}
}
`

// The store of docs/outcomes.md on its tables: a guest links a new account, or becomes
// the user who has the account, with the cart; a user who is no guest stays.
func TestOutcomesStore(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("(?s)```go\n(package app[^`]*?cart_items.*?)```").FindStringSubmatch(readFile(t, "docs/outcomes.md"))
	if code == nil {
		t.Fatal("there is no store")
	}
	tables := regexp.MustCompile(`(?s)// (CREATE TABLE .*?\n// \);)`).FindAllStringSubmatch(code[1], -1)
	if len(tables) != 2 {
		t.Fatalf("%d tables", len(tables))
	}
	testStoreOf(t, code[1], tables[0][1]+tables[1][1], outcomesStoreTest)
}

const outcomesStoreTest = `package app

import (
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"twitterlogin.example/twitterauth"
)

//go:embed table.sql
var tables string

func TestLinkLogin(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "users.db")+"?_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(tables + "INSERT INTO users VALUES ('owner', '1'), ('other', '2'), ('guest', NULL), ('late', NULL);" +
		"INSERT INTO cart_items VALUES ('owner', 'tea', 1), ('guest', 'tea', 2), ('guest', 'mug', 1), ('late', 'mug', 5);"); err != nil {
		t.Fatal(err)
	}
	users := Users{DB: db}
	link := func(userID, twitterID string) error {
		return users.LinkLogin(t.Context(), userID, twitterauth.Login{TwitterID: twitterID})
	}
	if err := link("guest", "1"); err == nil || !strings.Contains(err.Error(), "SwitchTo") {
		t.Errorf("a guest: %v", err)
	}
	if err := link("late", "3"); err != nil {
		t.Errorf("a new account: %v", err)
	}
	if err := link("late", "3"); err != nil {
		t.Errorf("the same account: %v", err)
	}
	for _, twitterID := range []string{"1", "4"} {
		if err := link("other", twitterID); !errors.Is(err, twitterauth.ErrAlreadyLinked) {
			t.Errorf("who is no guest, %s: %v", twitterID, err)
		}
	}
	var carts, left string
	if err := db.QueryRow("SELECT group_concat(user_id || ' ' || item || ' ' || quantity, ', ') FROM (SELECT * FROM cart_items ORDER BY user_id, item)").Scan(&carts); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("SELECT group_concat(id || ' ' || twitter_id, ', ') FROM (SELECT * FROM users ORDER BY id)").Scan(&left); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(carts, "; ", left); got != "late mug 5, owner mug 1, owner tea 3; late 3, other 2, owner 1" {
		t.Error(got)
	}
}
`

// Links to files lead somewhere, and to a heading if they name one.
func TestLinksOfDocuments(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for name, text := range markdown(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := name
			if target != "" {
				file = filepath.Join(filepath.Dir(name), target)
			}
			content, err := os.ReadFile(filepath.Join(repository, file))
			if info, statErr := os.Stat(filepath.Join(repository, file)); statErr != nil || err != nil && !info.IsDir() {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
				continue
			}
			if heading != "" && !slices.Contains(anchors(string(content)), heading) {
				t.Errorf("%s: the link %s leads to no heading", name, m[1])
			}
		}
	}
}

// anchors are a document's headings as links name them.
func anchors(text string) (names []string) {
	dropped := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		names = append(names, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return names
}

// What SECURITY.md says is proved has a test of that name in that folder.
func TestSecurityNamesTests(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"SECURITY.md", "docs/asvs.md"} {
		namesTests(t, document)
	}
}

// namesTests makes sure that every test and every file that a document names is there.
func namesTests(t *testing.T, document string) {
	t.Helper()
	text := readFile(t, document)
	named := regexp.MustCompile("`([a-z/]+)`: ((?:`(?:Test|Fuzz)\\w+`(?:, )?)+)").FindAllStringSubmatch(text, -1)
	counted := 0
	for _, m := range named {
		for _, test := range regexp.MustCompile(`\w+`).FindAllString(m[2], -1) {
			counted++
			files, err := filepath.Glob(filepath.Join(repository, m[1], "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(files, func(file string) bool {
				code, _ := os.ReadFile(file)
				return bytes.Contains(code, []byte("\nfunc "+test+"("))
			}) {
				t.Errorf("%s: there is no %s in %s", document, test, m[1])
			}
		}
	}
	if all := len(regexp.MustCompile("`(?:Test|Fuzz)\\w+`").FindAllString(text, -1)); counted == 0 || counted != all {
		t.Errorf("%s: %d tests are named and %d of them with their folder", document, all, counted)
	}
	for _, m := range regexp.MustCompile("`([a-z/]+/[a-z0-9]+\\.go)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(repository, m[1])); err != nil {
			t.Errorf("%s: there is no file %s", document, m[1])
		}
	}
}

// The first page lists the fields that a login asks of API v2, which sends nothing unasked.
func TestProfileFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	fields := regexp.MustCompile(`const userFields = "([a-z_,]+)"`).FindStringSubmatch(readFile(t, "twitterauth/internal/xapi/profile.go"))
	list := regexp.MustCompile("(?s)Of v2, .*? another field is").FindString(readFile(t, firstPage))
	if fields == nil || list == "" {
		t.Fatalf("code %q, document %q", fields, list)
	}
	for _, field := range append(strings.Split(fields[1], ","), "id", "name", "username", "confirmed_email") {
		if !strings.Contains(list, "`"+field+"`") {
			t.Errorf("%s is asked for and not listed", field)
		}
	}
	if asked, listed := strings.Count(fields[1], ",")+5, strings.Count(list, "`")/2; asked != listed {
		t.Errorf("%d fields are asked for and %d listed", asked, listed)
	}
}

// docs/errors.md has a line for each code, with its status.
func TestErrorCodesAreDocumented(t *testing.T) {
	t.Parallel()
	codes := regexp.MustCompile(`(?m)^\tCode\w+ += "(\w+)" +// (\d+):`).FindAllStringSubmatch(readFile(t, "twitterauth/codes.go"), -1)
	if len(codes) < 20 {
		t.Fatalf("%d codes", len(codes))
	}
	text := readFile(t, "docs/errors.md")
	for _, m := range codes {
		if !strings.Contains(text, "\n| `"+m[1]+"` | "+m[2]+" |") {
			t.Errorf("no line for %s with %s", m[1], m[2])
		}
	}
}

// An invitation of docs/outcomes.md makes one account, also after that account was
// deleted.
func TestOutcomesInvitations(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("(?s)```go\n(package app[^`]*?useInvitation.*?)```").FindStringSubmatch(readFile(t, "docs/outcomes.md"))
	if code == nil {
		t.Fatal("there is no code")
	}
	table := regexp.MustCompile(`(?m)^//\s+(CREATE TABLE invitations .*;)`).FindStringSubmatch(code[1])
	if table == nil {
		t.Fatal("there is no table")
	}
	testStoreOf(t, code[1], "CREATE TABLE users (id INTEGER PRIMARY KEY);\n"+table[1], invitationsTest)
}

const invitationsTest = `package app

import (
	"database/sql"
	_ "embed"
	"errors"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
	"twitterlogin.example/twitterauth"
)

//go:embed table.sql
var tables string

func TestUseInvitation(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "users.db")+"?_pragma=foreign_keys(1)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(tables + "INSERT INTO users VALUES (1), (2); INSERT INTO invitations (code) VALUES ('a');"); err != nil {
		t.Fatal(err)
	}
	use := func(user int64, code string) error {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := useInvitation(t.Context(), tx, user, twitterauth.Login{Data: code}); err != nil {
			return err
		}
		return tx.Commit()
	}
	if err := use(1, "b"); !errors.Is(err, twitterauth.ErrLoginRefused) {
		t.Errorf("an unknown code: %v", err)
	}
	if err := use(1, "a"); err != nil {
		t.Errorf("a code: %v", err)
	}
	if err := use(2, "a"); !errors.Is(err, twitterauth.ErrLoginRefused) {
		t.Errorf("a used code: %v", err)
	}
	if _, err := db.Exec("DELETE FROM users WHERE id = 1"); err != nil {
		t.Errorf("the user cannot be deleted: %v", err)
	}
	if err := use(2, "a"); !errors.Is(err, twitterauth.ErrLoginRefused) {
		t.Errorf("the code of a deleted user: %v", err)
	}
}
`
