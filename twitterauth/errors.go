package twitterauth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/internal/site"
)

// The codes of an [Error], which the public sees.
const (
	CodeBadRequest           = "bad_request"            // 400: the request is malformed
	CodeLoginRequired        = "login_required"         // 401: nobody is logged in
	CodeLoginTooOld          = "login_too_old"          // 401: the login is longer ago than RequireRecent allows
	CodeTokenInvalid         = "token_invalid"          // 401: X does not accept the posted token for this app
	CodeAccessDenied         = "access_denied"          // 403: the person cancelled at X
	CodeLoginMismatch        = "login_mismatch"         // 403: this browser did not start this login
	CodeLoginExpired         = "login_expired"          // 403: the login took too long or was used before
	CodeLoginRefused         = "login_refused"          // 403: the app's store turned the person away
	CodeProfileIncomplete    = "profile_incomplete"     // 403: a property that the app requires is missing
	CodeAccountUnavailable   = "account_unavailable"    // 403: the account at X is suspended or locked
	CodeCrossOrigin          = "cross_origin"           // 403: the request came from another site, or not from a person
	CodeNotFound             = "not_found"              // 404: no such route
	CodeMethodNotAllowed     = "method_not_allowed"     // 405: see the Allow header
	CodeRequestTimeout       = "request_timeout"        // 408: the request's body came too slowly
	CodeAlreadyLinked        = "already_linked"         // 409: the Twitter account belongs to another user
	CodeBodyTooLarge         = "body_too_large"         // 413: more than 8 KiB
	CodeUnsupportedMediaType = "unsupported_media_type" // 415: not a content type that the route reads
	CodeStoreFailed          = "store_failed"           // 500: the app's store failed
	CodeAppMisconfigured     = "app_misconfigured"      // 502: keys, callback URL, access level or clock; the log has the remedy
	CodeProviderUnavailable  = "provider_unavailable"   // 502: X, or the way to it, does not work
	CodeRateLimited          = "rate_limited"           // 503: X's rate limit is reached, see RetryAfter
	CodeOverloaded           = "overloaded"             // 503: more than MaxLogins at once, see RetryAfter
	CodeStoreUnavailable     = "store_unavailable"      // 503: the app's store cannot be asked right now
	CodeProviderTimeout      = "provider_timeout"       // 504: X did not answer in time
)

// Error is a failed request: what the public may know, and why for the log.
type Error struct {
	Code       string        // one of the Code constants
	Message    string        // for the person or the client; public
	Status     int           // HTTP status
	RetryAfter time.Duration // sent as Retry-After when positive
	Err        error         // the cause, for logs; never sent. It holds no secret of the login

	chosen  *startForm         // what the person had chosen, to start again with it; nil: not known
	final   bool               // starting again in this browser would not do what the person wants
	retry   *Form              // lets a page offer to start again; nil: it cannot help
	startAt string             // the app's sign-in page, where the library's page leads instead of retry
	policy  string             // where the form leads, for the page's Content-Security-Policy
	site    string             // the site's host name
	home    string             // leads back to the site
	grant   string             // the error of RFC 6749, section 5.2, where it does not follow from Code
	maxAge  time.Duration      // for CodeLoginTooOld
	returns *site.ReturnPolicy // which targets RedirectErrors may lead to
}

// Error returns code, message and cause, for logs.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("twitterauth: %s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("twitterauth: %s: %s: %v", e.Code, strings.TrimSuffix(e.Message, "."), e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Retry returns the form that starts the login again with what the person had
// chosen: return_to, stayLoggedIn, link, reauth and data. It is for the app's own
// error pages; nil means that starting again cannot help, or that the Error is the
// app's own. The form leads to X, so the page's Content-Security-Policy needs X's
// origin in form-action, where it has one.
func (e *Error) Retry() *Form {
	if e.retry == nil {
		return nil
	}
	form := *e.retry
	form.Fields = slices.Clone(form.Fields)
	return &form
}

// codeInfo gives each code its status and what the public reads unless there is
// more to say.
var codeInfo = map[string]struct {
	status  int
	message string
}{
	CodeBadRequest:           {http.StatusBadRequest, "The request is not complete or not well-formed."},
	CodeLoginRequired:        {http.StatusUnauthorized, "Please sign in first."},
	CodeLoginTooOld:          {http.StatusUnauthorized, "Please confirm that it is you."},
	CodeTokenInvalid:         {http.StatusUnauthorized, "X does not accept this token for this app."},
	CodeAccessDenied:         {http.StatusForbidden, "You cancelled signing in with X. Nothing was changed."},
	CodeLoginMismatch:        {http.StatusForbidden, "This sign-in was started in another browser or app, or this browser blocks cookies. Go back to where you started it, or start again here."},
	CodeLoginExpired:         {http.StatusForbidden, "This sign-in took too long or was used already. Please start again."},
	CodeLoginRefused:         {http.StatusForbidden, "This account may not sign in here."},
	CodeProfileIncomplete:    {http.StatusForbidden, "Your X profile lacks something that this site needs, such as a confirmed email address."},
	CodeAccountUnavailable:   {http.StatusForbidden, "X says that this account is suspended or locked. Please see X about it."},
	CodeCrossOrigin:          {http.StatusForbidden, "This request came from another site, or was not made by a person."},
	CodeNotFound:             {http.StatusNotFound, "There is nothing here."},
	CodeMethodNotAllowed:     {http.StatusMethodNotAllowed, "This address does not take this kind of request."},
	CodeRequestTimeout:       {http.StatusRequestTimeout, "The request took too long to arrive."},
	CodeAlreadyLinked:        {http.StatusConflict, "This X account belongs to another user of this site."},
	CodeBodyTooLarge:         {http.StatusRequestEntityTooLarge, "The request is larger than 8 KiB."},
	CodeUnsupportedMediaType: {http.StatusUnsupportedMediaType, "Send application/json or application/x-www-form-urlencoded."},
	CodeStoreFailed:          {http.StatusInternalServerError, "Something went wrong on our side. Please try again later."},
	CodeAppMisconfigured:     {http.StatusBadGateway, "Signing in with X is not set up correctly on this site. Its operator has been told why."},
	CodeProviderUnavailable:  {http.StatusBadGateway, "X cannot be reached right now. Please try again."},
	CodeRateLimited:          {http.StatusServiceUnavailable, "X lets nobody sign in here for a moment. Please try again later."},
	CodeOverloaded:           {http.StatusServiceUnavailable, "Too many people are signing in right now. Please try again in a moment."},
	CodeStoreUnavailable:     {http.StatusServiceUnavailable, "We cannot look you up right now. Please try again in a moment."},
	CodeProviderTimeout:      {http.StatusGatewayTimeout, "X did not answer in time. Please try again."},
}

// newError returns the Error of a code with its usual message.
func newError(code string, cause error) *Error {
	return &Error{Code: code, Message: codeInfo[code].message, Status: codeInfo[code].status, Err: cause}
}

// badRequest says which part of the request is at fault; detail is ours, never
// the client's.
func badRequest(detail string) *Error {
	e := newError(CodeBadRequest, nil)
	e.Message = detail
	return e
}

// finally marks an error whose login would only fail again.
func finally(e *Error) *Error {
	e.final = true
	return e
}

// startAgainWith keeps what the person had chosen, for a page that offers to
// start again.
func (e *Error) startAgainWith(form startForm) *Error {
	e.chosen = &form
	return e
}
