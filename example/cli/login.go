package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

const (
	// callbackPath ends the redirect URI, http://127.0.0.1:PORT/signed-in. The site
	// lists it in Config.AppCallbacks, without the port.
	callbackPath = "/signed-in"

	// clientID is required by OAuth and means nothing to the site, which knows its
	// apps by their redirect URIs.
	clientID = "twitterlogin-cli"

	// loginTimeout is how long the site keeps a pending login.
	loginTimeout = 30 * time.Minute

	// farewell is how long the last page has to reach the browser.
	farewell = 5 * time.Second
)

// login signs in through the system's browser and keeps the token. An older
// session of the same site ends then.
func (c client) login(ctx context.Context) error {
	older, err := c.savedToken()
	hasOlder := err == nil
	if err != nil && !errors.Is(err, errNoToken) {
		return err
	}
	token, err := c.signIn(ctx)
	if err != nil {
		return err
	}
	if err := writeToken(c.TokenFile, savedToken{Site: c.address(""), Token: token}); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Signed in. The token is in %s.\n", c.TokenFile)
	if hasOlder {
		if err := c.endSession(ctx, older); err != nil {
			return fmt.Errorf("the session before this login goes on: %w", err)
		}
	}
	return nil
}

// signIn goes through the browser and returns the token.
func (c client) signIn(ctx context.Context) (*oauth2.Token, error) {
	listener, err := listenOnLoopback(ctx)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	config := oauth2.Config{
		ClientID:    clientID,
		RedirectURL: "http://" + listener.Addr().String() + callbackPath,
		Endpoint:    oauth2.Endpoint{AuthURL: c.address("authorize"), TokenURL: c.address("token"), AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	address := config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("stayLoggedIn", "true"))
	if err := c.tryAddress(ctx, address); err != nil {
		return nil, err
	}

	exchange := func(ctx context.Context, code string) (*oauth2.Token, error) {
		token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.http), code, oauth2.VerifierOption(verifier))
		if err != nil {
			return nil, c.exchangeError(err)
		}
		return token, nil
	}
	waiting := newCallback(state, exchange)
	server := &http.Server{Handler: waiting, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	defer shutDown(server)                     //nolint:contextcheck // the server ends after the context

	c.showAddress(address, listener.Addr())
	return waiting.result(ctx)
}

// shutDown ends the server when the browser has got its last page.
func shutDown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

// listenOnLoopback listens on a free port, on IPv6 where there is no IPv4 (RFC
// 8252, section 7.3).
func listenOnLoopback(ctx context.Context) (net.Listener, error) {
	var list []error
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err == nil {
			return l, nil
		}
		list = append(list, err)
	}
	return nil, fmt.Errorf("this machine has no loopback address to listen on: %w", errors.Join(list...))
}

// tryAddress asks the site for the page that the browser will show, which starts
// nothing, so that a wrong -site is an error here and not a page there.
func (c client) tryAddress(ctx context.Context, address string) error {
	status, body, err := c.send(ctx, http.MethodGet, address, nil)
	switch {
	case err != nil:
		return err
	case status == http.StatusNotFound, status == http.StatusUnauthorized: // an app may guard what is not a route
		return fmt.Errorf("%s has no login for native apps at %s: check -site and -routes, and that the site sets Config.AppCallbacks", c.Site, c.Routes)
	case status >= http.StatusBadRequest:
		return c.refused(status, body)
	}
	return nil
}

func (c client) showAddress(address string, back net.Addr) {
	if c.openBrowser(address) {
		fmt.Fprintf(c.out, "Sign in in your browser. If it shows nothing, open this address there:\n\n%s\n\n", address)
		return
	}
	fmt.Fprintf(c.out, "Open this address in a browser on this machine:\n\n%s\n\n"+
		"A browser on another machine needs a tunnel: ssh -L %d:%s and the name of this machine.\n\n", address, back.(*net.TCPAddr).Port, back)
}

// exchangeError is what went wrong at POST token, without the answer's body.
func (c client) exchangeError(err error) error {
	var refusal *oauth2.RetrieveError
	switch {
	case errors.As(err, &refusal) && refusal.ErrorCode != "":
		return fmt.Errorf("%s refuses the sign-in: %s (%s)", c.Site, printable(refusal.ErrorDescription), printable(refusal.ErrorCode))
	case errors.As(err, &refusal):
		return c.refused(refusal.Response.StatusCode, nil)
	}
	return c.unreachable(err)
}
