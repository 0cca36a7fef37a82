package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"twitterlogin.example/twitterauth/twittertest"
)

// settings are the flags.
type settings struct {
	addr       string
	people     []twittertest.Person // nil: the four of package twittertest
	public     bool
	publicURLs []string

	tlsAddr string // "": no TLS
	caFile  string

	consumerKey, consumerSecret string // "": made at start
	clientID                    string // the same
	clientSecret                *string
}

func parseSettings(args []string, stderr io.Writer) (settings, error) {
	var set settings
	var peopleFile, clientSecret string
	flags := flag.NewFlagSet("standin", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.addr, "addr", "127.0.0.1:9090", "`address` to listen on; port 0 takes a free port")
	flags.StringVar(&peopleFile, "people", "", "JSON `file` of the people who have an account (default four people)")
	flags.BoolVar(&set.public, "public", false, "allow an address that a network reaches; everybody there can be anyone")
	flags.Func("public-url", "`URL` by which others know the stand-in, such as https://api.x.com; once for each name", func(address string) error {
		set.publicURLs = append(set.publicURLs, address)
		return twittertest.CheckPublicURL(address)
	})
	flags.StringVar(&set.tlsAddr, "tls-addr", "", "`address` to listen on for https as well, with a certificate for the hosts of -public-url")
	flags.StringVar(&set.caFile, "ca-file", "", "`file` to which the certificate of a CA made at start is written, in PEM; needed with -tls-addr")
	flags.StringVar(&set.consumerKey, "consumer-key", "", "the app's `key` for OAuth 1.0a (default made at start)")
	flags.StringVar(&set.consumerSecret, "consumer-secret", "", "its `secret` (default made at start)")
	flags.StringVar(&set.clientID, "client-id", "", "the app's client `ID` for OAuth 2.0 (default made at start)")
	flags.StringVar(&clientSecret, "client-secret", "", "its `secret`; given empty: a public client (default made at start)")
	if err := flags.Parse(args); err != nil {
		return set, errPrinted(err)
	}
	if flags.NArg() > 0 {
		return set, fmt.Errorf("there is an argument %q after the flags: remove it", flags.Arg(0))
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "client-secret" {
			set.clientSecret = &clientSecret
		}
	})
	if err := errors.Join(set.checkAddress(set.addr), set.checkTLS()); err != nil {
		return set, err
	}
	err := set.readPeople(peopleFile)
	return set, err
}

// errPrinted keeps flag.ErrHelp as it is. Package flag has printed other errors
// together with the usage.
func errPrinted(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errors.New("the flags are invalid, see above")
}

// checkAddress refuses what a network reaches, unless -public is given.
func (set *settings) checkAddress(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return fmt.Errorf("the address %q must be host:port, such as 127.0.0.1:9090", addr)
	case set.public || isLoopback(host):
		return nil
	}
	return fmt.Errorf("a network may reach %q, where everybody could be anyone: listen on 127.0.0.1, or give -public", addr)
}

func (set *settings) checkTLS() error {
	if (set.tlsAddr == "") != (set.caFile == "") {
		return errors.New("-tls-addr and -ca-file need each other")
	}
	if set.tlsAddr == "" {
		return nil
	}
	return set.checkAddress(set.tlsAddr)
}

// isLoopback reports whether a host is this machine alone.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func (set *settings) readPeople(file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // G304: the person at the terminal names the file
	if err != nil {
		return err
	}
	if set.people, err = parsePeople(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
