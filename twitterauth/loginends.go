package twitterauth

import (
	"crypto/sha256"
	"sync"

	"twitterlogin.example/twitterauth/internal/attempt"
)

// loginEnds makes sure that each login has at most one event of its end, although two
// requests may bring the same pending login: a double click, a reload that comes
// before the cookie is changed, a code that an app sends twice. X accepts the first
// of them, and the end of the other is not an end of the login.
//
// It knows the requests of this process. Where the second request reaches another
// machine, the refusal there is reported too.
type loginEnds struct {
	mu      sync.Mutex
	running map[loginID]*endingLogin
	// Logins that have ended, in two generations: the newer becomes the older when
	// it is full.
	newer, older map[loginID]struct{}
}

// loginID names a pending login without giving its key away.
type loginID [sha256.Size]byte

// endingLogin is a login of which requests are in hand.
type endingLogin struct {
	requests int
	failure  *Event // of a request that left the end to the others
}

// endsRemembered is how many ended logins a generation has: a few minutes of a
// large site, in at most a megabyte. A request that brings a login again comes
// within seconds.
const endsRemembered = 8192

func newLoginEnds() *loginEnds {
	return &loginEnds{running: map[loginID]*endingLogin{}, newer: map[loginID]struct{}{}}
}

func loginIDOf(t attempt.Attempt) loginID { return sha256.Sum256([]byte(t.Key)) }

// enter begins a request that may end a login.
func (l *loginEnds) enter(id loginID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[id] == nil {
		l.running[id] = &endingLogin{}
	}
	l.running[id].requests++
}

// leave ends a request. It returns the failure that is to be reported because no
// other request is left that could end the login.
func (l *loginEnds) leave(id loginID) *Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	login := l.running[id]
	if login.requests--; login.requests > 0 {
		return nil
	}
	delete(l.running, id)
	if login.failure == nil || !l.claim(id) {
		return nil
	}
	return login.failure
}

// succeed reports whether this success is the login's first end.
func (l *loginEnds) succeed(id loginID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.claim(id)
}

// fail reports whether this failure is the login's end. While another request of
// the login is in hand, it is left to that.
func (l *loginEnds) fail(id loginID, e Event) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if login := l.running[id]; login.requests > 1 {
		login.failure = &e
		return false
	}
	return l.claim(id)
}

// claim remembers an end, unless the login has one.
func (l *loginEnds) claim(id loginID) bool {
	_, isNew := l.newer[id]
	_, isOld := l.older[id]
	if isNew || isOld {
		return false
	}
	if len(l.newer) >= endsRemembered {
		l.newer, l.older = make(map[loginID]struct{}, endsRemembered), l.newer
	}
	l.newer[id] = struct{}{}
	return true
}
