package storetest

import (
	"sync/atomic"
	"testing"
)

// group is what is tested of one interface.
type group struct {
	name   string
	exists func(calls) bool
	checks []check
}

type check struct {
	name string
	run  func(*subject)
}

var groups = []group{
	{"UserStore", func(calls) bool { return true }, []check{
		{"New accepts the store", testAccepted},
		{"a person who signs in again is the same user", testLogin},
		{"a first login with an ID and a handle alone", testSparseLogin},
		{"a login with long values and unusual characters", testLongLogin},
		{"a hundred first logins of one person at once", testFirstLoginsOfOnePerson},
		{"a hundred first logins of different people at once", testFirstLoginsOfManyPeople},
		{"a handle that another account has now", testMovedHandle},
		{"two accounts with one email", testSameEmail},
		{"a login without an email keeps the email", testAbsentFields},
		{"a login with another email", testAnotherEmail},
		{"an unknown ID", testUnknownUser},
		{"an ID of another form", testForeignID},
		{"a hundred pages at once", testManyPages},
		{"pages while the user signs in", testPagesDuringLogins},
		{"a login that confirms creates no user", testReauthCreatesNoUser},
		{"a login that confirms finds its user", testReauth},
		{"a login whose context has ended", testCancelledLogin},
		{"a login that is cut off half way", testLoginCutOff},
		{"a page whose context has ended", testCancelledPage},
	}},
	{"Linker", func(c calls) bool { return c.linkLogin != nil }, []check{
		{"the same account again", testLinkAgain},
		{"the account of another user", testLinkOfAnothersAccount},
		{"a free account, by a user who has another", testLinkOfFreeAccount},
		{"an unknown user", testLinkToUnknownUser},
		{"a guest", testGuestLinks},
		{"a guest and the account of another user", testGuestLinksAnothersAccount},
		{"many guests and one account at once", testManyGuestsLinkOneAccount},
		{"a link during a first login", testLinkDuringFirstLogin},
		{"a link whose context has ended", testCancelledLink},
	}},
	{"SessionKeeper", func(c calls) bool { return c.userBySession != nil }, []check{
		{"a session begins and ends", testSession},
		{"a session is deleted twice", testSessionDeletedTwice},
		{"other sessions stay", testOtherSessionsStay},
		{"a session has its own user", testSessionsUser},
		{"sessions of each kind", testSessionsOfEachKind},
		{"a session that was renewed", testRenewedSession},
		{"long and odd user agents", testAgents},
		{"a session of an unknown user", testSessionOfUnknownUser},
		{"a hundred pages at once", testManySessionPages},
		{"sessions whose context has ended", testCancelledSession},
	}},
	{"TokenKeeper", func(c calls) bool { return c.renewToken != nil }, []check{
		{"a login stores its token", testLoginStoresToken},
		{"a link stores its token", testLinkStoresToken},
		{"a refused link stores no token", testRefusedLinkStoresNoToken},
		{"a login that confirms keeps the token of another protocol", testReauthKeepsToken},
		{"a user without a token", testNoToken},
		{"a renewal", testRenewal},
		{"a renewal that fails", testRenewalFails},
		{"a renewal that panics", testRenewalPanics},
		{"renewals of one user at once", testRenewalsOfOneUser},
		{"renewals of two users at once", testRenewalsOfTwoUsers},
		{"a renewal that waits and gives up", testWaitingRenewal},
		{"a login during a renewal", testLoginDuringRenewal},
		{"a renewal outlives its caller", testRenewalOutlivesCaller},
		{"tokens whose context has ended", testCancelledToken},
	}},
}

// runGroups runs the checks of each interface that the store has. Each check opens
// a store of its own.
func runGroups(t *testing.T, open func(*testing.T) *subject) {
	t.Helper()
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			var missing atomic.Bool // open may call t.Parallel
			for _, c := range g.checks {
				if missing.Load() {
					break
				}
				t.Run(c.name, func(t *testing.T) {
					s := open(t)
					if !g.exists(s.calls) {
						missing.Store(true)
						t.Skipf("the store does not implement twitterauth.%s", g.name)
					}
					c.run(s)
				})
			}
		})
	}
}
