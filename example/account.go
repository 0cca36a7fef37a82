package main

import (
	"errors"
	"net/http"
	"time"
)

// disconnect takes the X account from a user who has another way to be here.
// Sessions on other devices end; this one goes on as a fresh one.
func (a *app) disconnect(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	err := a.users.disconnect(r.Context(), user.ID)
	if errors.Is(err, errOnlyWayIn) {
		a.refuse(w, user, "X stays connected", "X is the only way to sign in to this account. Without it you could not come back. You can delete the account instead.")
		return
	}
	if err == nil {
		before, _ := a.auth.Session(r.Context())
		_, err = a.auth.Sessions().Start(w, r, user.ID, before.StayLoggedIn)
	}
	a.backHome(w, r, err)
}

// confirmAfter is how long after the login an account can be changed. Later the
// user must confirm with X, because the browser may have been left open.
const confirmAfter = 10 * time.Minute

// requireRecent passes the requests of users who have signed in lately. A guest has no X
// account to confirm with.
func (a *app) requireRecent(next http.Handler) http.Handler {
	recent := a.auth.RequireRecent(confirmAfter)(next)
	return a.auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _ := a.auth.User(r.Context()); user.isGuest() {
			next.ServeHTTP(w, r)
			return
		}
		recent.ServeHTTP(w, r)
	}))
}

// askToDelete is the page that comes before an account is deleted.
func (a *app) askToDelete(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.pages.render(w, http.StatusOK, "delete.html", a.view(user))
}

// deleteAccount deletes the account that the page before has shown. Meanwhile
// another tab may have signed in somebody else.
func (a *app) deleteAccount(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	if r.PostFormValue("user") != user.ID {
		a.refuse(w, user, "Nothing was deleted", "You are signed in with this account now. Start again if you want to delete it.")
		return
	}
	// The library ends the session on the way: the first page finds no user for it.
	a.backHome(w, r, a.users.delete(r.Context(), user.ID))
}

// refuse shows why the user's wish was not done.
func (a *app) refuse(w http.ResponseWriter, user *User, title, message string) {
	v := a.view(user)
	v.Title, v.Message = title, message
	a.pages.render(w, http.StatusConflict, "refused.html", v)
}
