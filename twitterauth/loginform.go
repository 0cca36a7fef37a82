package twitterauth

import "twitterlogin.example/twitterauth/internal/site"

// loginForm returns the form that starts a login with these choices.
func (s *server) loginForm(form startForm) *loginForm {
	return &loginForm{startForm: form, Action: s.site.BrowserPath(site.RouteLogin), formAction: s.formAction}
}

// buttonForm returns the form of a sign-in button. A refused target is left out.
func (s *server) buttonForm(returnTo string) loginForm {
	form := loginForm{Action: s.site.BrowserPath(site.RouteLogin)}
	if target := s.returns.Check(returnTo); returnTo != "" && target != s.returns.Fallback() {
		form.ReturnTo = target
	}
	return form
}
