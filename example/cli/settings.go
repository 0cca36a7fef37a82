package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// settings is what the command line asks for.
type settings struct {
	Command   string
	Site      string // the origin, such as http://127.0.0.1:8080
	Routes    string // the folder of the login's routes there, such as /auth/twitter
	TokenFile string
}

// address returns the address of a route of the login.
func (s settings) address(route string) string { return s.Site + s.Routes + "/" + route }

// readSettings reads a command with flags before it, after it, or both.
func readSettings(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("cli", flag.ContinueOnError)
	flags.StringVar(&s.Site, "site", "http://127.0.0.1:8080", "`address` of the site")
	flags.StringVar(&s.Routes, "routes", "/auth/twitter", "`folder` of the login's routes on the site")
	flags.StringVar(&s.TokenFile, "token-file", "", "`file` of the session's token (default: in the user's config folder)")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	s.Command = flags.Arg(0)
	if err := flags.Parse(flags.Args()[min(1, flags.NArg()):]); err != nil {
		return settings{}, err
	}
	switch {
	case s.Command == "":
		return settings{}, errors.New("there is no command: use login, whoami or logout (see -help)")
	case !isCommand(s.Command):
		return settings{}, fmt.Errorf("there is no command %q: use login, whoami or logout", s.Command)
	case flags.NArg() > 0:
		return settings{}, fmt.Errorf("the argument %q is not a flag (see -help)", flags.Arg(0))
	}
	err := s.complete()
	return s, err
}

// complete checks the addresses and fills in the default token file.
func (s *settings) complete() error {
	u, err := url.Parse(s.Site)
	switch {
	case err != nil, u.Host == "", u.User != nil, strings.Trim(u.Path, "/") != "", u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("-site %q is not the address of a site, such as http://127.0.0.1:8080", s.Site)
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return fmt.Errorf("-site %s: use https, because the token must not cross a network in the clear", s.Site)
	}
	s.Site = u.Scheme + "://" + strings.ToLower(u.Host)
	s.Routes = "/" + strings.Trim(s.Routes, "/")
	if s.TokenFile == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("the user's config folder is not known (%w): name a -token-file", err)
		}
		s.TokenFile = filepath.Join(folder, "twitterlogin-example", "token.json")
	}
	return nil
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

const usage = `Signs in to the example from a command line.

  cli login    opens the system's browser and keeps the session's token
  cli whoami   shows who is signed in
  cli logout   ends the session and deletes the token

Flags:
`
