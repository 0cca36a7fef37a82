package twitterauth

import (
	"html/template"
	"net/http"
	"net/url"

	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/site"
)

// answerApp ends an app's login in the browser. X's answer is not redeemed but
// sealed, with the app's challenge, into a code: no session begins in the browser
// and no user is made.
func (c *callback) answerApp(w http.ResponseWriter, r *http.Request) {
	switch t := c.attempt; {
	case t.Used:
		c.failFinally(w, r, newError(CodeLoginExpired, nil).saying(appLoginUsed))
	case c.said.Cancelled:
		c.returnToApp(w, r, url.Values{"error": {"access_denied"}}, newError(CodeAccessDenied, nil))
	case c.attempts.Expired(t):
		e := newError(CodeLoginExpired, nil)
		c.log(r, e)
		c.returnToApp(w, r, url.Values{"error": {"access_denied"}, "error_description": {"the login took too long"}}, e)
	case c.said.WithoutEmail && !t.WithoutEmail:
		if e := c.askForLess(w, r); e != nil {
			c.returnError(w, r, e)
		}
	case c.said.Err != nil:
		c.returnError(w, r, providerError(c.said.Err, CodeLoginExpired))
	default:
		code := c.codes.SealCode(appcode.Code{Attempt: t, VerifierOrCode: c.said.VerifierOrCode})
		c.returnToApp(w, r, url.Values{"code": {code}}, nil)
	}
}

// returnError sends the browser to the app with an error of RFC 6749, section
// 4.1.2.1. When the client has gone the cookie is kept, because a reload may still
// finish the login.
func (c *callback) returnError(w http.ResponseWriter, r *http.Request, e *Error) {
	if clientGone(r, e) {
		c.fail(w, r, e)
		return
	}
	c.log(r, e)
	kind := "server_error"
	if c.said.Temporary || e.Status == http.StatusServiceUnavailable || e.Status == http.StatusGatewayTimeout {
		kind = "temporarily_unavailable"
	}
	c.returnToApp(w, r, url.Values{"error": {kind}}, e)
}

// returnToApp sends the browser to the app. A private scheme gets a page with a
// link, opened at once by the header Refresh, because Chrome on Android opens an
// app only after a tap where X came back by a page. An error ends the login; else
// it ends at POST token.
func (c *callback) returnToApp(w http.ResponseWriter, r *http.Request, result url.Values, e *Error) {
	kind, known := c.apps.Kind(c.attempt.App.RedirectURI)
	if !known { // taken out of Config.AppCallbacks meanwhile
		c.failFinally(w, r, badRequest("The app's redirect_uri is not one of this site's Config.AppCallbacks."))
		return
	}
	c.attempts.MarkUsed(w, c.attempt)
	if e != nil {
		c.begun.failed(r, e)
	}
	if c.attempt.App.State != "" {
		result.Set("state", c.attempt.App.State)
	}
	location := withQuery(c.attempt.App.RedirectURI, result)
	w.Header().Set("Referrer-Policy", "no-referrer")
	if kind != site.PrivateScheme {
		redirect(w, location)
		return
	}
	w.Header().Set("Refresh", "0;url="+location)
	l := c.hooks.lookFor(w, r, c.site)
	l.writePage(w, r, page{
		Page: Page{
			Status:  http.StatusOK,
			Title:   l.text(backToAppTitle),
			Message: l.text(backToAppMessage),
		},
		BackToApp:     template.URL(location), //nolint:gosec // G203: a scheme of Config.AppCallbacks and an encoded query
		BackToAppLink: l.text(backToAppLink),
	})
}
