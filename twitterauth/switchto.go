package twitterauth

import "twitterlogin.example/twitterauth/internal/switching"

// SwitchTo returns an error with which a [Linker] answers that the X account belongs
// to that user already, and that the person, whom X has just vouched for, is to be
// signed in as that user. It may be wrapped. The user gets a fresh session, with the
// stayLoggedIn of the pending login, and the guest's session ends; a bearer token
// sealed without a [SessionKeeper] or a server-side Store stays good to its end.
//
// Return it only for a user without an X account of their own: a guest who turns out
// to have signed up before, whose cart moves. For every other user return
// [ErrAlreadyLinked], because they did not ask to leave their account.
//
// Return it after the transaction that moves the guest's rows has committed. An
// error inside a transaction's function rolls the rows back, and the person would be
// signed in without them:
//
//	if err := tx.Commit(); err != nil {
//		return err
//	}
//	return twitterauth.SwitchTo(ownerID)
//
// An empty or unknown user ID is answered 500 store_failed, and so is SwitchTo from
// UserForLogin, which returns the user's ID instead.
func SwitchTo(userID string) error { return &switching.Error{UserID: userID} }
