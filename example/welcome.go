package main

import (
	"context"
	"net/http"
	"net/url"

	"twitterlogin.example/twitterauth"
)

// welcomePath is the page that comes before a user's first visit.
const welcomePath = "/welcome"

// landingPage leads a new user to the welcome page, and from there to where the
// login would have led. It asks the user's row whether the page was filled in: a
// session would forget that on the next device. A login that confirms who is signed
// in goes on to what the person was about to do.
func landingPage(users *users) func(context.Context, string, twitterauth.Login, string) (string, error) {
	return func(ctx context.Context, userID string, login twitterauth.Login, returnTo string) (string, error) {
		if login.Reauth {
			return "", nil
		}
		user, err := users.UserByID(ctx, userID)
		if err != nil || user.onboarded {
			return "", err
		}
		return welcomeFor(returnTo), nil
	}
}

// welcomeFor is the welcome page's address with where it leads.
func welcomeFor(returnTo string) string {
	if returnTo == "" || returnTo == "/" {
		return welcomePath
	}
	return welcomePath + "?" + url.Values{"return_to": {returnTo}}.Encode()
}

// welcome shows the house rules to a user who has not agreed to them.
func (a *app) welcome(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	if user.isGuest() || user.onboarded {
		a.backTo(w, r, a.auth.ReturnTo(r), nil)
		return
	}
	v := a.view(user)
	v.ReturnTo = a.auth.ReturnTo(r)
	a.pages.render(w, http.StatusOK, "welcome.html", v)
}

// agree notes that the user has filled in the welcome page.
func (a *app) agree(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.backTo(w, r, a.auth.ReturnTo(r), a.users.onboard(r.Context(), user.ID))
}
