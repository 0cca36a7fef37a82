package twitterauth

import (
	"context"
	"errors"
	"log/slog"

	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/twitterauth/internal/site"
)

// landing returns where a finished login leads: where Config.LandingPage decides,
// or to returnTo. Whatever goes wrong there is logged, because the person is signed
// in already. The context carries the budget.
func (s *server) landing(ctx context.Context, in signedIn, returnTo string) string {
	if s.cfg.LandingPage == nil {
		return returnTo
	}
	target, err := s.askLandingPage(ctx, in, returnTo)
	if err != nil {
		s.logLanding(ctx, err)
		return returnTo
	}
	if target == "" {
		return returnTo
	}
	checked := s.returns.CheckOr(target, "")
	if checked == "" {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: LandingPage returned a target that is refused; the login goes to its return_to",
			slog.String("target", loggable(site.PathOf(target))),
			slog.String("remedy", "return a path of this site, or a URL on a trusted origin, that is not a route of the login itself"))
		return returnTo
	}
	return checked
}

// clientLanding is landing for a client that has no return_to. Without a
// LandingPage it is "".
func (s *server) clientLanding(ctx context.Context, in signedIn) string {
	if s.cfg.LandingPage == nil {
		return ""
	}
	return s.landing(ctx, in, s.cfg.AfterLogin)
}

// askLandingPage calls the app, and waits no longer than the context lasts, also
// where the app does not honour it.
func (s *server) askLandingPage(ctx context.Context, in signedIn, returnTo string) (string, error) {
	return storewait.Do(ctx, s.landings, func() (target string, err error) {
		err = recovering(func() (err error) {
			target, err = s.cfg.LandingPage(ctx, in.userID, in.login, returnTo)
			return err
		})
		return target, err
	})
}

func (s *server) logLanding(ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the client has gone
	}
	attrs := []slog.Attr{slog.String("error", shortened(err.Error(), maxLoggedError))}
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "twitterauth: LandingPage failed; the login goes to its return_to", attrs...)
}
