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
// It answers as X does, with X's content types and bodies, and it is as strict:
// method, signature (RFC 5849, by code of its own), timestamp, nonce, verifier
// and single use are checked. A person signs in on its consent page; a test
// lets [Server.SignInAs] or [Server.CancelLogins] do that, or calls
// [Server.Authorize].
//
// [Server.Fail] makes a step go wrong in one of the ways in which X does, and
// [Server.Requests] tells what was asked.
package twittertest
