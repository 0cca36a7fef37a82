package twitterauth

import (
	"fmt"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/internal/site"
)

// Error is a failed request: what the public may know, and why for the log.
type Error struct {
	Code       string        // a Code constant
	Message    string        // for the person or the client; public
	Status     int           // HTTP status
	RetryAfter time.Duration // sent as Retry-After when positive
	Err        error         // the cause, for logs; never sent. It holds no secret of the login

	chosen  *startForm         // what the person had chosen, to start again with it; nil: not known
	final   bool               // starting again in this browser would not do what the person wants
	retry   *Form              // starts again, for pages that offer it; nil: it cannot help
	startAt string             // the app's sign-in page, where the library's page leads instead of retry
	button  phrase             // the text of retry's button, where retry is there before look
	policy  string             // where the form leads, for the page's Content-Security-Policy
	home    string             // leads back to the site
	grant   string             // the error of RFC 6749, section 5.2, where it does not follow from Code
	maxAge  time.Duration      // for CodeLoginTooOld
	look    look               // how the visitor sees the page
	phrase  phrase             // the message in Config.Texts; nil: that of Code
	forDev  bool               // Message is for the client's developer, and becomes detail where the visitor has another
	detail  string             // what Message was, for the client's developer
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
func (e *Error) Retry() *Form { return e.retry.clone() }

// newError returns the Error of a code with its usual message.
func newError(code string, cause error) *Error {
	return &Error{Code: code, Message: english.Messages[code], Status: statuses[code], Err: cause}
}

// saying gives an error the message of a situation.
func (e *Error) saying(p phrase) *Error {
	e.Message, e.phrase = p(&english), p
	return e
}

// explaining gives an error a message for the client's developer; detail is a
// text of this package, and nothing that the client sent.
func (e *Error) explaining(detail string) *Error {
	e.Message, e.forDev = detail, true
	return e
}

// badRequest returns an error whose detail is the part of the request that is wrong.
func badRequest(detail string) *Error {
	return newError(CodeBadRequest, nil).explaining(detail)
}

// inWordsOfTheApp gives an error a message that the app chose for this person, and
// that Config.Texts does not replace.
func (e *Error) inWordsOfTheApp(message string) *Error {
	e.Message, e.phrase = message, untranslated
	return e
}

// translate puts the message into the visitor's language.
func (e *Error) translate() {
	if e.look.texts == nil {
		return // English already
	}
	p := e.phrase
	if p == nil {
		p = messageOf(e.Code)
	}
	own := e.look.own(p)
	if own == "" {
		return
	}
	if e.forDev {
		e.detail = e.Message
	}
	e.Message = own
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
