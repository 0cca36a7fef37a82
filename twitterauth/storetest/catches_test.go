package storetest_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/storetest"
)

// brokenVariable is set in the process that runs storetest on the stores that it
// must catch, whose subtests fail.
const brokenVariable = "STORETEST_BROKEN"

// reports are what storetest must say of a store.
type reports struct {
	open    func(*memory, *meeting) twitterauth.UserStore[*account]
	failing []string // its failing subtests
	chance  string   // a subtest that fails where its calls come in another order
	skipped []string // its skipped subtests
	says    string   // among their messages
	hangs   bool     // whether a call does not return
}

func same(s string) []string { return []string{s} }

var stores = map[string]reports{
	"look-up then insert": {
		open:    func(m *memory, others *meeting) twitterauth.UserStore[*account] { return lookUpThenInsert{m, others} },
		failing: same("UserStore/a hundred first logins of one person at once"),
		chance:  "Linker/a link during a first login",
		says:    "likely cause: look-up then insert",
	},
	"look-up then insert or link": {
		open: func(m *memory, others *meeting) twitterauth.UserStore[*account] {
			return lookUpThenBoth{lookUpThenInsert{m, others}, lookUpThenLink{m, others}}
		},
		failing: []string{"Linker/a link during a first login", "Linker/many guests and one account at once", "UserStore/a hundred first logins of one person at once"},
		says:    "a guest linked an X account during its first login",
	},
	"an insert at each login": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return insertsAlways{m} },
		failing: []string{
			"Linker/a guest", "Linker/a guest and the account of another user", "Linker/a link during a first login", "Linker/many guests and one account at once", "Linker/the account of another user", "Linker/the same account again",
			"TokenKeeper/a login that confirms keeps the token of another protocol",
			"UserStore/a handle that another account has now", "UserStore/a hundred first logins of one person at once", "UserStore/a login that confirms creates no user",
			"UserStore/a login that confirms finds its user", "UserStore/a login that is cut off half way", "UserStore/a login with another email", "UserStore/a login without an email keeps the email", "UserStore/a person who signs in again is the same user",
		},
		skipped: same("TokenKeeper/a login during a renewal"),
		says:    "each login inserts a user",
	},
	"keyed by handle": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return keyedBy{m, func(a *account) string { return a.Handle }, handleOf}
		},
		failing: []string{"UserStore/a handle that another account has now", "UserStore/a login that confirms creates no user", "UserStore/a login with long values and unusual characters"},
		says:    "taken over another account's handle",
	},
	"keyed by email": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return keyedBy{m, emailOf, emailIn} },
		failing: []string{"UserStore/a login that confirms creates no user", "UserStore/a login with long values and unusual characters", "UserStore/two accounts with one email"},
		says:    "an email address is no proof of identity",
	},
	"a unique handle": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return unique{m, func(a *account) string { return a.Handle }, handleOf}
		},
		failing: []string{"UserStore/a handle that another account has now", "UserStore/a login that confirms creates no user", "UserStore/a login with long values and unusual characters"},
		says:    "the handle's column is UNIQUE",
	},
	"a unique email": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return unique{m, emailOf, emailIn} },
		failing: []string{"UserStore/a login that confirms creates no user", "UserStore/a login with long values and unusual characters", "UserStore/two accounts with one email"},
		says:    "the email's column is UNIQUE",
	},
	"the email overwritten by null": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return nullOverEmail{m} },
		failing: same("UserStore/a login without an email keeps the email"),
		says:    "COALESCE(excluded.email, users.email)",
	},
	"a name that is required": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return nameRequired{m} },
		failing: []string{"Linker/a link during a first login", "TokenKeeper/renewals of two users at once", "UserStore/a first login with an ID and a handle alone", "UserStore/a login without an email keeps the email"},
		says:    "NOT NULL without a default",
	},
	"the ID as a float": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return floatID{m} },
		failing: same("UserStore/a login with long values and unusual characters"),
		says:    "integer of 64 bits",
	},
	"the ID of the last user": {
		open:    func(m *memory, others *meeting) twitterauth.UserStore[*account] { return lastInserted{m, others} },
		failing: same("UserStore/a hundred first logins of different people at once"),
		says:    "INSERT … RETURNING id",
	},
	"no user and no error": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return noUserNoError{m} },
		failing: []string{"UserStore/a hundred pages at once", "UserStore/an ID of another form", "UserStore/an unknown ID"},
		says:    "return nil, twitterauth.ErrUserNotFound",
	},
	"the database's error for no rows": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return databasesError{m} },
		failing: []string{"UserStore/a hundred pages at once", "UserStore/an unknown ID"},
		skipped: same("UserStore/an ID of another form"),
		says:    "errors.Is(err, sql.ErrNoRows)",
	},
	"IDs are numbers": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return numbersOnly{m} },
		skipped: same("UserStore/an ID of another form"),
		says:    "an ID that cannot be parsed",
	},
	"every error is not found": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return everyErrorIsNotFound{m} },
		failing: same("UserStore/a page whose context has ended"),
		says:    "an error that ends the session",
	},
	"a login that confirms creates": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return reauthCreates{m} },
		failing: []string{"TokenKeeper/a user without a token", "UserStore/a login that confirms creates no user"},
		says:    "does not look at Login.Reauth",
	},
	"a login that confirms creates and denies it": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return reauthCreatesAndDenies{m} },
		failing: same("UserStore/a login that confirms creates no user"),
		says:    "a second login that confirms",
	},
	"a login that confirms replaces the token": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return reauthReplacesToken{m} },
		failing: same("TokenKeeper/a login that confirms keeps the token of another protocol"),
		says:    "replace a token of the same protocol only",
	},
	"the context is ignored": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return ignoresContext{m} },
		failing: []string{"UserStore/a login whose context has ended", "UserStore/a page whose context has ended"},
		says:    "QueryRowContext in place of QueryRow",
	},
	"the context is ignored elsewhere": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return ignoresContextElsewhere{m} },
		skipped: []string{"Linker/a link whose context has ended", "SessionKeeper/sessions whose context has ended", "TokenKeeper/a renewal that waits and gives up", "TokenKeeper/tokens whose context has ended"},
		says:    "requests pile up whose clients have gone",
	},
	"hanging": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return hangs{m} },
		failing: []string{"SessionKeeper/sessions whose context has ended", "UserStore/a login that is cut off half way", "UserStore/a login whose context has ended"},
		says:    "without looking at its context",
		hangs:   true,
	},
	"the cause is lost": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return losesCause{m} },
		failing: same("UserStore/a login whose context has ended"),
		says:    "answered 500 in place of 503",
	},
	"an empty user ID": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return emptyID{m} },
		failing: same("UserStore/a login with long values and unusual characters"),
		says:    "UserForLogin returned an empty user ID",
	},
	"a panic": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return panics{m} },
		failing: []string{"Linker/a link during a first login", "TokenKeeper/renewals of two users at once", "UserStore/a first login with an ID and a handle alone", "UserStore/a login without an email keeps the email"},
		says:    "UserForLogin panicked: interface conversion",
	},
	"a link that steals": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return steals{m} },
		failing: []string{"Linker/a guest and the account of another user", "Linker/many guests and one account at once", "Linker/the account of another user", "TokenKeeper/a refused link stores no token"},
		chance:  "Linker/a link during a first login",
		says:    "gave a user the X account of another user",
	},
	"look-up then link": {
		open:    func(m *memory, others *meeting) twitterauth.UserStore[*account] { return lookUpThenLink{m, others} },
		failing: same("Linker/many guests and one account at once"),
		chance:  "Linker/a link during a first login",
		says:    "look-up then update",
	},
	"a switch of everybody": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return switchesAll{m} },
		failing: []string{"Linker/the account of another user", "TokenKeeper/a refused link stores no token"},
		says:    "who did not ask to leave their account",
	},
	"a switch to the guest": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return switchesWrongly{m} },
		failing: []string{"Linker/a guest and the account of another user", "Linker/many guests and one account at once"},
		chance:  "Linker/a link during a first login",
		says:    "SwitchTo has the guest's ID",
	},
	"a link again is refused": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return refusesAgain{m} },
		failing: []string{"Linker/a guest", "Linker/the same account again"},
		says:    "the same account again is no error",
	},
	"a link of no row": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return countsNoRows{m} },
		failing: same("Linker/an unknown user"),
		says:    "the number of rows that the UPDATE has changed",
	},
	"the constraint's error": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return constraintsError{m} },
		failing: []string{"Linker/a guest and the account of another user", "Linker/many guests and one account at once", "Linker/the account of another user", "TokenKeeper/a refused link stores no token"},
		chance:  "Linker/a link during a first login",
		says:    "return ErrAlreadyLinked for a unique violation",
	},
	"the session's row is ignored": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return ignoresRow{m} },
		failing: []string{"SessionKeeper/a session begins and ends", "SessionKeeper/a session has its own user", "SessionKeeper/other sessions stay"},
		says:    "it looks at the user and not at the session's row",
	},
	"the session's row of another user": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return looksTwice{m} },
		failing: same("SessionKeeper/a session has its own user"),
		says:    "two queries",
	},
	"a session of no user": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return leftJoin{m} },
		failing: same("SessionKeeper/a session of an unknown user"),
		says:    "LEFT JOIN",
	},
	"a logout deletes all sessions": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return deletesAll{m} },
		failing: same("SessionKeeper/other sessions stay"),
		says:    "after another session of the same user was deleted",
	},
	"one session a user": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return oneSession{m} },
		failing: same("SessionKeeper/other sessions stay"),
		says:    "after the same user's second login",
	},
	"a session deleted twice": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return deletesOnce{m} },
		failing: same("SessionKeeper/a session is deleted twice"),
		says:    "two tabs can log out at once",
	},
	"a logout deletes nothing": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return deletesNothing{m} },
		failing: []string{"SessionKeeper/a session begins and ends", "SessionKeeper/other sessions stay"},
		says:    "returned the user of a deleted session",
	},
	"a short column": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return shortColumn{m} },
		failing: same("SessionKeeper/long and odd user agents"),
		says:    "cut the user agent off",
	},
	"a column of UTF-8": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return utf8Column{m} },
		failing: same("SessionKeeper/long and odd user agents"),
		says:    "strings.ToValidUTF8",
	},
	"users mixed up": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return mixesUp{m} },
		failing: same("SessionKeeper/a session has its own user"),
		says:    "belongs to the user with the email",
	},
	"rows that are not closed": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return keepsConnections{m, new(atomic.Int32)}
		},
		failing: same("SessionKeeper/a hundred pages at once"),
		says:    "connections that are not given back",
	},
	"the idle end in another column": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return mixedColumns{m, map[string]time.Time{}}
		},
		failing: []string{"SessionKeeper/a session that was renewed", "SessionKeeper/sessions of each kind"},
		says:    "with an idle timeout",
	},
	"a lost update": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return lostUpdate{m} },
		failing: []string{"TokenKeeper/a renewal that waits and gives up", "TokenKeeper/renewals of one user at once"},
		says:    "SELECT … FOR UPDATE",
	},
	"a failed renewal is stored": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return storesFailure{m} },
		failing: same("TokenKeeper/a renewal that fails"),
		says:    "store nothing when renew returns an error",
	},
	"a failed renewal is lost": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return losesFailure{m} },
		failing: same("TokenKeeper/a renewal that fails"),
		says:    "RenewToken succeeded although renew had failed",
	},
	"a renewal is not stored": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return storesNothing{m} },
		failing: []string{
			"TokenKeeper/a renewal", "TokenKeeper/a renewal outlives its caller", "TokenKeeper/a renewal that fails", "TokenKeeper/a renewal that panics",
			"TokenKeeper/a renewal that waits and gives up", "TokenKeeper/renewals of one user at once", "TokenKeeper/renewals of two users at once",
		},
		says: "return after the commit",
	},
	"a lock that is kept": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return keepsLock{m} },
		failing: []string{"TokenKeeper/a renewal that fails", "TokenKeeper/a renewal that panics"},
		skipped: same("TokenKeeper/a login during a renewal"),
		says:    "a lock that is not given back",
		hangs:   true,
	},
	"a renewal of no token": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return renewsNothing{m} },
		failing: []string{"TokenKeeper/a link stores its token", "TokenKeeper/a user without a token"},
		says:    "called renew",
	},
	"an empty token": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return emptyToken{m} },
		failing: []string{"TokenKeeper/a link stores its token", "TokenKeeper/a user without a token"},
		says:    "a missing row is returned as an empty token",
	},
	"a part of the token": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return accessOnly{m} },
		failing: []string{
			"TokenKeeper/a link stores its token", "TokenKeeper/a login stores its token", "TokenKeeper/a login that confirms keeps the token of another protocol", "TokenKeeper/a refused link stores no token",
			"TokenKeeper/a renewal", "TokenKeeper/a renewal outlives its caller", "TokenKeeper/a renewal that fails", "TokenKeeper/a renewal that panics", "TokenKeeper/a renewal that waits and gives up",
			"TokenKeeper/a user without a token", "TokenKeeper/renewals of one user at once", "TokenKeeper/renewals of two users at once", "TokenKeeper/tokens whose context has ended",
		},
		skipped: same("TokenKeeper/a login during a renewal"),
		says:    "SealToken keeps all of it",
	},
	"the token of a refused link": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return tokenOfRefusedLink{m} },
		failing: same("TokenKeeper/a refused link stores no token"),
		says:    "before it knows whose the account is",
	},
	"a link without its token": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return linkWithoutToken{m} },
		failing: same("TokenKeeper/a link stores its token"),
		says:    "LinkLogin does not store Login.Token",
	},
	"one lock for everybody": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return oneLock{m, &sync.Mutex{}} },
		skipped: []string{"TokenKeeper/a renewal that waits and gives up", "TokenKeeper/renewals of two users at once"},
		says:    "a slow X stops the whole site",
	},
	"a login's token is lost": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return loginLost{m} },
		skipped: same("TokenKeeper/a login during a renewal"),
		says:    "is left with the old grant",
	},
	"a renewal ends with its caller": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return endsWithCaller{m} },
		skipped: same("TokenKeeper/a renewal outlives its caller"),
		says:    "context.WithoutCancel(ctx)",
	},
	"the ID cut off to 32 bits": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return cutID{m, lower32} },
		failing: same("UserStore/a login with long values and unusual characters"),
		says:    "cut off to 32 bits",
	},
	"the ID cut off to 18 digits": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return cutID{m, eighteenDigits} },
		failing: same("UserStore/a login with long values and unusual characters"),
		says:    "compared as a prefix (LIKE)",
	},
	"a user ID that begins with another": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return numberInFront{m} },
		failing: same("UserStore/an ID of another form"),
		says:    "would sign in as another user",
	},
	"a user ID as a pattern": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return pattern{m} },
		failing: same("UserStore/an ID of another form"),
		says:    "is a pattern (LIKE)",
	},
	"an empty email that is unique": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return uniqueEmpty{m} },
		failing: []string{"Linker/a link during a first login", "UserStore/a first login with an ID and a handle alone"},
		says:    "store NULL for a property that X did not send",
	},
	"a login that updates nothing": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return insertsOnly{m} },
		skipped: same("UserStore/a login with another email"),
		says:    "ON CONFLICT (twitter_id) DO UPDATE SET",
	},
	"an email written in parts": {
		open:    func(m *memory, others *meeting) twitterauth.UserStore[*account] { return writesInParts{m, others} },
		failing: same("UserStore/pages while the user signs in"),
		says:    "update the user in one statement",
	},
	"a nil pointer as an error": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return nilPointerAsError{m} },
		failing: []string{"Linker/a guest", "Linker/a link during a first login", "Linker/many guests and one account at once", "Linker/the same account again", "TokenKeeper/a link stores its token"},
		says:    "LinkLogin returned a nil *storetest_test.queryError as its error, which is not nil",
	},
	"an error that panics": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return errorThatPanics{m} },
		failing: []string{"UserStore/a hundred pages at once", "UserStore/an unknown ID"},
		skipped: same("UserStore/an ID of another form"),
		says:    "UserByID panicked: runtime error: invalid memory address",
	},
	"a link that changes no row": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return linksGuestsOnly{m} },
		failing: same("Linker/a free account, by a user who has another"),
		says:    "succeeds and changes nothing",
	},
	"a row with an idle end": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return idleRows{m, map[string]time.Time{}}
		},
		failing: same("SessionKeeper/a session that was renewed"),
		says:    "a renewal does not call SaveSession",
	},
	"a renewal without a context": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return leavesContextOut{m} },
		failing: []string{
			"TokenKeeper/a login during a renewal", "TokenKeeper/a renewal", "TokenKeeper/a renewal outlives its caller", "TokenKeeper/a renewal that fails", "TokenKeeper/a renewal that panics",
			"TokenKeeper/a renewal that waits and gives up", "TokenKeeper/renewals of one user at once", "TokenKeeper/renewals of two users at once",
		},
		says: "called renew with nil in place of a context",
	},
	"a lock that ends early": {
		open:    func(m *memory, others *meeting) twitterauth.UserStore[*account] { return unlocksEarly{m, others} },
		failing: same("TokenKeeper/renewals of one user at once"),
		says:    "hold a lock on the user's row from before renew is called until its token is stored",
	},
	"two tables without a transaction": {
		open: func(m *memory, _ *meeting) twitterauth.UserStore[*account] {
			return twoTables{m, map[string]bool{}}
		},
		failing: []string{"UserStore/a login that is cut off half way"},
		says:    "make the user in one transaction",
	},
	"a part of an interface": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return partOfAnInterface{usersOnly{m}} },
		failing: same("UserStore/New accepts the store"),
		skipped: []string{"Linker/the same account again", "SessionKeeper/a session begins and ends", "TokenKeeper/a login stores its token"},
		says:    "makes the compiler name the method",
	},
	"users only": {
		open:    func(m *memory, _ *meeting) twitterauth.UserStore[*account] { return usersOnly{m} },
		skipped: []string{"Linker/the same account again", "SessionKeeper/a session begins and ends", "TokenKeeper/a login stores its token"},
		says:    "the store does not implement twitterauth.TokenKeeper",
	},
}

// TestRunOfBroken is what another process runs.
func TestRunOfBroken(t *testing.T) {
	if os.Getenv(brokenVariable) == "" {
		t.Skip("TestCatches runs this in a process of its own")
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := func(t *testing.T) twitterauth.UserStore[*account] {
				return store.open(newMemory(), &meeting{expected: isRush(t.Name())})
			}
			patience := time.Minute
			if store.hangs {
				patience = time.Second
			}
			storetest.RunWithin(t, patience, open, storetest.Email(emailOf), storetest.Guest(newGuest))
		})
	}
	t.Run("without options", func(t *testing.T) {
		storetest.Run(t, func(*testing.T) twitterauth.UserStore[*account] { return newMemory() })
	})
}

// isRush reports whether a subtest makes calls that find or create users at once.
func isRush(subtest string) bool {
	return strings.Contains(subtest, "/a_hundred_first_logins") || strings.HasSuffix(subtest, "/a_link_during_a_first_login") || strings.Contains(subtest, "/many_guests") ||
		strings.HasSuffix(subtest, "/pages_while_the_user_signs_in") || strings.HasSuffix(subtest, "/renewals_of_one_user_at_once")
}

// TestCatches compares what storetest reports of each store.
func TestCatches(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestRunOfBroken$", "-test.v", "-test.parallel=64")
	cmd.Env = append(os.Environ(), brokenVariable+"=1")
	output, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatal("the stores passed")
	}
	want := map[string]reports{"without options": {
		skipped: []string{
			"Linker/a guest", "Linker/a guest and the account of another user", "Linker/a link during a first login", "Linker/many guests and one account at once", "SessionKeeper/a session has its own user",
			"TokenKeeper/a link stores its token", "UserStore/a login with another email", "UserStore/a login without an email keeps the email",
		},
		says: "this needs the option storetest.Guest, because Run cannot make a user without an X account otherwise",
	}}
	for name, store := range stores {
		want[name] = store
	}
	got := parse(output)
	for name, want := range want {
		t.Run(name, func(t *testing.T) {
			got := got[strings.ReplaceAll(name, " ", "_")]
			if want.chance != "" {
				got.failing = slices.DeleteFunc(got.failing, func(name string) bool { return name == withUnderscores(same(want.chance))[0] })
			}
			if !slices.Equal(got.failing, withUnderscores(want.failing)) {
				t.Errorf("failing:\n%s\nwant\n%s", strings.Join(got.failing, "\n"), strings.Join(want.failing, "\n"))
			}
			if !slices.Equal(got.skipped, withUnderscores(want.skipped)) {
				t.Errorf("skipped:\n%s\nwant\n%s", strings.Join(got.skipped, "\n"), strings.Join(want.skipped, "\n"))
			}
			if !strings.Contains(got.says, want.says) {
				t.Errorf("no message has %q:\n%s", want.says, got.says)
			}
		})
	}
	checkThatEachCatches(t, output)
}

// checkThatEachCatches makes sure that each subtest reports a store that is broken:
// by failing, or by the skip with which it recommends something.
func checkThatEachCatches(t *testing.T, output []byte) {
	t.Helper()
	catches := map[string]bool{}
	for name, store := range stores {
		reported := append(slices.Clone(store.failing), store.chance)
		if name != "users only" && name != "a part of an interface" { // which skip what they do not have
			reported = append(reported, store.skipped...)
		}
		for _, subtest := range withUnderscores(reported) {
			catches[subtest] = true
		}
	}
	subtests := regexp.MustCompile(`(?m)^=== RUN +TestRunOfBroken/[^/\n]+/(\w+/[^/\n]+)$`).FindAllSubmatch(output, -1)
	for _, m := range subtests {
		if name := string(m[1]); !catches[name] {
			catches[name] = true // once is enough
			t.Errorf("no broken store for %s", name)
		}
	}
	if len(subtests) < 40*len(stores)/2 {
		t.Errorf("%d subtests of %d stores", len(subtests), len(stores))
	}
}

func withUnderscores(names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, strings.ReplaceAll(name, " ", "_"))
	}
	return list
}

// parse reads what go test -v prints, by the stores' names.
func parse(output []byte) map[string]reports {
	byStore := map[string]reports{}
	var store string
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		line := strings.TrimLeft(lines.Text(), " ")
		event, rest, _ := strings.Cut(line, ": ")
		if header, ok := strings.CutPrefix(line, "=== "); ok {
			_, rest, _ = strings.Cut(header, " ")
			event = "==="
		}
		switch event {
		case "===", "--- FAIL", "--- SKIP", "--- PASS":
		default:
			r := byStore[store]
			r.says += line + "\n"
			byStore[store] = r
			continue
		}
		path := strings.Split(strings.Fields(rest)[0], "/")
		if len(path) < 2 {
			continue
		}
		store = path[1]
		if len(path) < 4 {
			continue
		}
		r, subtest := byStore[store], strings.Join(path[2:], "/")
		switch event {
		case "--- FAIL":
			r.failing = append(r.failing, subtest)
		case "--- SKIP":
			r.skipped = append(r.skipped, subtest)
		}
		slices.Sort(r.failing)
		slices.Sort(r.skipped)
		byStore[store] = r
	}
	return byStore
}
