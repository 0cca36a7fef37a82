package twitterauth

// startForm is what a person chooses for a login, and what the form of a page
// that offers to start again carries.
type startForm struct {
	ReturnTo   string
	Stay       bool
	Link       bool
	Reauth     bool // confirm the user who is signed in
	Data       string
	Force      bool   // X asks for the password
	ScreenName string // X fills it in
}

// fields returns the form's fields. Force and ScreenName are left out: they are
// for one start, not for starting again.
func (f startForm) fields() []FormField {
	var fields []FormField
	hidden := func(name, value string) { fields = append(fields, FormField{Name: name, Value: value}) }
	if f.ReturnTo != "" {
		hidden("return_to", f.ReturnTo)
	}
	hidden("stayLoggedIn", switchText(f.Stay))
	if f.Link {
		hidden("link", "true")
	}
	if f.Reauth {
		hidden("reauth", "true")
	}
	if f.Data != "" {
		hidden("data", f.Data)
	}
	return fields
}

// target returns the redirect target, or "" if it is where every login ends.
func (f startForm) target(afterLogin string) string {
	if f.ReturnTo == afterLogin {
		return ""
	}
	return f.ReturnTo
}

// switchText writes what parseSwitch reads.
func switchText(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
