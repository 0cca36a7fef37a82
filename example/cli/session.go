package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// whoami shows whose session the token is.
func (c client) whoami(ctx context.Context) error {
	saved, err := c.savedToken()
	if errors.Is(err, errNoToken) {
		return errors.New("you are not signed in: run login")
	}
	if err != nil {
		return err
	}
	status, body, err := c.send(ctx, http.MethodGet, c.address("session"), saved.Token)
	switch {
	case err != nil:
		return err
	case status == http.StatusUnauthorized:
		return errors.New("the session has ended: run login")
	case status != http.StatusOK:
		return c.refused(status, body)
	}
	var session struct {
		UserID    string
		ExpiresAt time.Time
		IdleUntil time.Time
	}
	if err := json.Unmarshal(body, &session); err != nil || session.UserID == "" {
		return c.refused(status, nil)
	}
	until := session.ExpiresAt
	if !session.IdleUntil.IsZero() && session.IdleUntil.Before(until) {
		until = session.IdleUntil
	}
	fmt.Fprintf(c.out, "Signed in at %s as user %s, until %s.\n", c.Site, printable(session.UserID), until.Local().Format("2 January 2006 15:04 MST"))
	return nil
}

// logout ends the session at the site and deletes the token. While the site cannot
// end the session, the token stays, so that logout can be repeated.
func (c client) logout(ctx context.Context) error {
	saved, err := c.savedToken()
	if errors.Is(err, errNoToken) {
		fmt.Fprintln(c.out, "You are not signed in.")
		return nil
	}
	if err == nil {
		err = c.endSession(ctx, saved)
	}
	if err == nil {
		err = deleteToken(c.TokenFile)
	}
	if err == nil {
		fmt.Fprintf(c.out, "Signed out of %s.\n", c.Site)
	}
	return err
}

func (c client) endSession(ctx context.Context, saved savedToken) error {
	status, body, err := c.send(ctx, http.MethodPost, c.address("logout"), saved.Token)
	if err == nil && status != http.StatusNoContent {
		err = c.refused(status, body)
	}
	return err
}

// savedToken returns the token of this site, or errNoToken.
func (c client) savedToken() (savedToken, error) {
	saved, err := readToken(c.TokenFile)
	if err == nil && saved.Site != c.address("") {
		return savedToken{}, fmt.Errorf("the token in %s is for %s, not for %s: name that site with -site, or another -token-file", c.TokenFile, printable(saved.Site), c.address(""))
	}
	return saved, err
}
