package twitterauth

import (
	"cmp"
	"net/http"
	"net/url"
	"time"

	"twitterlogin.example/twitterauth/internal/site"
)

// WriteError answers an error with a page for browsers, and with JSON of the
// form {"code":"access_denied","message":"…"} for anything else. It is the
// default ErrorHandler, and the app's handler may call it for what it does not
// treat itself. Nothing of Err is written.
//
// An Error that came from an Auth gets the words of [Config.Texts] and the layout of
// [Config.Page]. An Error that the app made gets the English page, and may leave out what
// follows from its Code.
func WriteError(w http.ResponseWriter, r *http.Request, e *Error) {
	status := cmp.Or(e.Status, statuses[e.Code], http.StatusInternalServerError)
	message := e.Message
	if message == "" {
		message = e.look.text(messageOf(e.Code))
	}
	if !acceptsHTML(r) {
		writeJSON(w, status, struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Detail  string `json:"detail,omitempty"` // the English message for the client's developer
			MaxAge  int64  `json:"maxAge,omitempty"` // in seconds
		}{e.Code, message, e.detail, int64(e.maxAge / time.Second)})
		return
	}
	e.look.writePage(w, r, page{
		Page: Page{
			Status:    status,
			Code:      e.Code,
			Title:     cmp.Or(e.look.text(titleOf(e.Code)), e.look.text(otherTitle)),
			Message:   message,
			Form:      e.retry,
			LoginPage: e.startAt,
			Home:      e.home,
		},
		formAction: e.policy,
	})
}

// canStartAgain reports whether starting again can help.
func (e *Error) canStartAgain() bool {
	switch e.Code {
	case CodeBadRequest, CodeLoginRequired, CodeLoginTooOld, CodeAccessDenied, CodeLoginMismatch, CodeLoginExpired,
		CodeProviderUnavailable, CodeProviderTimeout, CodeRateLimited, CodeOverloaded, CodeStoreUnavailable,
		CodeProfileIncomplete, CodeCrossOrigin:
		return true
	}
	return false
}

// RedirectErrors returns an ErrorHandler for apps with a page of their own: it
// sends browsers to the path, with the code as in "/login?error=access_denied",
// and answers anything else as [WriteError] does. The path may have a query,
// and may be a URL on a trusted origin ([Config.TrustedOrigins]). It must be of a page
// for everyone, because a page that needs a user may lead to the error again. Any
// other path, a route of the login itself, and the page where the error happened are
// not followed: browsers then get the page of WriteError.
func RedirectErrors(path string) func(http.ResponseWriter, *http.Request, *Error) {
	return func(w http.ResponseWriter, r *http.Request, e *Error) {
		if !acceptsHTML(r) || e.returns == nil || !e.returns.Allows(path) || site.PathOf(path) == site.PathOf(e.returns.FromRequest(r)) {
			WriteError(w, r, e)
			return
		}
		redirect(w, withQuery(path, url.Values{"error": {e.Code}}))
	}
}
