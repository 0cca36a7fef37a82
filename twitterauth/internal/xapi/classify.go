package xapi

import (
	"fmt"
	"net/http"
	"time"
)

// classify returns what an answer other than 200 means. It looks at the status
// first, X's code or problem type second, and never at the prose, because that is
// localized and changes.
// Codes: https://docs.x.com/x-api/fundamentals/response-codes-and-errors.
func classify(step Step, callbackURL string, resp *http.Response, body []byte) *Error {
	said := parseErrorBody(body)
	e := &Error{Step: step, Status: resp.StatusCode, Code: said.code}
	switch {
	case e.byFront(resp.Header, body):
	case resp.StatusCode == http.StatusTooManyRequests:
		if said.problem != usageCapped || !e.byProblem(said) {
			e.rateLimit(resp.Header)
		}
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusRequestTimeout:
		e.Kind, e.Reason, e.again = Unavailable, "X is in trouble", true
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Kind, e.Reason = Unavailable, "X redirected the call, which is not followed"
	case resp.StatusCode < 400:
		e.Kind, e.Reason = Unavailable, "X does not document this status"
	case !e.byCode(said, callbackURL, resp.Header):
		e.byStatus(callbackURL)
	}
	return e
}

// byCode types the error by its body, and reports whether the body decides it.
func (e *Error) byCode(said errorBody, callbackURL string, h http.Header) bool {
	if (e.Step == StepToken || e.Step == StepRevoke) && e.byOAuth2Error(said, callbackURL) {
		return true
	}
	switch said.code {
	case 88:
		e.rateLimit(h)
	case 63, 64:
		e.Kind, e.Reason = AccountUnavailable, "the account is suspended"
	case 326:
		e.Kind, e.Reason = AccountUnavailable, "the account is locked"
	case 32, 89:
		if e.Step.provesApp() {
			e.refuseKeys()
			break
		}
		e.Kind, e.Reason = TokenRefused, "the token or verifier is not accepted"
	case 99, 215:
		e.refuseKeys()
	case 135:
		e.misconfigured("X refuses the timestamp", clockRemedy(h))
	case 415, 417:
		e.misconfigured("X does not know the callback URL", callbackRemedy(callbackURL))
	case 416:
		e.misconfigured("X has suspended the app", "see the app's page in X's developer console for the reason")
	case 220, 453:
		e.refuseAccess()
	default:
		return e.byProblem(said)
	}
	return true
}

// byOAuth2Error reads the error of the token endpoint (RFC 6749, section 5.2).
// X sends invalid_request for an invalid code, where the RFC has invalid_grant,
// and for a request that is wrong. Its one known sentence about the code is
// quiet. Any other invalid_request is loud: it carries a remedy with the
// possible causes. Its kind stays TokenRefused, because the person can only
// start again, and because X's other descriptions are prose that may change:
// they do not prove that the app is misconfigured.
func (e *Error) byOAuth2Error(said errorBody, callbackURL string) bool {
	switch said.oauth2 {
	case "invalid_grant":
		e.Kind, e.Reason = TokenRefused, codeRefused
	case "invalid_request":
		e.Kind, e.Reason, e.blamesToken = TokenRefused, codeRefused, said.blamesToken
		if !said.blamesCode {
			e.Reason, e.Remedy = "X refuses the token request or the code, which is good once and for 30 seconds, and does not say which", tokenRequestRemedy(callbackURL)
		}
	case "invalid_client", "unauthorized_client":
		e.refuseClient()
	default:
		return false
	}
	return true
}

const codeRefused = "the code is not accepted: at X one is good once and for 30 seconds"

func tokenRequestRemedy(callbackURL string) string {
	return "if it happens again, check ClientID; check that CallbackURL, " + callbackURL + ", is the same on every machine and has not changed since the login began; and if APIURL names a proxy, that it passes the request's body on unchanged (client_id, redirect_uri, code, code_verifier)"
}

// usageCapped ends the type of the problem that X sends for a month's cap, with
// 429 or 403. No wait within a login helps.
const usageCapped = "usage-capped"

// byProblem reads problem+json, whose type's host varies.
func (e *Error) byProblem(said errorBody) bool {
	switch {
	case e.Status == http.StatusPaymentRequired, said.problem == "credits", said.problem == "credits-depleted":
		e.misconfigured("the app's credits at X are used up", "buy credits for the app in X's developer console, or over OAuth 1.0a use a mapping of id and screen_name only, which needs no paid call")
	case said.problem == usageCapped:
		e.misconfigured("the app's monthly cap of calls at X is used up", "raise the cap in X's developer console (plan, credits or spending limit) or wait for the next billing period; over OAuth 1.0a a mapping of ID and handle only needs no paid call")
	case said.reason == "client-not-enrolled", said.problem == "client-forbidden":
		e.misconfigured("the app is not enrolled for this API", "attach the app to a project with access to API v2 in X's developer console")
	case said.problem == "unsupported-authentication":
		e.misconfigured("the app may not use this way of authentication here", "allow it for the app in X's developer console, under User authentication settings")
	default:
		return false
	}
	return true
}

func (e *Error) byStatus(callbackURL string) {
	switch e.Status {
	case http.StatusUnauthorized:
		if e.Step.provesApp() {
			e.refuseKeys()
			return
		}
		e.Kind, e.Reason = TokenRefused, "the token or verifier is not accepted"
	case http.StatusForbidden:
		if e.Step == StepRequestToken {
			e.misconfigured("X forbids the app to start logins", callbackRemedy(callbackURL)+"; check also that the app may use OAuth 1.0a")
			return
		}
		e.refuseAccess()
	case http.StatusNotFound, http.StatusGone:
		if e.Step == StepVerifyCredentials {
			e.refuseAccess()
			return
		}
		fallthrough
	default:
		e.Kind, e.Reason = Unavailable, "X refuses the call for a reason it does not document"
		e.maybeField = e.Step == StepUsersMe && e.Status == http.StatusBadRequest
	}
}

func (e *Error) misconfigured(reason, remedy string) {
	e.Kind, e.Reason, e.Remedy = Misconfigured, reason, remedy
}

// provesApp reports whether a call has nothing that X can refuse but the app's own
// keys.
func (s Step) provesApp() bool {
	return s == StepRequestToken || s == StepToken || s == StepRevoke
}

func (e *Error) refuseKeys() {
	switch e.Step {
	case StepToken, StepRevoke:
		e.refuseClient()
		return
	case StepUsersMe: // over either protocol
		e.misconfigured("X does not accept the app's keys", "check ConsumerKey and ConsumerSecret, or ClientID and ClientSecret, against the app's \"Keys and tokens\" in X's developer console")
		return
	}
	e.misconfigured("X does not accept the app's keys", "check ConsumerKey and ConsumerSecret against the app's \"Keys and tokens\" in X's developer console: they are API Key and API Key Secret, not swapped, and not Access Token and Secret; check also that the app may use OAuth 1.0a (X gives new developer accounts OAuth 2.0: set ClientID and ClientSecret then)")
}

func (e *Error) refuseClient() {
	e.misconfigured("X does not accept the app's OAuth 2.0 client", "check ClientID and ClientSecret against \"OAuth 2.0 Client ID and Client Secret\" in X's developer console, and the type of app there: a confidential client has a secret, a public one must have none here")
}

// refuseAccess is final for every call but the v1.1 profile, which has another
// in its place.
func (e *Error) refuseAccess() {
	e.misconfigured("the app's access level does not include this call", "raise the app's access level in X's developer console")
	e.maybeField = e.Step == StepUsersMe
	if e.Step == StepVerifyCredentials {
		e.Kind = AccessLevel
	}
}

func callbackRemedy(callbackURL string) string {
	return "add exactly " + callbackURL + " to the app's callback URLs in X's developer console, under User authentication settings"
}

// clockRemedy compares this machine's clock with X's Date header.
func clockRemedy(h http.Header) string {
	const synchronize = "synchronize this server's clock (NTP)"
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return synchronize
	}
	switch off := int(time.Since(date).Round(time.Second).Seconds()); {
	case off > 0:
		return fmt.Sprintf("this server's clock is %d s ahead of X: %s", off, synchronize)
	case off < 0:
		return fmt.Sprintf("this server's clock is %d s behind X: %s", -off, synchronize)
	}
	return synchronize
}
