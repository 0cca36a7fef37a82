package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// site is the stand-in with its control routes at one address or two.
type site struct {
	set     settings
	x       *twittertest.Server
	handler http.Handler
	plain   net.Listener
	secure  net.Listener // nil without -tls-addr
	servers []*http.Server
}

// open makes the stand-in and takes the ports.
func open(ctx context.Context, set settings, log io.Writer) (*site, error) {
	x := twittertest.NewUnstartedServer()
	set.giveKeys(x)
	x.SetLogger(slog.New(slog.NewTextHandler(log, nil)))
	x.SetPublicURL(set.publicURLs...)
	steer := &control{x: x, people: set.people, guard: guard{set.publicURLs}}
	steer.start()
	s := &site{set: set, x: x, handler: routed(steer, x.Handler())}
	if err := s.listen(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func routed(steer, x http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, controlPrefix) {
			steer.ServeHTTP(w, r)
			return
		}
		x.ServeHTTP(w, r)
	})
}

func (s *site) listen(ctx context.Context) (err error) {
	var config net.ListenConfig
	if s.plain, err = config.Listen(ctx, "tcp", s.set.addr); err != nil {
		return err
	}
	s.newServer()
	if s.set.tlsAddr == "" {
		return nil
	}
	if s.secure, err = config.Listen(ctx, "tcp", s.set.tlsAddr); err != nil {
		return err
	}
	cert, ca, err := newCertificate(s.set.certificateHosts())
	if err != nil {
		return err
	}
	s.newServer().TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	return writeFile(s.set.caFile, ca)
}

// maxHeader bounds a request's header, in bytes.
const maxHeader = 64 << 10

// newServer adds a server; each listener has a server of its own.
func (s *site) newServer() *http.Server {
	server := &http.Server{Handler: s.handler, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: maxHeader}
	s.servers = append(s.servers, server)
	return server
}

// certificateHosts are the names and addresses of the certificate: those of this
// machine, and the public URLs'.
func (set *settings) certificateHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, address := range set.publicURLs {
		if u, err := url.Parse(address); err == nil {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
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

// announce prints the address, the keys as a shell reads them, and a line to try.
func (s *site) announce(w io.Writer) {
	address := "http://" + dialable(s.plain)
	fmt.Fprintf(w, "Stand-in for X at %s\n", address)
	if s.secure != nil {
		fmt.Fprintf(w, "and at https://%s, by the CA in %s\n", dialable(s.secure), s.set.caFile)
	}
	for _, public := range s.set.publicURLs {
		fmt.Fprintf(w, "known as %s\n", public)
	}
	for _, key := range []struct{ name, value string }{
		{"TWITTER_API_URL", address},
		{"TWITTER_CONSUMER_KEY", s.x.ConsumerKey},
		{"TWITTER_CONSUMER_SECRET", s.x.ConsumerSecret},
		{"TWITTER_CLIENT_ID", s.x.ClientID},
		{"TWITTER_CLIENT_SECRET", s.x.ClientSecret},
	} {
		fmt.Fprintf(w, "export %s=%s\n", key.name, quoted(key.value))
	}
	body, who := `{"cancel":true}`, "To cancel every login"
	if people := s.x.People(); len(people) > 0 {
		body, who = `{"id":"`+people[0].ID+`"}`, "To sign everybody in as "+printable(people[0])
	}
	fmt.Fprintf(w, "%s, without a click:\n  curl --data %s %s\n", who, quoted(body), address+controlPrefix+"sign-in-as")
}

// handle is what handles at X are made of.
var handle = regexp.MustCompile(`^\w+$`)

// printable names a person in a line of text. Tests may have people with any handle.
func printable(p twittertest.Person) string {
	if handle.MatchString(p.ScreenName) {
		return "@" + p.ScreenName
	}
	return "the person " + p.ID
}

// dialable is a listener's address for a client on this machine.
func dialable(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// quoted is a text as a POSIX shell reads it back.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// serve answers until the context ends or a listener fails.
func (s *site) serve(ctx context.Context) error {
	defer s.close()
	defer context.AfterFunc(ctx, s.close)()
	ended := make(chan error, 2)
	go func() { ended <- s.servers[0].Serve(s.plain) }()
	if s.secure != nil {
		go func() { ended <- s.servers[1].ServeTLS(s.secure, "", "") }()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// close ends every answer and frees the ports. It may be called more than once.
func (s *site) close() {
	s.x.Close()
	for _, server := range s.servers {
		server.Close()
	}
	for _, l := range []net.Listener{s.plain, s.secure} {
		if l != nil {
			l.Close()
		}
	}
}
