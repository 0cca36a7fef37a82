package twitterauth

import (
	"log/slog"
	"net/http"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
)

// callback is a callback whose login began in this browser. The context of its
// requests carries the budget.
type callback struct {
	*server
	protocol oauth.Protocol
	attempt  attempt.Attempt
	said     oauth.Callback
	begun    begunLogin
}

// keepAndFail is for failures before X has answered. The cookie is kept on
// purpose: the same address may still finish the login.
func (c *callback) keepAndFail(w http.ResponseWriter, r *http.Request, e *Error) {
	c.fail(w, r, e.startAgainWith(startForm{
		ReturnTo: c.returns.Check(c.attempt.ReturnTo),
		Stay:     c.attempt.Stay,
		Link:     c.attempt.Links(),
		Reauth:   c.attempt.Confirms(),
		Data:     c.attempt.Data,
	}))
}

// useAndFail is for failures after X has answered, or too late. The login is used up, and its
// cookie is marked so, because a reload must still find what the person had
// chosen.
func (c *callback) useAndFail(w http.ResponseWriter, r *http.Request, e *Error) {
	if !c.attempt.Used && !clientGone(r, e) {
		c.attempts.MarkUsed(w, c.attempt)
		c.begun.failed(r, e)
	}
	c.keepAndFail(w, r, e)
}

// askForLess begins the login again, once, without the email that X refuses the
// app, because a person must not suffer for the app's missing permission.
func (c *callback) askForLess(w http.ResponseWriter, r *http.Request) *Error {
	c.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: X does not let the app ask for email addresses; the login goes on without",
		slog.String("remedy", "turn on \"Request email from users\" for the app in X's developer console, or take the email out of the mapping"))
	location, e := c.beginLogin(w, r, oauth.StartOptions{AskAgain: c.attempt.Links(), WithoutEmail: true}, c.attempt)
	if e != nil {
		return e
	}
	redirect(w, location)
	return nil
}
