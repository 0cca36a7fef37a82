package main

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/twitterauth"
)

// With -invitations a new account needs an invitation, which makes one account. Its
// code comes with the login as "data". People who have an account sign in as ever.

// What a person reads who has no invitation.
var (
	errNotInvited      = twitterauth.Refuse("New accounts need an invitation. Open the link in your invitation and sign in there.")
	errInvitationSpent = twitterauth.Refuse("This invitation has been used. Please ask for another.")
)

// requireInvitation uses up the code for a user who is new in this transaction. A
// user who was invited before, and has disconnected X meanwhile, needs no other.
func (s *users) requireInvitation(ctx context.Context, tx *sql.Tx, user int64, code string) error {
	if len(s.invitations) == 0 {
		return nil
	}
	var invited bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM used_invitations WHERE used_by = $1)`, user).Scan(&invited)
	if err != nil || invited {
		return err
	}
	if !slices.Contains(s.invitations, code) {
		return errNotInvited
	}
	done, err := tx.ExecContext(ctx, `
		INSERT INTO used_invitations (code, used_by, used_at) VALUES ($1, $2, $3)
		ON CONFLICT (code) DO NOTHING`, code, user, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errInvitationSpent, err)
	}
	return nil
}

// maxInvitation bounds a code, in bytes: a login carries no more data.
const maxInvitation = 256

// invitationCodes reads -invitations.
func invitationCodes(list string) (codes []string) {
	for code := range strings.SplitSeq(list, ",") {
		if code = strings.TrimSpace(code); code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}
