package twittertest_test

import (
	"net/http"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// What an app's ErrorHandler is given for each fault. signIn is that of the
// example of Fault: a browser signs in at an app which prints it.

func ExampleHang() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.Hang())
	signIn(x)
	// Output: 504 provider_timeout
}

func ExampleDrip() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.Drip(10*time.Millisecond))
	signIn(x)
	// Output: 504 provider_timeout
}

func ExampleReset() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.Reset())
	signIn(x)
	// Output: 502 provider_unavailable
}

// The request token is spent, though the app has no access token.
func ExampleAnswerLost() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.AnswerLost())
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleTruncate() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.Truncate())
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleTruncateChunked() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.TruncateChunked())
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleHugeBody() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.HugeBody(256<<20))
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleGzipBomb() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.GzipBomb(256<<20))
	signIn(x)
	// Output: 502 provider_unavailable
}

// A redirect is not followed: tokens would go elsewhere.
func ExampleRedirectTo() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.RedirectTo("https://elsewhere.example"))
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleHTML() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.HTML(http.StatusBadGateway))
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleEmpty() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.Empty())
	signIn(x)
	// Output: 502 provider_unavailable
}

// A profile without an ID is of nobody.
func ExampleJSONBody() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.JSONBody(`{"name":"Ada Lovelace"}`))
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExampleRespond() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.Respond(http.StatusTeapot, "text/plain", "short and stout"))
	signIn(x)
	// Output: 502 provider_unavailable
}

func ExamplePlainText() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.PlainText(http.StatusUnauthorized, "Could not authenticate you."))
	signIn(x)
	// Output: 502 app_misconfigured
}

// Code 64 is a suspended account.
func ExampleErrorCode() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.ErrorCode(http.StatusForbidden, 64))
	signIn(x)
	// Output: 403 account_unavailable
}

// Code 415 is a callback URL that is not registered.
func ExampleXMLErrorCode() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.XMLErrorCode(http.StatusForbidden, 415))
	signIn(x)
	// Output: 502 app_misconfigured
}

func ExampleOldXML() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.AccessToken, twittertest.OldXML(http.StatusUnauthorized))
	signIn(x)
	// Output: 403 login_expired
}

func ExampleRateLimited() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.RateLimited(time.Minute))
	signIn(x)
	// Output: 503 rate_limited
}

// A login over OAuth 1.0a does without the profile, unless the mapping requires
// a property.
func ExampleRateLimitedToday() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.RateLimitedToday(5*time.Hour))
	signIn(x)
	x.Fail(twittertest.AccessToken, twittertest.RateLimitedToday(5*time.Hour))
	signIn(x)
	// Output:
	// signed in
	// 503 rate_limited
}

func ExampleUsageCapped() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.UsageCapped())
	signIn(x)
	// Output: 502 app_misconfigured
}

// What stands before X refuses the app's server, whatever its keys.
func ExampleChallenge() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.Challenge(http.StatusForbidden))
	signIn(x)
	// Output: 502 provider_unavailable
}

// An app that X keeps from v1.1 is served by v2.
func ExampleAccessLevel() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.AccessLevel())
	signIn(x)
	x.Fail(twittertest.UsersMe, twittertest.AccessLevel())
	signIn(x)
	// Output:
	// signed in
	// 502 app_misconfigured
}

func ExampleClockSkew() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.ClockSkew(time.Hour))
	signIn(x)
	// Output: 502 app_misconfigured
}

func ExampleNotConfirmed() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.RequestToken, twittertest.NotConfirmed("false"))
	signIn(x)
	// Output: 502 provider_unavailable
}

// An app that X keeps from v1.1 is served by v2, unless its credits are used up.
func ExampleProblem() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Fail(twittertest.VerifyCredentials, twittertest.ErrorCode(http.StatusForbidden, 453))
	x.Fail(twittertest.UsersMe, twittertest.Problem(http.StatusPaymentRequired, "https://api.x.com/2/problems/credits", ""))
	signIn(x)
	// Output: 502 app_misconfigured
}

// A server that is closed refuses connections.
func ExampleServer_Close() {
	x := twittertest.NewServer()
	defer x.Close()
	x.Close()
	signIn(x)
	// Output: 502 provider_unavailable
}

// An app that does not use [twittertest.Server.Client] does not trust the server.
func ExampleNewTLSServer_untrusted() {
	x := twittertest.NewTLSServer()
	defer x.Close()
	signIn(x)
	// Output: 502 provider_unavailable
}
