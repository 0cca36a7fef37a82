package xapi_test

import (
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/xapi"
)

func TestAuthorizationURL(t *testing.T) {
	t.Parallel()
	c := xapi.New(xapi.Config{APIURL: "https://api.x.com", AuthorizeURL: "https://x.com/i/oauth2/authorize", ClientID: "c&1", ClientSecret: "canary", CallbackURL: callbackURL})
	verifier := xapi.NewVerifier()
	if other := xapi.NewVerifier(); len(verifier) != 43 || other == verifier {
		t.Errorf("verifiers %q and %q", verifier, other)
	}
	const known = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // and its challenge: RFC 7636, appendix B
	got, err := url.Parse(c.AuthorizationURL("s", known, []string{"tweet.read", "users.read"}))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"response_type": {"code"}, "client_id": {"c&1"}, "redirect_uri": {callbackURL}, "state": {"s"}, "scope": {"tweet.read users.read"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	if got.Query().Encode() != want.Encode() || got.Scheme+"://"+got.Host+got.Path != "https://x.com/i/oauth2/authorize" {
		t.Errorf("%s", got)
	}
}

func TestAuthorizationErrors(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		kind   xapi.Kind
		remedy string
	}{
		"unauthorized_client":       {xapi.Misconfigured, "add exactly " + callbackURL},
		"unsupported_response_type": {xapi.Misconfigured, "add exactly " + callbackURL},
		"invalid_request":           {xapi.Misconfigured, "add exactly " + callbackURL},
		"invalid_scope":             {xapi.Misconfigured, "permissions"},
		"server_error":              {xapi.Unavailable, ""},
		"temporarily_unavailable":   {xapi.Unavailable, ""},
		"canary":                    {xapi.Unavailable, ""},
		"":                          {xapi.Unavailable, ""},
		"INVALID_SCOPE":             {xapi.Unavailable, ""},
	} {
		e := xapi.AuthorizationError(code, callbackURL)
		if e.Kind != want.kind || e.Step != xapi.StepAuthorize || !strings.Contains(e.Remedy, want.remedy) || (e.Remedy == "") != (want.remedy == "") || strings.Contains(e.Error(), "canary") {
			t.Errorf("%q: %v, remedy %q", code, e, e.Remedy)
		}
	}
}
