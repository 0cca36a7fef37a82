// Package storetest tests an app's [twitterauth.UserStore], as testing/fstest
// tests a file system:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) twitterauth.UserStore[*User] {
//			return openEmptyDatabase(t)
//		}, storetest.Email(func(u *User) string { return u.Email }))
//	}
//
// It finds the optional interfaces of the store by type, as [twitterauth.New]
// does, and tests those that are there.
//
// A subtest that fails names what the store did, the likely cause and the remedy.
// A skipped subtest, which go test -v shows, either names the option that it lacks
// or has a recommendation: the store does what its interfaces ask for, and under
// load or while X is slow something of value is lost. [Strict] makes such a subtest
// fail.
//
// A test cannot see everything. It runs in one process, so a lock in the
// process's memory passes, although two machines would not share it. It cannot
// delete a user, and it cannot stop the database.
//
// docs/testing.md in the repository has a whole test, and docs/stores.md whole
// stores with pgx, sqlc, GORM, ent and Bun.
package storetest
