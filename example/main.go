// Command example is a small site with "Log in with X", complete: sign in,
// stay logged in, protected pages, guests who link an account, log out.
//
// Without TWITTER_CONSUMER_KEY it starts a stand-in for X in the same process,
// so that a login can be clicked through with no account and no network.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

// run starts everything in order and returns when ctx ends or something fails.
func run(ctx context.Context, args []string, getenv func(string) string) error {
	set, err := readSettings(args, getenv)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))

	listener, err := listen(ctx, "-addr", set.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	set.settle(listener.Addr())

	keys, err := sessionKeys(set)
	if err != nil {
		return err
	}
	users, err := openUsers(ctx, set)
	if err != nil {
		return err
	}
	defer users.Close()

	sessions, err := openSessions(set, keys)
	if err != nil {
		return err
	}
	defer sessions.Close()

	x := chooseX(set)
	defer x.Close()

	app, err := newApp(set, x, users, sessions, loginConfig(set, x, keys, users, sessions, logger)) //nolint:contextcheck // the lines logged at start have no request
	if err != nil {
		return err
	}
	if err := startMetrics(ctx, set, app.metrics, logger); err != nil {
		return err
	}
	x.announce(os.Stdout, set)
	go checkX(ctx, x, app, logger) // while it serves, because sessions work without X
	go maintain(ctx, users, logger)
	return serve(ctx, listener, app, logger)
}

// checkX logs what would make logins at the real X fail.
func checkX(ctx context.Context, x *x, a *app, logger *slog.Logger) {
	if !x.real {
		return
	}
	if err := a.auth.Check(ctx); err != nil && ctx.Err() == nil {
		logger.Warn("logins will fail until this is repaired", "error", err)
	}
}

// maintainInterval is how often the database is cleaned up.
const maintainInterval = time.Hour

// maintain deletes the rows of expired sessions and seals tokens with the first
// token key, at start and then from time to time. Several machines may do it at
// once; what one cannot do now it does the next time.
func maintain(ctx context.Context, users *users, logger *slog.Logger) {
	tick := time.NewTicker(maintainInterval)
	defer tick.Stop()
	for {
		if err := users.deleteExpired(ctx, time.Now()); err != nil && ctx.Err() == nil {
			logger.Warn("the rows of expired sessions could not be deleted", "error", err)
		}
		resealTokens(ctx, users, logger)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// resealTokens seals tokens with the first token key, and logs whether the other
// keys are still needed.
func resealTokens(ctx context.Context, users *users, logger *slog.Logger) {
	if users.tokens.keys < 2 {
		return
	}
	sealed, unreadable, err := users.resealTokens(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		logger.Warn("tokens could not be sealed with the first of TOKEN_KEYS", "error", err)
	case err == nil:
		logger.Info("tokens are sealed with the first of TOKEN_KEYS; once all machines have it first, a pass that seals 0 again means that the other keys can go", "sealed_again", sealed, "unreadable", unreadable)
	}
}
