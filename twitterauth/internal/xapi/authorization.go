package xapi

import "golang.org/x/oauth2"

// Scopes of OAuth 2.0 (https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code).
const (
	ScopeTweetRead     = "tweet.read" // X wants it for /2/users/me together with the next
	ScopeUsersRead     = "users.read"
	ScopeUsersEmail    = "users.email"
	ScopeOfflineAccess = "offline.access"
)

// NewVerifier returns a code verifier for one login (RFC 7636, section 4.1).
func NewVerifier() string { return oauth2.GenerateVerifier() }

// AuthorizationURL is where X asks a person to let the app sign them in (RFC
// 6749, section 4.1.1), bound to the verifier by its S256 challenge.
func (c *Client) AuthorizationURL(state, verifier string, scopes []string) string {
	config := c.oauth2()
	config.Scopes = scopes
	return config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// oauth2 returns golang.org/x/oauth2's Config for one call. A client with a
// secret authenticates by HTTP Basic, a public one by client_id in the body;
// nothing is tried out.
func (c *Client) oauth2() *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if c.cfg.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID:     c.cfg.ClientID,
		ClientSecret: c.cfg.ClientSecret,
		RedirectURL:  c.cfg.CallbackURL,
		Endpoint: oauth2.Endpoint{
			AuthURL:   c.cfg.AuthorizeURL,
			TokenURL:  c.cfg.APIURL + "/2/oauth2/token",
			AuthStyle: style,
		},
	}
}

// AuthorizationError types what X sent a person back with instead of a code
// (RFC 6749, section 4.1.2.1). callbackURL is for the remedy.
func AuthorizationError(code, callbackURL string) *Error {
	e := &Error{Step: StepAuthorize}
	switch code {
	case "unauthorized_client", "unsupported_response_type", "invalid_request":
		e.misconfigured("X does not let the app sign people in over OAuth 2.0", "turn OAuth 2.0 on for the app in X's developer console, under User authentication settings, and "+callbackRemedy(callbackURL))
	case "invalid_scope":
		e.misconfigured("X does not let the app ask for what it asks for", "see the app's permissions in X's developer console, under User authentication settings, and take out of Config.Scopes what they do not include")
	case "server_error", "temporarily_unavailable":
		e.Kind, e.Reason = Unavailable, "X is in trouble"
	default:
		e.Kind, e.Reason = Unavailable, "X ended the login for a reason it does not document"
	}
	return e
}
