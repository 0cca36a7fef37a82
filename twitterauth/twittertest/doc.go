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
// # What it checks
//
// Statuses, codes and content types are those of X's documentation and of reports
// about X. In OAuth 1.0a method, signature (RFC 5849, by code of its own),
// timestamp, nonce, verifier and single use are checked. In OAuth 2.0 (RFC 6749 with
// PKCE, RFC 7636) these are:
//
//   - the app's credentials: HTTP Basic as they are, with or without client_id
//     among the parameters, or client_id alone when x.ClientSecret is empty
//   - callback URL, state, scope and challenge
//   - codes: good once and for 30 seconds ([Server.ExpireCodes]); a code that
//     comes again ends what was made from it
//   - access tokens: two hours ([Server.ExpireBearerTokens],
//     [Server.SetBearerLifetime])
//   - refresh tokens: good once ([Server.SetReuseStrict]), and a rotation ends the
//     earlier access token too
//   - scopes, on each call of an app that has a person's token
//
// What X accepts is accepted, so that clients of any make work unchanged. After
// [Server.SetStrict] these are refused:
//
//   - GET at request_token and access_token
//   - parameters of OAuth 1.0a in the body or the query (the verifier may be in
//     the body), or twice with the same value
//   - oauth_version 1.0A
//   - a signature at access_token that was made without the token's secret
//   - oauth_callback=oob, and callbacks with other schemes than http and https
//   - code_challenge_method s256 and plain
//   - a code_verifier that is not 43 to 128 unreserved characters
//   - JSON or a query at /2/oauth2/token and /2/oauth2/revoke
//   - client_secret among the parameters together with HTTP Basic
//
// A signature that does not match is explained: [Request.Diagnosis], and the
// log of [Server.SetLogger], have the base string that the client should have
// signed, and which usual mistake was made, if there is such a mistake.
//
// # What differs from X
//
// Stricter than X, as far as is known:
//
//   - A consumer secret here has characters that must be encoded; the secrets in
//     X's documentation have none.
//   - A nonce that was used with its timestamp and token is refused.
//   - A rotation of OAuth 2.0 ends the earlier access token, and a code that comes
//     again ends the tokens made from it.
//   - A scope that X does not have is refused; the list is of 2026.
//   - Access tokens of OAuth 2.0 and codes are forgotten, the oldest first, beyond
//     50,000 of a kind.
//
// More lenient than X:
//
//   - Any callback URL is accepted until [Server.RegisterCallbacks].
//   - The access level and a read-only app's permission are not checked; see
//     [AccessLevel] for the answer.
//   - Nothing counts calls: x-rate-limit-remaining is always one below the limit,
//     only an injected failure answers 429, and only [RateLimitedToday] has the
//     headers of 24 hours.
//   - A post is counted in characters, is kept nowhere but in [Server.Requests],
//     and may be the same as an earlier post.
//   - Every path is answered under every hostname, so a client that mixes up
//     api.x.com and x.com is not found out.
//
// Absent:
//
//   - There is no session at X: people enter no password, force_login and
//     screen_name mean nothing, and /oauth/authenticate asks like /oauth/authorize.
//   - There are no other paths than those that [Step] lists, and no app-only
//     calls: [Server.AppBearerToken] is refused everywhere, with the answer that X
//     has where a person is meant.
//   - GET /2/users/me expands nothing. A field of which [Person] has nothing is
//     left out, or false or 0.
//
// Unverified, because no source was at hand:
//
//   - The words of errors, which X changes and translates. Clients must not match
//     them.
//   - What a code verifier may be: every verifier that fits its challenge is
//     accepted.
//   - The limits that the headers x-rate-limit-limit name, except 75 for profiles.
//   - Whether 401 of OAuth 1.0a has WWW-Authenticate at every path.
//
// # Names and ports
//
// [Listen] takes a fixed port. [Server.Handler] serves the stand-in on a server of
// your own, such as one with a certificate. [Server.SetPublicURL] names the
// addresses by which others know it, because a signature covers the address.
// The command standin, in the folder of that name, is this package for apps and
// tests in any language; docs/standin.md in the repository describes it.
//
// # Playing the person
//
// A person signs in on its consent page, the same for both protocols; a test has
// [Server.SignInAs] or [Server.CancelLogins] do that, or calls
// [Server.Authorize]. [Server.WithholdScopes] and [Server.RefuseScopes] grant
// less than an app asks for. [Server.TokenPair] and [Server.BearerToken] give
// tokens without a login; [Server.Revoke] and [Server.RevokeAll] end them as a
// person does in X's settings. There are four people at the start; see [Person]
// for others, suspended ones and odd profiles.
//
// # Failures
//
// [Server.Fail] makes a step go wrong in a way in which X does, and
// [Server.Requests] returns what was asked. The examples of the failures show what
// an app of package twitterauth makes of each: code and status. [AnswerLost]
// alone carries the request out.
//
// # What it is not
//
// It is for tests and for trying a login. It keeps everything in memory, anyone
// can be anyone there, and it must not be reached from a network.
package twittertest
