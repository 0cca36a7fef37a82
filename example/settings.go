package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"twitterlogin.example/session"
)

// settings is what flags and environment variables say.
type settings struct {
	Addr     string
	Router   string
	Data     string
	DB       string
	Sessions string

	Idle          time.Duration
	StayIdle      time.Duration
	AddressHeader string
	Metrics       string
	Invitations   string

	ConsumerKey    string
	ConsumerSecret string
	ClientID       string
	ClientSecret   string
	CallbackURL    string
	APIURL         string
	SessionKeys    string
	TokenKeys      string
}

func readSettings(args []string, getenv func(string) string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("example", flag.ContinueOnError)
	flags.StringVar(&s.Addr, "addr", "127.0.0.1:8080", "`address` to listen on")
	flags.StringVar(&s.Router, "router", "nethttp", "router to run on: "+strings.Join(routerNames(), ", "))
	flags.StringVar(&s.Data, "data", "./data", "`folder` of the users' database, the session key and the token key")
	flags.StringVar(&s.DB, "db", "", "`address` of a PostgreSQL database for the users (postgres://…) instead of SQLite in -data")
	flags.StringVar(&s.Sessions, "sessions", "", "`address` of a Redis server for the sessions (redis://…) instead of sealed cookies")
	flags.DurationVar(&s.Idle, "idle", 0, "`time` without a page after which a session ends, such as 30m (0: none). With several machines, start this version on all of them first")
	flags.DurationVar(&s.StayIdle, "stay-idle", 0, "the same `time` for \"Keep me logged in\", such as 720h; it then lasts a year at most instead of 30 days (0: none)")
	flags.StringVar(&s.AddressHeader, "address-header", "", "`header` in which a proxy of yours sends the browser's address, such as X-Real-IP (only behind such a proxy)")
	flags.StringVar(&s.Metrics, "metrics", "", "`address` on which /metrics is served for Prometheus, such as 127.0.0.1:9464. It is a listener of its own, which the public must not reach (default: none)")
	flags.StringVar(&s.Invitations, "invitations", "", "comma-separated `codes` of which a new account needs one, each for one account: the link is /signin?invite=CODE (default: everybody may come)")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	s.ConsumerKey = getenv("TWITTER_CONSUMER_KEY")
	s.ConsumerSecret = getenv("TWITTER_CONSUMER_SECRET")
	s.ClientID = getenv("TWITTER_CLIENT_ID")
	s.ClientSecret = getenv("TWITTER_CLIENT_SECRET")
	s.CallbackURL = getenv("TWITTER_CALLBACK_URL")
	s.APIURL = getenv("TWITTER_API_URL")
	s.SessionKeys = getenv("SESSION_KEYS")
	s.TokenKeys = getenv("TOKEN_KEYS")
	return s, s.check(flags.Args())
}

func (s settings) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("there is an argument that is no flag: %q (see -help)", rest[0])
	case routers[s.Router] == nil:
		return fmt.Errorf("-router %q is unknown: choose %s", s.Router, strings.Join(routerNames(), ", "))
	case s.ConsumerKey == "" && s.ConsumerSecret != "":
		return errors.New("TWITTER_CONSUMER_SECRET is set and TWITTER_CONSUMER_KEY is not: set both for the real X, or leave both out for the stand-in")
	case s.ClientID == "" && s.ClientSecret != "":
		return errors.New("TWITTER_CLIENT_SECRET is set and TWITTER_CLIENT_ID is not: set both for OAuth 2.0, or leave both out")
	case !s.realX() && s.APIURL != "":
		return errors.New("TWITTER_API_URL is set without TWITTER_CONSUMER_KEY or TWITTER_CLIENT_ID: set the keys too, or leave TWITTER_API_URL out for the stand-in")
	}
	if p := s.authPath(); p == "/static" || strings.HasPrefix(p, "/static/") {
		return errors.New("TWITTER_CALLBACK_URL is in /static, where the site's own files are: choose another folder")
	}
	if err := s.checkAddresses(); err != nil {
		return err
	}
	if err := s.checkIdle(); err != nil {
		return err
	}
	for _, code := range invitationCodes(s.Invitations) {
		if len(code) > maxInvitation || !utf8.ValidString(code) {
			return fmt.Errorf("-invitations: a code must be UTF-8 of at most %d bytes", maxInvitation)
		}
	}
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		return fmt.Errorf("-addr %q is no address such as 127.0.0.1:8080", s.Addr)
	}
	if _, _, err := net.SplitHostPort(s.Metrics); s.Metrics != "" && err != nil {
		return fmt.Errorf("-metrics %q is no address such as 127.0.0.1:9464", s.Metrics)
	}
	return nil
}

// realX reports whether there are keys for the real X.
func (s settings) realX() bool { return s.ConsumerKey != "" || s.ClientID != "" }

func (s settings) checkIdle() error {
	for _, f := range []struct {
		flag           string
		value, longest time.Duration
	}{{"-idle", s.Idle, session.DefaultLifetime}, {"-stay-idle", s.StayIdle, yearLong}} {
		if f.value != 0 && (f.value < time.Minute || f.value >= f.longest) {
			return fmt.Errorf("%s %v must be a minute or more and less than %v, or 0 for no timeout", f.flag, f.value, f.longest)
		}
	}
	if s.Sessions != "" && s.StayIdle > session.DefaultStayLifetime {
		return fmt.Errorf("-stay-idle %v is longer than the %v for which the store in -sessions keeps a session", s.StayIdle, session.DefaultStayLifetime)
	}
	return nil
}

// checkAddresses looks at what may have a password in it and never shows it.
func (s settings) checkAddresses() error {
	const encoded = "write each character of the user and the password that is not a letter or a digit as % and its code, such as %40 for @"
	switch {
	case s.DB != "" && !isPostgresURL(s.DB):
		return errors.New("-db is no address of a PostgreSQL database: it begins with postgres:// (without -db users are kept in SQLite in -data)")
	case splitsInPassword(s.DB, endsPostgresPassword):
		return errors.New("-db cannot be used as it is written (postgres://user:password@host/name): " + encoded)
	case splitsInPassword(s.Sessions, endsRedisPassword):
		return errors.New("-sessions cannot be used as it is written (redis://user:password@host:port): " + encoded)
	case s.Sessions != "" && !isRedisURL(s.Sessions):
		return errors.New("-sessions is no address of a Redis server: it is written redis://user:password@host:port/number, or rediss:// for TLS (without -sessions they are kept in sealed cookies)")
	}
	return nil
}

// settle fills in what is known only once the server listens.
func (s *settings) settle(addr net.Addr) {
	if s.CallbackURL != "" {
		return
	}
	host, _, _ := net.SplitHostPort(s.Addr)
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1" // where a browser on this machine finds it
	}
	_, port, _ := net.SplitHostPort(addr.String())
	s.CallbackURL = "http://" + net.JoinHostPort(host, port) + "/auth/twitter/callback"
}

// site is the address to open in a browser.
func (s settings) site() string {
	u, err := url.Parse(s.CallbackURL)
	if err != nil {
		return s.CallbackURL
	}
	return u.Scheme + "://" + u.Host + "/"
}

// authPath is where the library's routes live: the callback's folder.
func (s settings) authPath() string {
	u, err := url.Parse(s.CallbackURL)
	if err != nil {
		return ""
	}
	return path.Dir(u.Path)
}

func (s settings) file(name string) string { return filepath.Join(s.Data, name) }

const usage = `A site with "Log in with X".

Without TWITTER_CONSUMER_KEY and TWITTER_CLIENT_ID it uses a stand-in for X that
it starts itself.

  TWITTER_CONSUMER_KEY, TWITTER_CONSUMER_SECRET   the real X
  TWITTER_CLIENT_ID, TWITTER_CLIENT_SECRET        the same, browser logins over OAuth 2.0
  TWITTER_CALLBACK_URL   what is registered at X (default http://ADDR/auth/twitter/callback)
  TWITTER_API_URL        another base URL for X's API
  SESSION_KEYS           comma-separated keys, the first seals (default: a file in -data)
  TOKEN_KEYS             the same for the tokens of X in the users' database. A key goes only
                         after every row is sealed with the first key (the log has that)

Flags:
`
