package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// site is the stand-in with its control routes at an address.
type site struct {
	set      settings
	x        *twittertest.Server
	listener net.Listener
	server   *http.Server
}

// open makes the stand-in and takes the port.
func open(set settings, log io.Writer) (*site, error) {
	x := twittertest.NewUnstartedServer()
	set.giveKeys(x)
	x.SetLogger(slog.New(slog.NewTextHandler(log, nil)))
	x.SetPublicURL(set.publicURLs...)
	steer := &control{x: x, people: set.people, guard: guard{set.publicURLs}}
	steer.start()

	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", set.addr)
	if err != nil {
		return nil, err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, controlPrefix) {
			steer.ServeHTTP(w, r)
			return
		}
		x.Handler().ServeHTTP(w, r)
	})
	return &site{set, x, l, &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}, nil
}

// giveKeys puts the keys that flags give in place of those made at start.
func (set *settings) giveKeys(x *twittertest.Server) {
	for key, given := range map[*string]string{&x.ConsumerKey: set.consumerKey, &x.ConsumerSecret: set.consumerSecret, &x.ClientID: set.clientID} {
		if given != "" {
			*key = given
		}
	}
	if set.clientSecret != nil {
		x.ClientSecret = *set.clientSecret
	}
}

// url is the stand-in's address for a client on this machine.
func (s *site) url() string {
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// announce prints the address, the keys as a shell reads them, and a line to try.
func (s *site) announce(w io.Writer) {
	fmt.Fprintf(w, "Stand-in for X at %s\n", s.url())
	for _, address := range s.set.publicURLs {
		fmt.Fprintf(w, "known as %s\n", address)
	}
	for _, key := range []struct{ name, value string }{
		{"TWITTER_API_URL", s.url()},
		{"TWITTER_CONSUMER_KEY", s.x.ConsumerKey},
		{"TWITTER_CONSUMER_SECRET", s.x.ConsumerSecret},
		{"TWITTER_CLIENT_ID", s.x.ClientID},
		{"TWITTER_CLIENT_SECRET", s.x.ClientSecret},
	} {
		fmt.Fprintf(w, "export %s=%s\n", key.name, quoted(key.value))
	}
	for i, p := range s.x.People() {
		if i == 0 {
			fmt.Fprintf(w, "To let @%s sign in everywhere without a click:\n  curl --data %s %s\n", p.ScreenName, quoted(`{"id":"`+p.ID+`"}`), s.url()+controlPrefix+"sign-in-as")
		}
	}
}

// quoted is a text as a POSIX shell reads it back.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// serve answers until the context ends.
func (s *site) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.x.Close()
		s.server.Close()
	})
	defer stop()
	err := s.server.Serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
