package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"twitterlogin.example/twitterauth"
)

// liveInterval is how often the live page asks whether its session still counts.
// The page ends so long after the session at most. Each open page costs a query
// for each interval.
const liveInterval = 2 * time.Second

// liveEventsPath is where the live page's events are.
const liveEventsPath = "/live-events"

// liveWriteTimeout is how long a browser may take to accept one event. The
// server's own timeout counts from the request on, and would end every stream.
const liveWriteTimeout = 10 * time.Second

// liveScript is the only script of the site. The page's policy allows it by its
// hash.
//
//go:embed web/live.js
var liveScript string

// live is a page that stays open. Its policy allows its one script, and that
// script to ask this site.
func (a *app) live(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	w.Header().Set("Content-Security-Policy", a.policy+livePolicy)
	a.pages.render(w, http.StatusOK, "live.html", a.view(user))
}

// livePolicy is what the live page's policy allows more than the others.
var livePolicy = func() string {
	hash := sha256.Sum256([]byte(liveScript))
	return "; script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; connect-src 'self'"
}()

// liveEvents sends an event for each interval (server-sent events), and ends
// when the session does, when the browser goes away, or when the program ends.
func (a *app) liveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx passes each event on at once
	if r.Method == http.MethodHead {
		return // the client does not read the events
	}
	out := http.NewResponseController(w)
	tick := time.NewTicker(a.liveInterval)
	defer tick.Stop()
	for {
		event, last := a.liveEvent(r.Context())
		_ = out.SetWriteDeadline(time.Now().Add(liveWriteTimeout)) // without it the browser connects again each 30 s
		fmt.Fprint(w, event)
		if err := out.Flush(); err != nil || last {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-a.closing:
			return
		case <-tick.C:
		}
	}
}

// liveEvent returns the next event, and whether it is the last one.
func (a *app) liveEvent(ctx context.Context) (event string, last bool) {
	err := a.auth.StillValid(ctx)
	switch {
	case err == nil:
		return "data: " + time.Now().UTC().Format(time.RFC3339) + "\n\n", false
	case errors.Is(err, twitterauth.ErrSessionEnded), errors.Is(err, twitterauth.ErrUserNotFound):
		return "event: ended\ndata:\n\n", true
	case ctx.Err() != nil:
		return "", true
	}
	a.logger.Error("a live page could not be checked", "error", err)
	return ": the database does not answer\n\n", false // the session may be valid
}
