// Package session remembers who is logged in, on this request and for as long
// as was asked.
//
// A [Manager] starts a session for a user of the app, finds it again on later
// requests, renews it by use and ends it. It keeps only the user's ID, the
// times, the session's own ID and, in a server-side store, the site: no
// profile, no token. Package [twitterlogin.example/twitterauth] makes a Manager
// from its Config.Session; the package by itself serves any login that the app
// has:
//
//	sessions, err := session.New(session.Config{Keys: []session.Key{key}})
//	…
//	_, err = sessions.Start(w, r, userID, stayLoggedIn) // at the login
//	s, err := sessions.Load(r)                          // s.UserID, or ErrNoSession
//	s, err = sessions.Touch(w, r, s)                    // moves the idle end, if it has one
//	err = sessions.End(w, r)                            // at the logout
//
// Start, Touch and End send a cookie, so call them before the first Write.
//
// # Two promises
//
// Every session has its end inside what is stored, never only in the cookie's
// attributes. With stayLoggedIn false the browser gets a cookie without Max-Age
// and Expires, so it goes when the browser closes, and a copy of it is refused
// after [Config.Lifetime] all the same. With stayLoggedIn true the session
// survives restarts of the browser until [Config.StayLifetime] has passed.
//
// # Sessions that end when they are unused
//
// With [Config.IdleTimeout], and [Config.StayIdleTimeout] for stayLoggedIn, a
// session ends too when it was unused for that long: at [Session.IdleUntil]. Each
// [Manager.Touch] moves that end and sends the cookie anew; Lifetime and
// StayLifetime still end the session, however much it is used. Touch is not meant
// for every request. Renew a session when LastSeen is older than a twentieth of
// the timeout, as package twitterauth does at page visits; a session may then end
// up to a twentieth of the timeout early:
//
//	if !s.IdleUntil.IsZero() && time.Since(s.LastSeen) > s.IdleUntil.Sub(s.LastSeen)/20 {
//		renewed, err := sessions.Touch(w, r, s)
//		…
//	}
//
// A renewal keeps the session's ID and its name in a server-side store, so a
// request that was sent at the same moment with the older cookie stays signed in.
// A sealed cookie, and a bearer token ([Manager.TouchWithToken]), stay valid until
// the idle end that is inside them.
//
// Sessions with an idle timeout are stored in a layout of their own. Versions of
// this package without idle timeouts cannot read the new layout: they find no
// session, while the browser keeps the cookie. So deploy this version everywhere
// first, then set the timeout. Sessions without an idle timeout are stored as
// before, byte for byte, and this version reads both layouts in every
// configuration:
//
//	layout  read with an idle timeout                   read without an idle timeout
//	old     counts as seen now until its first renewal  no idle end
//	new     ends at its stored idle end                 ends at its stored idle end
//
// Setting a timeout therefore ends no session. After a timeout is unset, the
// sessions that have an idle end keep that end.
//
// # Where sessions live
//
// By default the cookie is the session: a value of some 150 bytes, sealed with
// AES-256-GCM. The server keeps nothing and any machine that has the keys can
// read it. A copy of such a cookie made before a logout stays good until its
// expiry. Where that is too long, keep a row for each session (SessionKeeper of
// package twitterauth), or give [Config.Store] a store of
// [github.com/gorilla/sessions] (Redis, PostgreSQL and others): the cookie then
// names a record on the server and a logout kills it at once.
//
//	store                per request                            logout kills copies
//	sealed cookie (nil)  one AES-GCM open, about a microsecond  no: they last until their expiry
//	Redis                one round trip, some 90 times that     yes
//	SQL                  one query, some 200 times that         yes
//
// (BenchmarkLoadSession of the example, with the servers on the same machine;
// gorilla's own CookieStore takes some 40 times as long as the sealed cookie.)
//
// A store on a server can hang. Start, Load, Touch and End each wait for it for 5
// seconds at most, all their calls together, whether the store honours the
// request's context or not. Calls that did not return in time run on, at most 64
// of them before further calls fail at once; a panic in a store's call reaches
// Start, Load, Touch or End as if it had been called directly.
//
// Whatever the store, package twitterauth refuses sessions that began before the
// user's SessionsValidSince, if the app's user type has such a method. "Log out
// everywhere" sets that time to now; a session from a machine whose clock runs
// ahead (at most a minute) can survive it.
//
// # What it guards
//
// The cookie is Secure, HttpOnly, SameSite=Lax and named __Host-…, which no
// sibling host can plant; [Config.AllowHTTP] is for development. Cookies are read
// by RFC 6265's grammar, in which only blank and tab are white space, so no other
// name counts as this name. Each Start has a fresh ID and drops the earlier
// session. A value with one changed byte is no session, and a good cookie behind
// a bad cookie is found: four cookies of the name are looked at, however many a
// request has. Where two of them name different users, one was planted, so there
// is no session.
//
// Sessions belong to a site, [Config.Audience]: sites that share keys or a store
// accept no session of each other, as a cookie or as a bearer token. A session
// that begins more than a minute in the future is invalid until the clock has
// caught up, so that it cannot outlast "log out everywhere" by more.
//
// A person who has a key can make a session for any user, so keep keys as you
// keep a password.
//
// # Errors
//
// [Manager.Load] returns [ErrNoSession], perhaps wrapped by a cause, when the
// request has no valid session. Three causes are worth counting: [ErrExpired],
// [ErrNotYetValid] (look at the clocks) and [ErrUnknownKey] (look at the keys of
// all machines, and their order). Any other error means that the store could not
// be asked, so that the session may be valid or not: respond with 503 and keep the
// cookie. It wraps [context.DeadlineExceeded] when the store did not answer in
// time.
//
// # Keys
//
// Make a key with [NewKey], once, keep what [Key.Encode] returns in the app's
// secrets and read it back with [ParseKey]. To replace a key, add the new key
// second on every machine, then move it first, then drop the old key once
// StayLifetime has passed: everybody stays logged in. Drop a leaked key at once;
// everybody signs in again.
package session
