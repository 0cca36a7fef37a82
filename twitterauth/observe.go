package twitterauth

import (
	"context"
	"log/slog"
	"runtime/debug"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// observer is Config.Observe, with its panics caught.
type observer struct {
	observe func(context.Context, Event) // nil: no observer
	logger  *slog.Logger
}

// emit passes an event on. A panic ends here, also http.ErrAbortHandler: the
// event has happened already, and not every event has a handler to abort.
func (o observer) emit(ctx context.Context, e Event) {
	if o.observe == nil {
		return
	}
	defer func() {
		if value := recover(); value != nil {
			p := &panicError{value: value, stack: debug.Stack()}
			o.logger.LogAttrs(ctx, slog.LevelError, "twitterauth: Config.Observe panicked",
				slog.String("kind", string(e.Kind)),
				slog.String("error", shortened(p.Error(), maxLoggedError)),
				slog.String("stack", string(p.stack)))
		}
	}()
	o.observe(ctx, e)
}

// forCalls returns what package xapi calls after each call to X, or nil.
func (o observer) forCalls() func(context.Context, xapi.Call) {
	if o.observe == nil {
		return nil
	}
	return func(ctx context.Context, c xapi.Call) {
		e := Event{Kind: EventProviderCalled, Protocol: protocolName(attempt.OAuth1), Step: string(c.Step), Took: c.Took}
		if c.OAuth2 {
			e.Protocol = protocolName(attempt.OAuth2)
		}
		if c.Err != nil {
			e.Code = providerError(c.Err, refusedAt(c.Step)).Code
		}
		o.emit(ctx, e)
	}
}

// refusedAt is what it means that X does not accept what a step sent.
func refusedAt(step xapi.Step) string {
	switch step {
	case xapi.StepRequestToken:
		return CodeAppMisconfigured
	case xapi.StepAccessToken, xapi.StepToken:
		return CodeLoginExpired
	}
	return CodeTokenInvalid
}

// protocolName is Event.Protocol.
func protocolName(p attempt.Protocol) string {
	if p == attempt.OAuth2 {
		return "2.0"
	}
	return "1.0a"
}
