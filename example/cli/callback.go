package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"golang.org/x/oauth2"
)

// callback waits on the loopback address for the browser to come back. It
// exchanges the code before it answers, so that the page shows how the sign-in
// ended.
type callback struct {
	state    string
	exchange func(context.Context, string) (*oauth2.Token, error)
	mux      *http.ServeMux
	once     sync.Once
	done     chan outcome
}

type outcome struct {
	token *oauth2.Token
	err   error
}

func newCallback(state string, exchange func(context.Context, string) (*oauth2.Token, error)) *callback {
	c := &callback{state: state, exchange: exchange, mux: http.NewServeMux(), done: make(chan outcome, 1)}
	c.mux.HandleFunc("GET "+callbackPath, c.comeBack)
	return c
}

func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.mux.ServeHTTP(w, r) }

// result returns the token when the browser has come back.
func (c *callback) result(ctx context.Context) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, loginTimeout)
	defer cancel()
	select {
	case got := <-c.done:
		return got.token, got.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, errors.New("the browser did not come back within 30 minutes: run login again")
		}
		return nil, errors.New("interrupted")
	}
}

// comeBack answers the browser. Any page can send a browser to this address, so a
// request without the state of this login changes nothing (RFC 8252, section 8.9).
func (c *callback) comeBack(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(c.state)) != 1 {
		writePage(w, http.StatusBadRequest, "This is another sign-in", "The program in the terminal waits for another sign-in than this one. Use the address that it shows.")
		return
	}
	first := false
	c.once.Do(func() { //nolint:contextcheck // the request has the context
		first = true
		token, err := c.finish(context.WithoutCancel(r.Context()), query)
		if err != nil {
			writePage(w, http.StatusBadGateway, "You are not signed in", "The program in the terminal shows why. You can close this page.")
		} else {
			writePage(w, http.StatusOK, "You are signed in", "Go back to the terminal. You can close this page.")
		}
		c.done <- outcome{token, err}
	})
	if !first {
		writePage(w, http.StatusBadRequest, "This sign-in was used already", "Go back to the terminal. You can close this page.")
	}
}

func (c *callback) finish(ctx context.Context, query url.Values) (*oauth2.Token, error) {
	switch failure := query.Get("error"); {
	case failure == "access_denied" && query.Has("error_description"):
		return nil, fmt.Errorf("you are not signed in: %s", printable(query.Get("error_description")))
	case failure == "access_denied":
		return nil, errors.New("you cancelled the sign-in")
	case failure != "":
		return nil, fmt.Errorf("the sign-in failed at X (%s): run login again later", printable(failure))
	case query.Get("code") == "":
		return nil, errors.New("the browser came back without a code")
	}
	return c.exchange(ctx, query.Get("code"))
}
