package twitterauth

import (
	"fmt"
	"sync"
	"time"

	"twitterlogin.example/internal/cookieheader"
	"twitterlogin.example/internal/storewait"
	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
	"twitterlogin.example/twitterauth/internal/site"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// budget is how long one request of a login may take once its body is read,
// which has bodyTimeout: the calls to X, their answers' bodies included, and
// those to the store.
const budget = 10 * time.Second

// New returns the login of one app, or everything that is wrong with its
// configuration at once: [errors.Join] of *[ConfigError].
func New[U any](store UserStore[U], cfg Config) (*Auth[U], error) {
	cfg = cfg.withDefaults()
	optionals := inspectOptionals[U](store, cfg.SessionManager)
	where, sessions, err := cfg.validate(store, optionals.problems)
	if err != nil {
		return nil, err
	}
	attempts, err := attempt.NewCookies(cfg.Session.Keys, cfg.Session.CookieName, where.Audience(), where.IsHTTPS())
	if err != nil {
		return nil, fmt.Errorf("twitterauth: %w", err)
	}
	codes, err := appcode.NewSealer(cfg.Session.Keys, where.Audience())
	if err != nil {
		return nil, fmt.Errorf("twitterauth: %w", err)
	}
	users := newUsers(store)
	s := newServer(cfg, where)
	s.users, s.attempts, s.codes = users, attempts, codes
	s.linker, _ = store.(Linker)
	s.tokens, _ = store.(TokenKeeper)
	if users.keeper != nil {
		s.rows = users.keeper
	}
	s.useSessions(sessions)
	s.routes = s.table()
	logAtStart[U](cfg, optionals)
	return &Auth[U]{server: s, users: users}, nil
}

// newServer returns a server without users, sessions, attempts and routes.
func newServer(cfg Config, where site.Site) *server {
	observer := observer{cfg.Observe, cfg.Logger}
	x := newXClient(cfg, observer)
	return &server{
		cfg:        cfg,
		site:       where,
		apps:       site.NewAppCallbacks(where, cfg.AppCallbacks),
		returns:    returnPolicy(cfg, where, cfg.AfterLogin),
		origins:    site.NewOriginPolicy(where, cfg.TrustedOrigins),
		formAction: formAction(cfg, where, cfg.TrustedOrigins),
		loginPage:  loginPagePath(cfg.LoginPage, where),
		signedOut: signedOutMark{
			name:   cookieheader.Name(cfg.Session.CookieName+"_signed_out", where.IsHTTPS()),
			secure: where.IsHTTPS(),
		},
		protocols:    protocolsOf(cfg, x),
		x:            x,
		observer:     observer,
		ends:         newLoginEnds(),
		slots:        make(chan struct{}, cfg.MaxLogins),
		budget:       budget,
		hooks:        &hooks{texts: cfg.Texts, page: cfg.Page, logger: cfg.Logger},
		landings:     new(storewait.Calls),
		watch:        &sessionWatch{logger: cfg.Logger},
		email:        &emailPermission{logger: cfg.Logger},
		strippedOnce: new(sync.Once),
		renewals:     renewals{running: map[string]*renewal{}},
	}
}

// useSessions sets the sessions: those of the app, or built from Config.Session.
func (s *server) useSessions(built *session.Manager) {
	s.sessions = built
	if s.cfg.SessionManager != nil {
		s.sessions = s.cfg.SessionManager
	}
	s.toucher, _ = s.sessions.(SessionToucher)
	s.load = s.sessions.Load
	if s.cfg.SessionManager != nil || s.cfg.Session.Store != nil {
		s.load = recoveringLoader(s.load)
	}
	s.varyBy = "Cookie"
	if s.acceptsBearer() {
		s.varyBy = "Cookie, Authorization"
	}
}

func newXClient(cfg Config, o observer) *xapi.Client {
	return xapi.New(xapi.Config{
		APIURL:         trimAPIURL(cfg.APIURL),
		ConsumerKey:    cfg.ConsumerKey,
		ConsumerSecret: cfg.ConsumerSecret,
		AuthorizeURL:   authorizeURL(cfg),
		ClientID:       cfg.ClientID,
		ClientSecret:   cfg.ClientSecret,
		CallbackURL:    cfg.CallbackURL,
		HTTPClient:     cfg.HTTPClient,
		Observe:        o.forCalls(),
	})
}

// protocolsOf returns OAuth 2.0 before OAuth 1.0a. With both, OAuth 1.0a
// finishes the logins that began before ClientID was set.
func protocolsOf(cfg Config, x *xapi.Client) (list []oauth.Protocol) {
	if cfg.ClientID != "" {
		list = append(list, &oauth.OAuth2{
			X:             x,
			CallbackURL:   cfg.CallbackURL,
			Issuers:       originsOf(cfg.APIURL, authorizeURL(cfg), authorizeAtX), // APIURL may be a proxy before X
			Email:         cfg.Profile != ProfileNone && cfg.Mapping.NeedsEmail(),
			OfflineAccess: cfg.OfflineAccess,
			Scopes:        cfg.Scopes,
			OnlyIdentity:  onlyIdentity(cfg.Profile, cfg.Mapping),
		})
	}
	if cfg.ConsumerKey != "" {
		list = append(list, oauth.OAuth1{
			X:            x,
			ForceLogin:   cfg.ForceLogin,
			Want:         wantedProfile(cfg.Profile, cfg.Mapping),
			OnlyIdentity: onlyIdentity(cfg.Profile, cfg.Mapping),
			Required:     cfg.Mapping.HasRequired(),
			Logger:       cfg.Logger,
		})
	}
	return list
}
