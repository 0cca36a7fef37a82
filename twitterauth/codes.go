package twitterauth

import "net/http"

// The codes of an [Error], which the public sees.
const (
	CodeBadRequest           = "bad_request"            // 400: the request is malformed
	CodeLoginRequired        = "login_required"         // 401: no user is logged in
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

// statuses has the HTTP status of each code.
var statuses = map[string]int{
	CodeBadRequest:           http.StatusBadRequest,
	CodeLoginRequired:        http.StatusUnauthorized,
	CodeLoginTooOld:          http.StatusUnauthorized,
	CodeTokenInvalid:         http.StatusUnauthorized,
	CodeAccessDenied:         http.StatusForbidden,
	CodeLoginMismatch:        http.StatusForbidden,
	CodeLoginExpired:         http.StatusForbidden,
	CodeLoginRefused:         http.StatusForbidden,
	CodeProfileIncomplete:    http.StatusForbidden,
	CodeAccountUnavailable:   http.StatusForbidden,
	CodeCrossOrigin:          http.StatusForbidden,
	CodeNotFound:             http.StatusNotFound,
	CodeMethodNotAllowed:     http.StatusMethodNotAllowed,
	CodeRequestTimeout:       http.StatusRequestTimeout,
	CodeAlreadyLinked:        http.StatusConflict,
	CodeBodyTooLarge:         http.StatusRequestEntityTooLarge,
	CodeUnsupportedMediaType: http.StatusUnsupportedMediaType,
	CodeStoreFailed:          http.StatusInternalServerError,
	CodeAppMisconfigured:     http.StatusBadGateway,
	CodeProviderUnavailable:  http.StatusBadGateway,
	CodeRateLimited:          http.StatusServiceUnavailable,
	CodeOverloaded:           http.StatusServiceUnavailable,
	CodeStoreUnavailable:     http.StatusServiceUnavailable,
	CodeProviderTimeout:      http.StatusGatewayTimeout,
}
