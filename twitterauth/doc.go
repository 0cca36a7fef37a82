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
// [Auth.RequireUser] lets only users through, [Auth.LoadUser] everyone;
// [Auth.Require] is for frameworks with middleware of their own kind.
// [Auth.SignInButton] is the form that starts a login.
//
// # How a login goes
//
//  1. POST login asks X for a request token, seals it in a cookie of this
//     browser and sends the person to X.
//  2. X sends the person to CallbackURL. Only the browser that has the cookie can
//     finish the login, within ten minutes and once.
//  3. The request token is exchanged for an access token, the profile is
//     fetched if the mapping needs it, and mapped.
//  4. The store is asked for the user, a session starts, and the browser goes
//     where it wanted to.
//
// With a ClientID the same goes over OAuth 2.0: a state takes the request
// token's place, a code verifier its secret's. Routes, store and users are the
// same. Nothing is kept on the server between the two requests, so they may
// reach different machines. Native apps that hold a token pair from X already
// post it to the token route instead (Config.TokenLogin).
//
// # What it guards
//
//   - The callback is bound to the browser that began: nobody can be signed in
//     to another person's account by a link.
//   - Posts from other origins are refused, and a visit to GET login from
//     another site shows a button instead of signing in.
//   - Where a login ends is a path of this site, or on a trusted origin.
//   - Callback URL, cookies and redirects follow from CallbackURL; no header of
//     a request changes them. Over https cookies are __Host-, Secure, HttpOnly
//     and SameSite=Lax. There is no setting that skips a check.
//   - Only IDs are in the session's cookie; tokens are handed to the store and
//     print as [redacted].
//   - Each call to X, each body and the whole login have bounds.
//
// The user is known by Login.TwitterID alone. Handles change hands, and an
// email proves nothing.
//
// # Errors
//
// Every failure is an [Error]: a code and a message for the public, a cause for
// the log. The log line of a fault that the operator must mend says how, under
// "remedy". Answers are a page or flat JSON by the request's Accept header;
// Config.ErrorHandler replaces both. [Auth.Check] asks X at start whether keys,
// callback URL and clock are right.
//
// # Reading on
//
// Package [twitterlogin.example/session] has who is logged in and for how long,
// [twitterlogin.example/mapping] which Twitter fields become which properties,
// and [twitterlogin.example/twitterauth/twittertest] a stand-in for X for
// tests; [Auth.WithUser] logs a user in for tests of the app's handlers. In the
// repository are docs/errors.md, troubleshooting.md, production.md, testing.md,
// clients.md, routers.md and oauth2.md, SECURITY.md, and example, a whole site on
// four routers.
package twitterauth
