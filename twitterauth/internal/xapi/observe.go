package xapi

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Call is a call to X that has ended.
type Call struct {
	Step   Step // "" for an endpoint without a Step
	OAuth2 bool // with OAuth 2.0, or by OAuth 1.0a
	Took   time.Duration
	Err    error // an *Error; nil where X did what was asked
}

// isSigned reports whether a request is of OAuth 1.0a, whose credentials are in a
// header of that scheme (RFC 5849, section 3.5.1).
func isSigned(req *http.Request) bool {
	return strings.HasPrefix(req.Header.Get("Authorization"), "OAuth ")
}

// methodOf returns a request's method, which net/http lets a client leave out.
func methodOf(req *http.Request) string { return cmp.Or(req.Method, http.MethodGet) }

// observedBase is the transport of calls whose answers go to the app as they are.
func (c *Client) observedBase() http.RoundTripper {
	if c.cfg.Observe == nil {
		return c.base
	}
	return observed{c}
}

type observed struct{ client *Client }

func (t observed) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := t.client.base.RoundTrip(req)
	call := Call{Step: t.client.stepOf(req), OAuth2: !isSigned(req), Took: time.Since(began)}
	if e := failureOf(req, call.Step, resp, err); e != nil {
		call.Err = e
	}
	t.client.cfg.Observe(req.Context(), call)
	return resp, err
}

// Steps of calls that an app makes for its users.
const (
	StepTweets   Step = "tweets"
	StepSettings Step = "settings"
	StepUpdate   Step = "update"
)

var userSteps = map[string]Step{
	"GET /1.1/account/verify_credentials.json": StepVerifyCredentials,
	"GET /2/users/me":                          StepUsersMe,
	"POST /2/tweets":                           StepTweets,
	"GET /1.1/account/settings.json":           StepSettings,
	"POST /1.1/statuses/update.json":           StepUpdate,
}

// stepOf names the endpoint of a call that an app makes, or returns "".
func (c *Client) stepOf(req *http.Request) Step {
	api, err := url.Parse(c.cfg.APIURL)
	if err != nil {
		return ""
	}
	return userSteps[methodOf(req)+" "+strings.TrimPrefix(req.URL.Path, api.Path)]
}

// failureOf judges an answer by its status, because its body is the app's to read.
func failureOf(req *http.Request, step Step, resp *http.Response, err error) *Error {
	switch {
	case err != nil:
		return noAnswer(req.Context(), step, err)
	case resp.StatusCode == http.StatusUnauthorized:
		return &Error{Step: step, Kind: TokenRefused, Status: resp.StatusCode}
	case resp.StatusCode == http.StatusTooManyRequests:
		return &Error{Step: step, Kind: RateLimited, Status: resp.StatusCode}
	case resp.StatusCode >= http.StatusInternalServerError:
		return &Error{Step: step, Kind: Unavailable, Status: resp.StatusCode}
	}
	return nil
}
