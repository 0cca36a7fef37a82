package twitterauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"twitterlogin.example/internal/storewait"
)

// hooks call the app's functions for what a visitor sees. Whatever goes wrong there
// is logged, and the visitor gets English, or the library's own page.
type hooks struct {
	texts  func(*http.Request) *Texts                 // Config.Texts; nil: English
	page   func(io.Writer, *http.Request, Page) error // Config.Page; nil: the library's own page
	logger *slog.Logger
	calls  storewait.Calls
}

// hookWaiting is how long an answer waits for the app's function.
const hookWaiting = 2 * time.Second

var (
	errHookHangs = fmt.Errorf("it has not returned within %v", hookWaiting)
	errNoPage    = errors.New("it wrote nothing")

	errHookWithinItself = errors.New("it was called by itself: do not ask the library, in it, for a page or a text")
)

// textsFor returns the texts of a request's visitor; nil is English.
func (h *hooks) textsFor(r *http.Request) *Texts {
	if h == nil || h.texts == nil {
		return nil
	}
	t, err := askHook(h, "Texts", r, func(r *http.Request) (*Texts, error) { return h.texts(r), nil })
	if err != nil {
		h.log(r, "Config.Texts failed; the visitor reads English", err)
		return nil
	}
	return t
}

// layOut returns a page in the app's layout; ok is false where the app has none, or
// its layout failed.
func (h *hooks) layOut(r *http.Request, p Page) (body []byte, ok bool) {
	if h == nil || h.page == nil {
		return nil, false
	}
	p.Form = p.Form.clone() // the library's own page may need it as it is
	body, err := askHook(h, "Page", r, func(r *http.Request) ([]byte, error) {
		b := &pageBuffer{ctx: r.Context()}
		pageErr := h.page(b, r, p)
		body, err := b.close()
		return body, cmp.Or(pageErr, err)
	})
	if err == nil && len(body) == 0 {
		err = errNoPage
	}
	if err != nil {
		h.log(r, "Config.Page failed; the visitor gets the library's own page", err)
		return nil, false
	}
	return body, true
}

// runningHook is the key of a context in which a hook runs.
type runningHook struct {
	*hooks
	name string
}

// askHook calls the app and waits for hookWaiting at most. The request's own time may
// be used up already, so the call gets time of its own, and a request of its own,
// because a call that hangs may go on to use it.
func askHook[T any](h *hooks, name string, r *http.Request, call func(*http.Request) (T, error)) (result T, err error) {
	running := runningHook{h, name}
	if r.Context().Value(running) != nil {
		return result, errHookWithinItself
	}
	ctx := context.WithValue(context.WithoutCancel(r.Context()), running, true)
	ctx, cancel := context.WithTimeout(ctx, hookWaiting)
	defer cancel()
	r = r.Clone(ctx)
	result, err = storewait.Do(ctx, &h.calls, func() (result T, err error) {
		err = recovering(func() (err error) {
			result, err = call(r)
			return err
		})
		return result, err
	})
	switch {
	case errors.Is(err, storewait.ErrTooManyAbandoned):
		err = fmt.Errorf("not called, because %d earlier calls have not returned", storewait.MaxAbandoned)
	case ctx.Err() != nil:
		err = errHookHangs
	}
	return result, err
}

func (h *hooks) log(r *http.Request, message string, err error) {
	attrs := []slog.Attr{slog.String("path", loggable(r.URL.Path)), slog.String("error", shortened(err.Error(), maxLoggedError))}
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	h.logger.LogAttrs(r.Context(), slog.LevelError, "twitterauth: "+message, attrs...)
}
