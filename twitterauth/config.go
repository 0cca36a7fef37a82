package twitterauth

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"twitterlogin.example/mapping"
	"twitterlogin.example/session"
)

// Config sets up a login. [Config.CallbackURL], the Keys of [Config.Session] and one
// pair of keys are required: ConsumerKey and ConsumerSecret for OAuth 1.0a, or ClientID
// and ClientSecret for OAuth 2.0. The zero value of every other field is the default
// that its comment gives. The fields are in the order in which a login needs them.
// [New] copies the Config, so later changes have no effect.
//
// There is deliberately no setting for the cookies' Secure, HttpOnly, SameSite
// or Domain, which follow from CallbackURL, and no setting that skips a check.
type Config struct {
	_ [0]func() // keyed literals only

	// ConsumerKey and ConsumerSecret are the app's "API Key and Secret" from
	// "Keys and tokens" in X's developer console, for OAuth 1.0a. Together with
	// ClientID they serve token login, and finish logins that began before
	// ClientID was set. Default: none, browser logins use OAuth 2.0.
	ConsumerKey    string
	ConsumerSecret string

	// ClientID and ClientSecret are the app's "OAuth 2.0 Client ID and Client
	// Secret" from the same page. When ClientID is set, browser logins use OAuth
	// 2.0 with PKCE, at the same routes, for the same users. An empty
	// ClientSecret makes the app a public client, as its type at X must say.
	// Default: none, browser logins use OAuth 1.0a.
	ClientID     string
	ClientSecret string

	// CallbackURL is exactly the string registered at X. Its path is the
	// callback route, its folder is where the other routes live, its origin is
	// the app's. It must be https, or http on localhost, 127.0.0.1 or ::1.
	// Refused: query, fragment, user info, an empty path, a trailing slash, a
	// path in the root folder, a last segment login, logout, token or session, and
	// with AppCallbacks authorize.
	CallbackURL string

	// Prefix is the folder in which the routes are served. Default: the folder
	// of CallbackURL's path. Set it when a proxy strips a leading part of the
	// path; it is then the end of that folder, and what is missing is put
	// before a return_to taken from the request.
	Prefix string

	// LoginPage is the app's own sign-in page, as browsers see it: a path, perhaps
	// with a query, or a URL on a trusted origin. [Auth.RequireUser] sends page visits
	// there, with return_to; so do GET login where it would ask first, and error pages.
	// The page is open to everyone (the guards pass it) and has
	// auth.SignInButton("", twitterauth.Carry(r)). Default: none, the login's own page.
	LoginPage string

	// TrustedOrigins are further origins ("https://spa.example.com") that may post to
	// the login's routes, and to which a login may lead back. They must be on the same
	// site as CallbackURL for cookies to be sent. A webview's origin
	// ("capacitor://localhost", "ionic://localhost") may post to token, session and
	// authorize only, and is no redirect target. Default: none.
	TrustedOrigins []string

	// StayLoggedIn is for logins whose request has no stayLoggedIn, such as a
	// login that [Auth.RequireUser] leads to, and for logins that a page of another
	// site began, whatever that page asked for. With stayLoggedIn the session survives
	// the browser, for Session.StayLifetime. Default: false.
	StayLoggedIn bool

	// ForceLogin makes X ask for the password even of people who are signed in
	// there (force_login). OAuth 2.0 at X has no such thing. Default: false.
	ForceLogin bool

	// Scopes are asked for over OAuth 2.0 in addition to what the login needs, such
	// as "tweet.write", to call X for the user; see [Auth.Client]. [Token.Scopes] has
	// what was granted. The library never leaves a scope out, so a scope that
	// the app's settings at X do not allow makes every login app_misconfigured.
	// Default: none.
	Scopes []string

	// OfflineAccess asks for a refresh token too, over OAuth 2.0
	// (offline.access): set it only if the app calls X for people who are away.
	// Default: false.
	OfflineAccess bool

	// APIURL is the base of X's API: https, or http on a loopback address.
	// "https://api.twitter.com" is X's API as well. Default:
	// "https://api.x.com".
	APIURL string

	// AuthorizeURL is the consent page for OAuth 2.0, to which browsers go:
	// https, or http on a loopback address, without a query. Set it to
	// "https://x.com/i/oauth2/authorize" where APIURL is a proxy of yours that
	// passes on the API only. The pages' form-action and the check of the
	// callback's iss (RFC 9207) follow it. Refused without ClientID. Default: that
	// page of X where APIURL is X's, else /i/oauth2/authorize below APIURL.
	AuthorizeURL string

	// HTTPClient calls X. Its Transport and Timeout are used; redirects are
	// never followed. Default: a client of its own with 10 seconds, up to 64
	// connections kept, and pings by which a dead connection is noticed (HTTP2 of
	// [http.Transport], which sends none unless it is set).
	HTTPClient *http.Client

	// MaxLogins is how many logins talk to X at once. Further logins wait for five
	// seconds at most and then get 503 overloaded with Retry-After. Over OAuth 2.0 a
	// login begins without talking to X. Default: 256.
	MaxLogins int

	// Profile is the profile call that a login makes. Default: [ProfileAuto].
	Profile ProfileSource

	// Mapping copies Twitter fields into the app's properties. Default:
	// [mapping.Default], which is name, screen_name → screenName, email and
	// profile_image_url_https → profileImage.
	Mapping *mapping.Mapping

	// Session sets how sessions are kept. Keys is required, also with a
	// [SessionManager], because they seal the cookies of pending logins, which
	// CookieName names. AllowHTTP and Audience follow from CallbackURL and are
	// refused here.
	Session session.Config

	// SessionManager replaces the sessions of package session, for an app that
	// has its own. The fields of Session that would have no effect then are refused:
	// all except Keys and CookieName. A *[session.Manager] without an Audience gets a
	// WARN line at start. Default: nil, a manager built from Session.
	SessionManager SessionManager

	// AfterLogin and AfterLogout are where people go when a login names no
	// return_to, and after a logout: a path, or a URL on a trusted origin.
	// Error pages lead back to AfterLogout, which is best a page for everyone.
	// Default: "/".
	AfterLogin  string
	AfterLogout string

	// LandingPage decides where a finished login leads, such as a welcome page for
	// a user who has not filled it in: a path, or a URL on a trusted origin, by
	// the rules of return_to. returnTo is where the login would lead otherwise; "" or
	// a refused target keeps it. It also runs after a link, after [SwitchTo] and after
	// a confirmation ([Login.Reauth]), and never after a failed login. userID is the
	// user who is signed in now. Keep in the user's row what it asks, not in memory:
	// a login that leads to the page may be broken off there.
	//
	// It shares the login's ten seconds. An error, a panic and a call that does not
	// return in time are an ERROR line, and the login leads to returnTo. POST token
	// gets AfterLogin as returnTo and answers the target as "landing".
	// Default: none.
	LandingPage func(ctx context.Context, userID string, login Login, returnTo string) (string, error)

	// AppCallbacks are the redirect URIs of the team's own native apps, which sign
	// in through the system browser (RFC 8252): exactly as the apps send them, such as
	// "https://app.example.com/app/signed-in" (a link that the app claims),
	// "com.example.app:/signed-in" (the app's private scheme, with a period) or
	// "http://127.0.0.1/signed-in" and "http://[::1]/signed-in" (any port). Refused:
	// other schemes, plain http elsewhere, localhost, https on a loopback address, a
	// loopback port, a query, a fragment, user info, a route of the login itself. They
	// need Session.Bearer, or a [SessionManager] that is a [TokenStarter]. Default: none.
	AppCallbacks []string

	// TokenLogin makes POST token accept a Twitter token and secret that a native
	// client holds already. It needs ConsumerKey, because a token proves which app it
	// was made for over OAuth 1.0a only. Default: false, POST token answers 404, or
	// with AppCallbacks accepts codes only.
	TokenLogin bool

	// ClientFields are the property names that a token-login client may fill
	// with a fieldsMapping of its own. Refused without TokenLogin. Default: none.
	ClientFields []string

	// ErrorHandler answers for every failure; it gets what the public may see
	// and, in [Error.Err], what only the log may. Default: [WriteError], a page or JSON
	// by the request's Accept header. See also [RedirectErrors].
	ErrorHandler func(http.ResponseWriter, *http.Request, *Error)

	// Texts returns what a request's visitor reads, for every page and message of the
	// library: package [twitterlogin.example/twitterauth/texts] has translations, and
	// its Match chooses by Accept-Language. It is called when a page or an error is
	// answered, and by [Carry]; the answer then has "Vary: Accept-Language". nil,
	// a panic (an ERROR line) and a call that takes longer than two seconds mean
	// English. The request is a copy. What Texts returns must not be changed later.
	// Default: nil, English.
	Texts func(*http.Request) *Texts

	// Page writes a page of the library in the app's layout: errors, the question
	// before a login, log out. It writes into a buffer; the library sends the status,
	// Content-Type, Cache-Control: no-store, Referrer-Policy, X-Content-Type-Options,
	// X-Frame-Options: DENY and a Content-Security-Policy of frame-ancestors 'none' next
	// to that of the app's middleware. An error, a panic, nothing written, more than 4 MiB
	// and a call that takes longer than two seconds are an ERROR line, and the visitor
	// gets the library's own page. The request is a copy, and writes fail once the call
	// has returned or its time is up. ErrorHandler goes first. The page must load nothing from other sites:
	// the callback's address has X's code in it, which their scripts could read.
	// Default: nil, the library's own page.
	Page func(w io.Writer, r *http.Request, p Page) error

	// Logger gets a line for each login, logout and failed login, and for each
	// other failure. Default: [slog.Default].
	Logger *slog.Logger

	// Observe is called with each [Event], after the fact, for metrics and audit
	// trails. It runs on the request's goroutine, so it must be quick, and for
	// [EventTokenRefreshed] on the renewal's; it must be safe for concurrent use. The
	// context is the request's, which may have ended. A panic in it is logged and
	// changes nothing. Default: none.
	Observe func(context.Context, Event)
}

// Defaults of a [Config].
const (
	DefaultAPIURL    = "https://api.x.com"
	DefaultMaxLogins = 256
)

// withDefaults returns a copy that owns its slices.
func (c Config) withDefaults() Config {
	c.Session.Keys = append([]session.Key(nil), c.Session.Keys...)
	c.ClientFields = append([]string(nil), c.ClientFields...)
	c.TrustedOrigins = append([]string(nil), c.TrustedOrigins...)
	c.Scopes = append([]string(nil), c.Scopes...)
	c.AppCallbacks = append([]string(nil), c.AppCallbacks...)
	if c.Session.CookieName == "" {
		c.Session.CookieName = session.DefaultCookieName
	}
	if c.Mapping == nil {
		c.Mapping = mapping.Default()
	}
	if c.AfterLogin == "" {
		c.AfterLogin = "/"
	}
	if c.AfterLogout == "" {
		c.AfterLogout = "/"
	}
	if c.MaxLogins == 0 {
		c.MaxLogins = DefaultMaxLogins
	}
	if c.APIURL == "" {
		c.APIURL = DefaultAPIURL
	}
	if c.ErrorHandler == nil {
		c.ErrorHandler = WriteError
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

// Format writes the configuration without its secrets, whatever the verb but %p,
// which fmt does not ask about. fmt cannot ask for a Config in an unexported field
// of a struct either: do not print such a struct.
func (c Config) Format(s fmt.State, _ rune) {
	io.WriteString(s, "twitterauth.Config{CallbackURL: "+c.CallbackURL+", secrets: "+redacted+"}")
}

// LogValue gives slog the configuration without its secrets.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("callback_url", c.CallbackURL), slog.String("secrets", redacted))
}
