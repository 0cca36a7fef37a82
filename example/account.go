package main

import (
	"errors"
	"net/http"
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
		err = a.renewSession(w, r, user.ID)
	}
	a.backHome(w, r, err)
}

// renewSession starts a session like the request's.
func (a *app) renewSession(w http.ResponseWriter, r *http.Request, userID string) error {
	sessions := a.auth.Sessions()
	before, err := sessions.Load(r)
	if err == nil {
		_, err = sessions.Start(w, r, userID, before.StayLoggedIn)
	}
	return err
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
