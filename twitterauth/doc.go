// Package twitterauth is "Log in with Twitter/X" as net/http middleware: a
// person clicks, approves at X and comes back signed in as a user of the app.
//
// The app brings a [UserStore], which finds or creates its user for a verified
// login, and a [Config]. [New] refuses wrong settings, all at once. [Auth.Mount]
// adds the routes; [Auth.RequireUser] and [Auth.LoadUser] tell handlers who is
// logged in, by [Auth.User].
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
// Nothing is kept on the server between the two requests, so they may reach
// different machines. Native apps that hold a token pair from X already post it
// to the token route instead (Config.TokenLogin).
//
// # Errors
//
// Every failure is an [Error]: a code and a message for the public, a cause for
// the log. The log line of a fault that the operator must mend says how, under
// "remedy". Answers are a page or flat JSON by the request's Accept header;
// Config.ErrorHandler replaces both.
//
// # Tests without X
//
// Package twittertest is a stand-in for X, and [Auth.WithUser] logs a user in
// for tests of the app's handlers.
package twitterauth
