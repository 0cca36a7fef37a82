// Package twitterauth is "Log in with Twitter/X" as net/http middleware: a
// person clicks, approves at X and comes back signed in as a user of the app.
//
// # The smallest use
//
// The app brings a [UserStore], which finds or creates its user for a verified
// login, and a [Config]:
//
//	auth, err := twitterauth.New(users, twitterauth.Config{
//		ConsumerKey:    os.Getenv("TWITTER_CONSUMER_KEY"),
//		ConsumerSecret: os.Getenv("TWITTER_CONSUMER_SECRET"),
//		CallbackURL:    "https://app.example.com/auth/twitter/callback",
//		Session:        session.Config{Keys: []session.Key{key}},
//	})
//	if err != nil {
//		log.Fatal(err) // every wrong setting, each with what to do
//	}
//	auth.Mount(mux)
//	mux.Handle("GET /account", auth.RequireUser(account))
//
// In a handler [Auth.User] returns the user, of the app's own type.
// [Auth.RequireUser] passes the requests of users only, [Auth.LoadUser] those of
// everyone; [Auth.Require] is for frameworks with middleware of their own kind. The
// guards pass the login's own routes, so auth.RequireUser(mux) around everything
// works. [Auth.SignInButton] is the form that starts a login, [Auth.SignOutButton]
// the form that ends the session.
//
// # How a login goes
//
//  1. POST login asks X for a request token, seals it in a cookie of this
//     browser as a pending login, and sends the person to X.
//  2. X sends the person to CallbackURL. Only the browser that has the cookie can
//     finish the login, once and within half an hour. The cookie stays for an
//     hour, so that the page for a late or failed login can start it again with
//     the same redirect target.
//  3. The request token is exchanged for an access token, the profile is
//     fetched if the mapping needs it, and mapped.
//  4. The store returns the user's ID, a session starts, and the browser goes to
//     the redirect target.
//
// With a ClientID the same goes over OAuth 2.0: a state takes the place of the
// request token, and a code verifier the place of its secret. Routes, store and
// users are the same. The server keeps nothing between the two requests, so they
// may reach different machines.
//
// Native apps open GET authorize in the system browser and exchange the code that
// comes back at POST token ([Config.AppCallbacks], RFC 8252). Apps that have a token
// pair from X already post it to that route instead ([Config.TokenLogin]).
//
// After a logout a visit to GET login shows a button, or [Config.LoginPage], because
// X would otherwise sign the person in again at once.
//
// # Sessions
//
// By default a sealed cookie is the session, and a copy of it outlives a
// logout. A store that is also a [SessionKeeper] keeps a row for each session:
// a logout then ends copies and bearer tokens on every machine, and the app can
// list a user's devices. IdleTimeout and StayIdleTimeout of [session.Config]
// end sessions that are not used; page visits and POST session renew them.
// [Auth.RequireRecent] asks for a login of the last minutes, [Auth.StillValid]
// is for connections that outlive their request.
//
// # What a login leads to
//
// [Config.LandingPage] decides where a finished login leads. A store turns a
// person away with a reason by [Refuse]. A store that is also a [Linker]
// attaches an X account to a user who is signed in, such as a guest, and signs
// the guest in as the account's owner by [SwitchTo].
//
// # Calling X for a user
//
// A store that is also a [TokenKeeper] keeps its users' tokens, sealed by
// [SealToken]. [Auth.Client] is an HTTP client for X's API with a user's token,
// which it renews once for all goroutines and machines. [Auth.RevokeToken] ends a
// token at X.
//
// # What it guards
//
//   - The callback is bound to the browser that began the login, so that a link
//     cannot sign a person in to another person's account.
//   - Posts from other origins are refused, and a visit to GET login from
//     another site shows a button instead of going to X.
//   - Where a login ends is a path of this site, or on a trusted origin.
//   - Callback URL, cookies and redirects follow from CallbackURL; no header of
//     a request changes them. Over https cookies are __Host-, Secure, HttpOnly
//     and SameSite=Lax. There is no setting that skips a check.
//   - Only IDs are in the session's cookie; tokens are handed to the store, print
//     as [redacted], and are sent to X's API only.
//   - A method of an optional interface that does not fit is refused by New, so
//     that it does not show only in production that it is never called.
//   - Sessions and pending logins are bound to the site, which is the origin of
//     CallbackURL and its folder. Sites that share keys accept nothing of each
//     other.
//   - Each call to X, each body, the waiting for a session store and the whole
//     login have bounds.
//
// The user is known by [Login.TwitterID] alone. Handles change hands, and an
// email proves nothing.
//
// # Errors
//
// Every failure is an [Error]: a code and a message for the public, a cause for
// the log. Where the operator can repair the cause, the log line has a remedy.
// Responses are a page or flat JSON by the request's Accept header;
// [Config.ErrorHandler] replaces both. [Config.Texts] has the words in the
// visitor's language, [Config.Page] the layout. [Config.Logger] gets a line,
// and [Config.Observe] an [Event], for each login, logout and failure.
// [Auth.Check] asks X at start whether keys, callback URL and clock are right.
// A store that cannot reach its database wraps [ErrStoreUnavailable].
//
// # In this package
//
// [New] validates the [Config] and wires the handlers. [Auth] is a thin shell
// with the app's user type around a server without it. Four internal packages
// have the rest: site (addresses, origins, redirect targets), attempt (pending
// logins and their cookies), appcode (codes of native apps) and oauth (both
// protocols, over the calls to X of package xapi).
//
// # Reading on
//
// Package [twitterlogin.example/session] has who is logged in and for how long,
// [twitterlogin.example/mapping] which Twitter fields become which properties,
// and [twitterlogin.example/twitterauth/texts] translations. For tests there
// are [twitterlogin.example/twitterauth/twittertest], a stand-in for X,
// [twitterlogin.example/twitterauth/storetest], which tests the app's store,
// and [Auth.WithUser], which logs a user in for tests of the app's handlers.
//
// In the repository, README.md lists the documents by reader.
// docs/getting-started.md begins with a server and its table of users,
// docs/production.md has a checklist before going live, and
// docs/troubleshooting.md goes by symptom. SECURITY.md has the attacks, the
// defences and their tests, and the folder example a whole site on four
// routers.
package twitterauth
