package storetest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

// raceEnabled is set where the race detector runs.
var raceEnabled bool

// revocable is a user whose older sessions have ended.
type revocable struct {
	account
	since time.Time
}

func (r revocable) SessionsValidSince() time.Time { return r.since }

// revokes is a store of such users, whose time is that far ahead of this machine's
// clock.
type revokes struct {
	*memory
	ahead time.Duration
}

func (s revokes) UserByID(ctx context.Context, userID string) (*revocable, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if err != nil {
		return nil, err
	}
	return &revocable{*u, time.Now().Add(s.ahead)}, nil
}

func (s revokes) UserBySession(ctx context.Context, current session.Session) (*revocable, error) {
	u, err := s.memory.UserBySession(ctx, current)
	if err != nil {
		return nil, err
	}
	return s.UserByID(ctx, u.ID)
}

// runs are calls of Run that fail. Each runs in a process of its own.
var runs = map[string]struct {
	run     func(*testing.T)
	says    string
	subtest string // which fails
	race    bool   // only the race detector finds it
}{
	"a setup that fails": {
		run: func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*account] {
				t.Fatal("the database cannot be reached")
				return nil
			})
		},
		says: "the database cannot be reached", subtest: "UserStore/an_unknown_ID",
	},
	"no store": {
		run: func(t *testing.T) {
			storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return nil })
		},
		says: "open returned no store", subtest: "UserStore/an_unknown_ID",
	},
	"a nil pointer as the store": {
		run: func(t *testing.T) {
			storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return (*memory)(nil) })
		},
		says: "open returned no store", subtest: "UserStore/an_unknown_ID",
	},
	"users whose sessions begin in the future": {
		run: func(t *testing.T) {
			storetest.Run(t, func(*testing.T) twitterauth.UserStore[*revocable] { return revokes{newMemory(), time.Hour} })
		},
		says: "the time is written in one zone and read in another", subtest: "SessionKeeper/a_session_begins_and_ends",
	},
	"a user who is shared with logins": {
		run: func(t *testing.T) {
			storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return shares{newMemory()} }, storetest.Email(emailOf))
		},
		says: "race detected", subtest: "UserStore/pages_while_the_user_signs_in", race: true,
	},
}

// TestRunThatFails is what another process runs.
func TestRunThatFails(t *testing.T) {
	run, ok := runs[os.Getenv(brokenVariable)]
	if !ok {
		t.Skip("TestRunsThatFail runs this in processes of its own")
	}
	run.run(t)
}

func TestRunsThatFail(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range runs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if want.race && !raceEnabled {
				t.Skip("this needs -race")
			}
			cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestRunThatFails$", "-test.v")
			cmd.Env = append(os.Environ(), brokenVariable+"="+name)
			output, err := cmd.CombinedOutput()
			said := string(output)
			if err == nil || !strings.Contains(said, want.says) || !strings.Contains(said, "--- FAIL: TestRunThatFails/"+want.subtest+" (") || strings.Contains(said, "panic:") {
				t.Errorf("%v: no %q, or %s has not failed, or a panic:\n%s", err, want.says, want.subtest, said)
			}
		})
	}
}

// Users whose sessions have ended up to now can sign in.
func TestRunOfRevocableUsers(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) twitterauth.UserStore[*revocable] { return revokes{newMemory(), 0} }, storetest.Email(func(u *revocable) string { return u.Email }))
}

// The subtests of an app may be parallel.
func TestRunInParallel(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*account] {
		t.Parallel()
		return usersOnly{newMemory()}
	}, storetest.Email(emailOf), storetest.Strict[*account]())
}

// letters is a store whose user IDs have a small alphabet, and which returns the
// parser's error for any other ID. That costs a recommendation and no more.
type letters struct{ usersOnly }

const alphabet = "ahbcdefgkmnpqrstuvwxyz" // without i, j, l and o

func (s letters) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	id, err := s.usersOnly.UserForLogin(ctx, login)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(id)
	word := []byte("aaaaaaaa")
	for i := len(word) - 1; n > 0; i-- {
		word[i] = alphabet[n%len(alphabet)]
		n /= len(alphabet)
	}
	return string(word), err
}

func (s letters) UserByID(ctx context.Context, userID string) (*account, error) {
	n := 0
	for _, letter := range userID {
		digit := strings.IndexRune(alphabet, letter)
		if digit < 0 {
			return nil, errors.New("not an ID")
		}
		n = n*len(alphabet) + digit
	}
	return s.usersOnly.UserByID(ctx, strconv.Itoa(n))
}

func TestRunOfUnusualIDs(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return letters{usersOnly{newMemory()}} }, storetest.Email(emailOf))
}
