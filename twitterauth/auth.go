package twitterauth

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// Auth is the login of one app: its routes, and the middleware that tells who
// is logged in. It is safe for concurrent use and nothing in it changes after
// [New]. Two of them in one process do not disturb each other if their cookie
// names differ.
type Auth[U any] struct {
	cfg        Config
	place      place
	returns    returns
	origins    origins
	formAction string // where this site's login form leads, for the pages' policy
	routes     []route

	store     UserStore[U]
	linker    Linker // nil when the store is none
	revocable revocability
	mayBeNil  bool
	sessions  SessionManager
	load      loader
	flows     flows
	signedOut signedOutMark
	varyBy    string     // the request headers on which an answer with a user depends
	protocols []protocol // the first begins logins, each finishes its own
	x         *xapi.Client
	watch     *sessionWatch
	slots     chan struct{}
	budget    time.Duration

	strippedOnce *sync.Once // for explainStripped
}

// acceptsBearer reports whether a request's Authorization header can carry a
// session.
func (a *Auth[U]) acceptsBearer() bool {
	if a.cfg.SessionManager == nil {
		return a.cfg.Session.Bearer
	}
	_, ok := a.cfg.SessionManager.(TokenStarter)
	return ok
}

// SessionManager starts, finds and ends sessions, as *[session.Manager] does.
// Load gives [session.ErrNoSession], wrapped or not, when there is none; any
// other error means that nobody knows. A session needs its UserID and, where the
// app's user type is [Revocable], its IssuedAt to the microsecond.
type SessionManager interface {
	Start(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (session.Session, error)
	Load(r *http.Request) (session.Session, error)
	End(w http.ResponseWriter, r *http.Request) error
}

// TokenStarter is an optional interface of a [SessionManager] that hands out
// bearer tokens, as *[session.Manager] does. StartWithToken is called in place of
// Start where a login's answer has a token, such as POST token; the token is ""
// when the manager gives none. It must do all that Start does.
type TokenStarter interface {
	SessionManager
	StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stayLoggedIn bool) (s session.Session, token string, err error)
}

// budget is how long one request of a login may take once its body is read,
// which has bodyTimeout: the calls to X, their answers' bodies included, and
// those to the store.
const budget = 10 * time.Second

// New returns the login of one app, or every fault of its configuration at
// once: errors.Join of *[ConfigError].
func New[U any](store UserStore[U], cfg Config) (*Auth[U], error) {
	cfg = cfg.withDefaults()
	place, sessions, err := cfg.validate(store)
	if err != nil {
		return nil, err
	}
	sealer, err := session.NewSealer(purposePendingLogin, cfg.Session.Keys...)
	if err != nil {
		return nil, fmt.Errorf("twitterauth: %w", err)
	}
	a := &Auth[U]{
		cfg:        cfg,
		place:      place,
		returns:    newReturns(place, cfg.TrustedOrigins, cfg.AfterLogin),
		origins:    newOrigins(place, cfg.TrustedOrigins),
		formAction: formAction(cfg, place, cfg.TrustedOrigins),
		store:      store,
		revocable:  revocabilityOf[U](),
		mayBeNil:   canBeNil[U](),
		sessions:   sessions,
		flows: flows{
			sealer: sealer,
			prefix: cookieName(cfg.Session.CookieName, "_login_", place.isHTTPS()),
			site:   place.site(),
			secure: place.isHTTPS(),
			now:    time.Now,
		},
		signedOut: signedOutMark{name: cookieName(cfg.Session.CookieName, "_signed_out", place.isHTTPS()), secure: place.isHTTPS()},
		watch:     &sessionWatch{logger: cfg.Logger},
		slots:     make(chan struct{}, cfg.MaxLogins),
		budget:    budget,

		strippedOnce: new(sync.Once),
	}
	a.linker, _ = store.(Linker)
	if cfg.SessionManager != nil {
		a.sessions = cfg.SessionManager
	}
	a.varyBy = "Cookie"
	if a.acceptsBearer() {
		a.varyBy = "Cookie, Authorization"
	}
	a.load = a.sessions.Load
	if cfg.SessionManager != nil || cfg.Session.Store != nil {
		a.load = guarded(a.load)
	}
	a.x = xapi.New(xapi.Config{
		APIURL:         trimAPIURL(cfg.APIURL),
		ConsumerKey:    cfg.ConsumerKey,
		ConsumerSecret: cfg.ConsumerSecret,
		AuthorizeURL:   authorizeURL(cfg),
		ClientID:       cfg.ClientID,
		ClientSecret:   cfg.ClientSecret,
		CallbackURL:    cfg.CallbackURL,
		HTTPClient:     cfg.HTTPClient,
	})
	a.protocols = protocolsOf(cfg, a.x)
	a.routes = a.table()
	logAtStart[U](cfg)
	return a, nil
}

// protocolsOf returns OAuth 2.0 before OAuth 1.0a, which beside it finishes the
// logins that began before ClientID was set.
func protocolsOf(cfg Config, x *xapi.Client) (list []protocol) {
	if cfg.ClientID != "" {
		list = append(list, &oauth2Flow{
			x:        x,
			callback: cfg.CallbackURL,
			issuers:  originsOf(cfg.APIURL, authorizeURL(cfg), authorizeAtX), // APIURL may be a proxy before X
			email:    cfg.Profile != ProfileNone && cfg.Mapping.NeedsEmail(),
			offline:  cfg.OfflineAccess,
			bare:     onlyIdentity(cfg.Profile, cfg.Mapping),
		})
	}
	if cfg.ConsumerKey != "" {
		list = append(list, oauth1Flow{
			x:            x,
			forceLogin:   cfg.ForceLogin,
			want:         wantedProfile(cfg.Profile, cfg.Mapping),
			onlyIdentity: onlyIdentity(cfg.Profile, cfg.Mapping),
			required:     cfg.Mapping.HasRequired(),
			logger:       cfg.Logger,
		})
	}
	return list
}

// Sessions starts, finds and ends sessions outside a login with X: for a guest,
// or a user with a password. It is Config.SessionManager if that is set.
func (a *Auth[U]) Sessions() SessionManager { return a.sessions }

// Format writes where the login lives and nothing secret.
func (a Auth[U]) Format(s fmt.State, _ rune) {
	io.WriteString(s, "twitterauth.Auth("+a.cfg.CallbackURL+")")
}
