package twitterauth

import (
	"cmp"
	"net/http"

	"twitterlogin.example/twitterauth/internal/site"
)

const (
	signInLabel  = "Sign in with X"
	connectLabel = "Connect your X account"
	signOutLabel = "Log out"

	stayLoggedInLabel = "Keep me logged in"
)

// loginForm returns the form that starts a login with these choices.
func (s *server) loginForm(form startForm) *Form {
	return &Form{Action: s.site.BrowserPath(site.RouteLogin), Fields: form.fields(), Label: startLabel(form.Link)}
}

// startLabel names what a form's button begins.
func startLabel(link bool) string {
	if link {
		return connectLabel
	}
	return signInLabel
}

// logoutForm returns the form that logs out.
func (s *server) logoutForm(label string) *Form {
	if label == "" {
		label = signOutLabel
	}
	return &Form{Action: s.site.BrowserPath(site.RouteLogout), Label: label, plain: true}
}

// ButtonOption changes a sign-in button; see [Auth.SignInForm].
type ButtonOption func(*buttonChoices)

// buttonChoices are what the options of a sign-in button ask for.
type buttonChoices struct {
	label    string
	checkbox string
	carry    *http.Request
	link     bool
	data     string
	force    bool
}

// Label sets the button's text. Default: "Sign in with X".
func Label(text string) ButtonOption {
	return func(c *buttonChoices) { c.label = cmp.Or(text, signInLabel) }
}

// StayLoggedInCheckbox adds a checkbox with that label, by default "Keep me logged
// in", which chooses stayLoggedIn. Unticked it means no, whatever Config.StayLoggedIn is.
func StayLoggedInCheckbox(label string) ButtonOption {
	return func(c *buttonChoices) { c.checkbox = cmp.Or(label, stayLoggedInLabel) }
}

// Carry keeps what the app's sign-in page, Config.LoginPage, was opened with:
// the redirect target and, after [Auth.RequireRecent], that the login confirms the
// user who is signed in. Without the latter a confirmation would become an
// ordinary login.
func Carry(r *http.Request) ButtonOption { return func(c *buttonChoices) { c.carry = r } }

// Link makes the login attach the X account to the user who is signed in; see
// [Linker].
func Link() ButtonOption { return func(c *buttonChoices) { c.link = true } }

// Data is handed to the store as Login.Data: an invite code, a tenant. At most
// 256 bytes of UTF-8, or the login is refused.
func Data(text string) ButtonOption { return func(c *buttonChoices) { c.data = text } }

// Force makes X ask for the password even of people who are signed in there. X
// has that over OAuth 1.0a only: with both pairs of keys the login goes over 1.0a,
// and with OAuth 2.0 alone it is refused.
func Force() ButtonOption { return func(c *buttonChoices) { c.force = true } }

// buttonForm returns the form of a sign-in button. A refused target is left out.
func (s *server) buttonForm(returnTo string, options []ButtonOption) Form {
	choices := buttonChoices{label: signInLabel}
	for _, option := range options {
		option(&choices)
	}
	target, reauth := s.returns.CheckOr(returnTo, ""), false
	if choices.carry != nil {
		reauth = isReauth(choices.carry)
		if target == "" {
			target = s.returnTo(choices.carry)
		}
	}
	form := Form{Action: s.site.BrowserPath(site.RouteLogin), Label: choices.label}
	add := func(name, value, label string) {
		form.Fields = append(form.Fields, FormField{Name: name, Value: value, Label: label})
	}
	if target != "" {
		add("return_to", target, "")
	}
	if choices.checkbox != "" {
		add("stayLoggedIn", "false", "") // for the unticked checkbox, of which browsers send nothing
		add("stayLoggedIn", "true", choices.checkbox)
	}
	if choices.link {
		add("link", "true", "")
	}
	if reauth {
		add("reauth", "true", "")
	}
	if choices.data != "" {
		add("data", choices.data, "")
	}
	if choices.force {
		add("force", "true", "")
	}
	return form
}
