package twitterauth

// startForm is what a person chooses for a login.
type startForm struct {
	ReturnTo string
	Stay     bool
	Link     bool
	Data     string
}

// loginForm is a form that starts a login.
type loginForm struct {
	startForm
	Action string

	formAction string // where the form leads, for the page's Content-Security-Policy
}
