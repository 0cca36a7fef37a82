// Package twittertest is a stand-in for X, for tests of apps that use package
// twitterauth and for trying a login without an account: what
// net/http/httptest is for servers.
//
//	x := twittertest.NewServer()
//	defer x.Close()
//	auth, err := twitterauth.New(users, twitterauth.Config{
//		ConsumerKey:    x.ConsumerKey,
//		ConsumerSecret: x.ConsumerSecret,
//		APIURL:         x.URL,
//		…
//	})
//
// For a login over OAuth 2.0, set ClientID and ClientSecret from x as well. An
// http.Client with a cookie jar is the browser: after
//
//	x.SignInAs(x.People()[0].ID)
//	resp, err := browser.PostForm(app.URL+"/auth/twitter/login", nil)
//
// it has gone to X and back and is signed in. docs/testing.md in the repository
// has whole tests.
//
// # How strict it is
//
// It answers as X does, with X's content types and bodies, and it is as strict
// or stricter. In OAuth 1.0a method, signature (RFC 5849, by code of its own),
// timestamp, nonce, verifier and single use are checked. In OAuth 2.0 (RFC 6749
// with PKCE, RFC 7636) these are:
//
//   - the app's credentials: HTTP Basic, encoded, with or without client_id in
//     the body, or client_id alone when x.ClientSecret is empty; nothing in the
//     query, nothing twice
//   - callback URL, state, scope, and S256 as the one method of PKCE
//   - codes: good once and for 30 seconds ([Server.ExpireCodes]); one that comes
//     again ends what was made from it
//   - access tokens: 2 hours; refresh tokens: good once, and a rotation ends the
//     earlier access token too
//
// # Playing the person
//
// A person signs in on its consent page, the same for both; a test lets
// [Server.SignInAs] or [Server.CancelLogins] do that, or calls
// [Server.Authorize]. [Server.TokenPair] and [Server.BearerToken] give tokens
// without a login. There are four people at the start; see [Person] for others,
// suspended ones and odd profiles.
//
// # Faults
//
// [Server.Fail] makes a step go wrong in one of the ways in which X does, and
// [Server.Requests] tells what was asked. The examples of the faults say what an
// app of package twitterauth makes of each: code and status.
//
// # What it is not
//
// It is for tests and for trying a login. It keeps everything in memory, lets
// anyone be anyone, and must not be reached from a network.
package twittertest
