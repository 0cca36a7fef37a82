package interop

// client is a foreign OAuth client that signs in at the stand-in.
type client struct {
	name     string
	from     registry
	packaged string // its name at that registry
	protocol string
	command  []string // the program, which runs in this folder; or the name of a Go client

	// remark is what a reader of the table should know.
	remark string
	// encodesSecret: the client percent-encodes the characters '-' and '_' of
	// X's secrets in HTTP Basic, so it gets a secret without them.
	encodesSecret bool
	// typesPIN: X shows a PIN, which the person types into the app.
	typesPIN bool
}

func (c client) String() string { return c.name + ", " + c.protocol }

// registry is where a client comes from.
type registry string

const (
	goModule registry = "Go"
	npm      registry = "npm"
	debian   registry = "Debian"
)

const (
	oauth1a = "1.0a"
	oauth20 = "2.0"
)

// Debian's packages are those of Debian's interpreter, whatever else is in PATH.
func python(script string, args ...string) []string {
	return append([]string{"/usr/bin/python3", "python/" + script}, args...)
}

func node(script string, args ...string) []string {
	return append([]string{"node", "--import=./node/to_x.mjs", "node/" + script}, args...)
}

var clients = []client{
	{name: "gologin", from: goModule, packaged: "github.com/dghubble/gologin/v2", protocol: oauth1a, command: []string{"gologin"}, remark: "signs `access_token` without the token's secret"},
	{name: "goth, twitter", from: goModule, packaged: "github.com/markbates/goth", protocol: oauth1a, command: []string{"goth/twitter"}},
	{name: "goth, twitterv2", from: goModule, packaged: "github.com/markbates/goth", protocol: oauth1a, command: []string{"goth/twitterv2"}},
	{name: "mrjones/oauth", from: goModule, packaged: "github.com/mrjones/oauth", protocol: oauth1a, command: []string{"mrjones/oauth"}, remark: "the app asks for the profile itself"},
	{name: "golang.org/x/oauth2", from: goModule, packaged: "golang.org/x/oauth2", protocol: oauth20, command: []string{"golang.org/x/oauth2"}, remark: "the app asks for the profile itself"},

	{name: "requests-oauthlib", from: debian, packaged: "python3-requests-oauthlib", protocol: oauth1a, command: python("requests_oauthlib_1.py"), remark: "the app asks for the profile itself"},
	{name: "requests-oauthlib", from: debian, packaged: "python3-requests-oauthlib", protocol: oauth20, command: python("requests_oauthlib_2.py"), remark: "as X's sample code has it: the app makes the verifier and asks for the profile"},
	{name: "Authlib", from: debian, packaged: "python3-authlib", protocol: oauth1a, command: python("authlib_1.py"), remark: "the app asks for the profile itself"},
	{name: "Authlib", from: debian, packaged: "python3-authlib", protocol: oauth20, command: python("authlib_2.py"), remark: "the app asks for the profile itself"},
	{name: "Tweepy", from: debian, packaged: "python3-tweepy", protocol: oauth1a, command: python("tweepy_1.py")},
	{name: "Tweepy", from: debian, packaged: "python3-tweepy", protocol: oauth20, command: python("tweepy_2.py")},
	{name: "Tweepy, with a PIN", from: debian, packaged: "python3-tweepy", protocol: oauth1a, command: python("tweepy_1.py", "oob"), typesPIN: true, remark: "`oauth_callback=oob`; the person types the PIN of the consent page into the app"},
	{name: "django-allauth", from: debian, packaged: "python3-django-allauth", protocol: oauth1a, command: python("django_allauth.py"), remark: "Debian 12's version does not have the provider for OAuth 2.0"},

	{name: "passport-twitter", from: npm, packaged: "passport-twitter", protocol: oauth1a, command: node("passport_twitter.mjs")},
	{name: "twitter-api-v2", from: npm, packaged: "twitter-api-v2", protocol: oauth1a, command: node("twitter_api_v2_1.mjs")},
	{name: "twitter-api-v2", from: npm, packaged: "twitter-api-v2", protocol: oauth20, command: node("twitter_api_v2_2.mjs")},
	{name: "twitter-api-sdk, s256", from: npm, packaged: "twitter-api-sdk", protocol: oauth20, command: node("twitter_api_sdk.mjs", "s256")},
	{name: "twitter-api-sdk, plain", from: npm, packaged: "twitter-api-sdk", protocol: oauth20, command: node("twitter_api_sdk.mjs", "plain"), remark: "the app chooses the challenge"},
	{name: "Arctic", from: npm, packaged: "arctic", protocol: oauth20, command: node("arctic.mjs"), remark: "the app asks for the profile itself"},
	{name: "openid-client", from: npm, packaged: "openid-client", protocol: oauth20, command: node("openid_client.mjs"), encodesSecret: true, remark: "percent-encodes `-` and `_` in HTTP Basic, which X does not decode: signs in with a secret of letters and digits, and is refused with a secret that has either; the app asks for the profile itself"},
	{name: "@auth/core", from: npm, packaged: "@auth/core", protocol: oauth20, command: node("auth_core.mjs"), remark: "the handle is in the raw profile alone, which the callback `jwt` gets"},
	{name: "Better Auth", from: npm, packaged: "better-auth", protocol: oauth20, command: node("better_auth.mjs"), remark: "asks for the email in a call of its own"},

	{name: "oauth (gem)", from: debian, packaged: "ruby-oauth", protocol: oauth1a, command: []string{"ruby", "ruby/oauth.rb"}, remark: "the app asks for the profile itself"},
	{name: "omniauth-twitter", from: debian, packaged: "ruby-omniauth-twitter", protocol: oauth1a, command: []string{"ruby", "ruby/omniauth_twitter.rb"}},
	{name: "Net::Twitter", from: debian, packaged: "libnet-twitter-perl", protocol: oauth1a, command: []string{"perl", "perl/net_twitter.pl"}},
}
