package twitterauth

import (
	"cmp"
	"net/http"

	"twitterlogin.example/twitterauth/internal/site"
)

// loginForm returns the form that starts a login with these choices.
func (s *server) loginForm(form startForm, l look) *Form {
	return &Form{Action: s.site.BrowserPath(site.RouteLogin), Fields: form.fields(), Label: l.text(startButton(form.Link))}
}

// startButton names what a form begins.
func startButton(link bool) phrase {
	if link {
		return linkButton
	}
	return signInButton
}

// logoutForm returns the form that logs out.
func (s *server) logoutForm(label string) *Form {
	return &Form{Action: s.site.BrowserPath(site.RouteLogout), Label: label, plain: true}
}

// ButtonOption changes a sign-in button; see [Auth.SignInForm].
type ButtonOption func(*buttonChoices)

// buttonChoices are what the options of a sign-in button ask for.
type buttonChoices struct {
	label       string // "": the default
	hasCheckbox bool
	checkbox    string // the checkbox's label; "": the default
	carry       *http.Request
	link        bool
	data        string
	force       bool
}

// Label sets the button's text. Default: "Sign in with X", or with [Carry] what
// [Config.Texts] has for the request's visitor.
func Label(text string) ButtonOption { return func(c *buttonChoices) { c.label = text } }

// StayLoggedInCheckbox adds a checkbox with that label, which chooses stayLoggedIn.
// Unticked it means no, whatever [Config.StayLoggedIn] is. Default: "Keep me logged
// in", or with [Carry] what [Config.Texts] has for the request's visitor.
func StayLoggedInCheckbox(label string) ButtonOption {
	return func(c *buttonChoices) { c.hasCheckbox, c.checkbox = true, label }
}

// Carry keeps what the app's sign-in page, [Config.LoginPage], was opened with:
// the redirect target and, after [Auth.RequireRecent], that the login confirms the
// user who is signed in. Without that mark a confirmation would become an
// ordinary login. Labels that are not given are in the visitor's language then.
func Carry(r *http.Request) ButtonOption { return func(c *buttonChoices) { c.carry = r } }

// Link makes the login attach the X account to the user who is signed in; see
// [Linker].
func Link() ButtonOption { return func(c *buttonChoices) { c.link = true } }

// Data is handed to the store as [Login.Data]: an invite code, a tenant. At most
// 256 bytes of UTF-8, or the login is refused.
func Data(text string) ButtonOption { return func(c *buttonChoices) { c.data = text } }

// Force makes X ask for the password even of people who are signed in there. X
// has that over OAuth 1.0a only: with both pairs of keys the login goes over
// 1.0a, and with OAuth 2.0 alone it is refused with 400.
func Force() ButtonOption { return func(c *buttonChoices) { c.force = true } }

// buttonForm returns the form of a sign-in button. A refused target is left out.
func (s *server) buttonForm(returnTo string, options []ButtonOption) Form {
	var choices buttonChoices
	for _, option := range options {
		option(&choices)
	}
	target, reauth := s.returns.CheckOr(returnTo, ""), false
	var l look
	if choices.carry != nil {
		if choices.needsTexts() {
			l.texts = s.hooks.textsFor(choices.carry)
		}
		reauth = isReauth(choices.carry)
		if target == "" {
			target = s.returnTo(choices.carry)
		}
	}
	return Form{
		Action: s.site.BrowserPath(site.RouteLogin),
		Fields: choices.fields(target, reauth, l),
		Label:  cmp.Or(choices.label, l.text(signInButton)),
	}
}

// needsTexts reports whether a label is missing that Config.Texts has.
func (c buttonChoices) needsTexts() bool { return c.label == "" || c.hasCheckbox && c.checkbox == "" }

// fields returns the form's fields, in their order.
func (c buttonChoices) fields(target string, reauth bool, l look) (list []FormField) {
	add := func(isChosen bool, name, value, label string) {
		if isChosen {
			list = append(list, FormField{Name: name, Value: value, Label: label})
		}
	}
	add(target != "", "return_to", target, "")
	add(c.hasCheckbox, "stayLoggedIn", "false", "") // for the unticked checkbox, of which browsers send nothing
	add(c.hasCheckbox, "stayLoggedIn", "true", cmp.Or(c.checkbox, l.text(stayLoggedIn)))
	add(c.link, "link", "true", "")
	add(reauth, "reauth", "true", "")
	add(c.data != "", "data", c.data, "")
	add(c.force, "force", "true", "")
	return list
}
