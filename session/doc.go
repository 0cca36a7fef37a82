// Package session remembers who is logged in, on this request and for as long
// as was asked.
//
// A [Manager] starts a session for a user of the app, finds it again on later
// requests and ends it. It keeps nothing but the user's ID, the times and the
// session's own ID: no profile, no token. Package twitterauth makes one from
// Config.Session; by itself it serves any login of the app's:
//
//	sessions, err := session.New(session.Config{Keys: []session.Key{key}})
//	…
//	_, err = sessions.Start(w, r, userID, stayLoggedIn) // at the login
//	s, err := sessions.Load(r)                          // s.UserID, or ErrNoSession
//	err = sessions.End(w, r)                            // at the logout
//
// Start and End send a cookie, so they come before the first Write.
//
// # Two promises
//
// Every session has its end inside what is stored, never only in the cookie's
// attributes. With stayLoggedIn false the browser gets a cookie without Max-Age
// and Expires, so it goes when the browser closes, and a copy of it is refused
// after [Config.Lifetime] all the same. With stayLoggedIn true it survives
// restarts of the browser until [Config.StayLifetime] is over.
//
// # Where sessions live
//
// By default the cookie is the session: a value of some 150 bytes, sealed with
// AES-256-GCM. Nothing is kept on the server and any machine that has the keys
// can read it. A copy of such a cookie made before a logout stays good until
// its expiry. Where that is too long, give [Config.Store] a gorilla store
// (Redis, PostgreSQL and others): the cookie then names a record on the server
// and a logout kills it at once.
//
//	store                per request                            logout kills copies
//	sealed cookie (nil)  one AES-GCM open, about a microsecond  no: they last until their expiry
//	Redis                one round trip, some 90 times that     yes
//	SQL                  one query, some 200 times that         yes
//
// (BenchmarkLoadSession of the example, with the servers on the same machine;
// gorilla's own CookieStore takes some 40 times as long as the sealed cookie.)
//
// Whatever the store, package twitterauth refuses sessions begun before the
// user's SessionsValidSince, if the app's user type has such a method.
//
// # What it guards
//
// The cookie is Secure, HttpOnly, SameSite=Lax and named __Host-…, which no
// sibling host can plant; [Config.AllowHTTP] is for development. Each Start has
// a fresh ID and drops what was there. One changed byte is no session, and a
// good cookie behind a bad one is found. Whoever has a key can make a session
// for anyone, so keep it as you keep a password.
//
// # Errors
//
// [Manager.Load] gives [ErrNoSession], perhaps wrapped around why, when nobody is
// logged in: no cookie, one that is over, one that cannot be read. Any other
// error means that the store could not be asked, so that nobody knows: answer
// 503 and keep the cookie.
//
// # Keys
//
// Make a key with [NewKey], once, keep what [Key.Encode] gives in the app's
// secrets and read it back with [ParseKey]. To replace a key, add the new one
// second on every machine, then move it first, then drop the old one once
// StayLifetime has passed: nobody is logged out. A leaked key is dropped at
// once, and everybody signs in again.
package session
