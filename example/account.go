package main

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// disconnect revokes this site's access to the X account of a user who has another
// way to be here, and takes the account from the user. Sessions on other devices
// end; this one goes on as a fresh one.
func (a *app) disconnect(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	if !user.isGuest() && !user.mayDisconnect() {
		a.refuseDisconnect(w, user)
		return
	}
	revoked := a.revoke(r.Context(), user)
	err := a.users.disconnect(r.Context(), user.ID)
	if errors.Is(err, errOnlyWayIn) {
		a.refuseDisconnect(w, user)
		return
	}
	if err == nil {
		before, _ := a.auth.Session(r.Context())
		_, err = a.auth.Sessions().Start(w, r, user.ID, before.StayLoggedIn)
	}
	if err == nil && !revoked {
		a.notice(w, http.StatusOK, nil, "X is disconnected here", "This app has forgotten your X account. "+notRevoked)
		return
	}
	a.backHome(w, r, err)
}

func (a *app) refuseDisconnect(w http.ResponseWriter, user *User) {
	a.refuse(w, user, "X stays connected", "X is the only way to sign in to this account. Without it you could not come back. You can delete the account instead.")
}

// revokeTimeout bounds the wait for a renewal that runs, and the question to X.
const revokeTimeout = 15 * time.Second

// notRevoked is what a user can do whose token could not be revoked.
const notRevoked = "X did not confirm that the app's access to it has ended. You can end it in your settings at X, under connected apps."

// revoke ends this site's access to the user's X account and reports whether X has
// confirmed that. A user can leave the site while X is down, so that an error is
// only logged.
func (a *app) revoke(ctx context.Context, user *User) bool {
	ctx, cancel := context.WithTimeout(ctx, revokeTimeout)
	defer cancel()
	err := a.users.dropToken(ctx, user.ID, a.auth.RevokeToken)
	if err != nil {
		a.logger.Warn("a user's token was not revoked at X", "user_id", user.ID, "error", err,
			"remedy", "the user can end the app's access in the settings at X, as the page explains")
	}
	return err == nil
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
	revoked := a.revoke(r.Context(), user)
	err := a.users.delete(r.Context(), user.ID)
	if err == nil && !revoked {
		a.notice(w, http.StatusOK, nil, "Your account is deleted", "This app has forgotten you and your X account. "+notRevoked)
		return
	}
	// The library ends the session on the way: the first page finds no user for it.
	a.backHome(w, r, err)
}

// refuse shows why the user's wish was not done.
func (a *app) refuse(w http.ResponseWriter, user *User, title, message string) {
	a.notice(w, http.StatusConflict, user, title, message)
}

// notice shows a message. Without a user it leads to the first page.
func (a *app) notice(w http.ResponseWriter, status int, user *User, title, message string) {
	v := a.view(user)
	v.Title, v.Message = title, message
	a.pages.render(w, status, "refused.html", v)
}
