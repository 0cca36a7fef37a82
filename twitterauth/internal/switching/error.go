// Package switching has the error of twitterauth.SwitchTo, which storetest looks
// into too.
package switching

// Error is for an X account that belongs to another user, who is to be signed in.
type Error struct{ UserID string }

func (*Error) Error() string {
	return "twitterauth: SwitchTo, which only LinkLogin can return: the X account belongs to another user"
}
