package main

import (
	"html/template"
	"net/http"
	"slices"

	"twitterlogin.example/twitterauth"
)

// signInPath is where the site's own sign-in page is.
const signInPath = "/signin"

// signIn is the sign-in page: where guarded pages, a logout and error pages lead.
// It is open to everyone. Opened by RequireRecent it asks the user who is signed
// in to confirm.
func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	user, signedIn := a.auth.User(r.Context())
	v := a.view(user)
	v.ReturnTo = a.auth.ReturnTo(r)
	v.Confirming = signedIn && confirms(a.auth.SignInForm("", twitterauth.Carry(r)))
	switch {
	case v.Confirming:
		v.SignIn = a.auth.SignInButton("", twitterauth.Carry(r), twitterauth.Label("Confirm with X"))
	case v.Guest: // an ordinary login would leave the guest's cart behind
		v.SignIn = a.linkButton(v.ReturnTo, inviteOf(r))
	default:
		v.SignIn = a.signInButton(twitterauth.Carry(r), inviteOf(r))
	}
	a.pages.render(w, http.StatusOK, "signin.html", v)
}

// confirms reports whether a sign-in form is for the user who is signed in.
func confirms(form twitterauth.Form) bool {
	return slices.ContainsFunc(form.Fields, func(f twitterauth.FormField) bool { return f.Name == "reauth" })
}

// signInButton is the site's sign-in form.
func (a *app) signInButton(options ...twitterauth.ButtonOption) template.HTML {
	return a.auth.SignInButton("", append(options, twitterauth.StayLoggedInCheckbox("Keep me logged in"))...)
}

// linkButton is the form by which a guest keeps what they do here.
func (a *app) linkButton(returnTo string, options ...twitterauth.ButtonOption) template.HTML {
	options = append([]twitterauth.ButtonOption{twitterauth.Link(), twitterauth.Label("Link your X account")}, options...)
	return a.auth.SignInButton(returnTo, options...)
}

// inviteOf carries the code of an invitation, /signin?invite=CODE, to the store, as
// Login.Data.
func inviteOf(r *http.Request) twitterauth.ButtonOption {
	return twitterauth.Data(r.URL.Query().Get("invite"))
}

// guest signs a visitor in without X, to link an account later.
func (a *app) guest(w http.ResponseWriter, r *http.Request) {
	userID, err := a.users.newGuest(r.Context())
	if err == nil {
		_, err = a.auth.Sessions().Start(w, r, userID, false)
	}
	a.backTo(w, r, a.auth.ReturnTo(r), err)
}
