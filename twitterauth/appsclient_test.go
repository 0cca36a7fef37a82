package twitterauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	xoauth2 "golang.org/x/oauth2"

	"twitterlogin.example/twitterauth/twittertest"
)

// golang.org/x/oauth2 as the app, as its documentation has it: nothing is
// configured but addresses. It sends HTTP Basic first.
func TestAppIsXOAuth2(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, style := range map[string]xoauth2.AuthStyle{"auto": xoauth2.AuthStyleAutoDetect, "in header": xoauth2.AuthStyleInHeader, "in params": xoauth2.AuthStyleInParams} {
			for _, redirectURI := range appRedirectURIs {
				t.Run(name+" "+redirectURI, func(t *testing.T) {
					t.Parallel()
					s := newAppSite(t, p)
					cfg := xoauth2.Config{
						ClientID:    "com.example.app",
						Endpoint:    xoauth2.Endpoint{AuthURL: s.URL + authorizePath, TokenURL: s.URL + tokenPath, AuthStyle: style},
						RedirectURL: redirectURI,
						Scopes:      []string{"profile"},
					}
					app := s.app(t, redirectURI)
					ctx := context.WithValue(t.Context(), xoauth2.HTTPClient, s.browser(t).http)
					authCodeURL := cfg.AuthCodeURL("app state", xoauth2.S256ChallengeOption(app.verifier))
					back := app.back(app.browser.visit(app.browser.approve(app.open(authCodeURL), ada)))
					token, err := cfg.Exchange(ctx, back.Get("code"), xoauth2.VerifierOption(app.verifier))
					if err != nil || !token.Valid() || token.Type() != "Bearer" || token.RefreshToken != "" || time.Until(token.Expiry) < 23*time.Hour {
						t.Fatalf("%v, %v", token, err)
					}
					resp, err := cfg.Client(ctx, token).Get(s.URL + "/account")
					if err != nil {
						t.Fatal(err)
					}
					defer resp.Body.Close()
					if resp.StatusCode != http.StatusOK {
						t.Errorf("%s", resp.Status)
					}
					wantRetrieveError(ctx, t, cfg, back.Get("code"), app.verifier, 400, "invalid_grant")
				})
			}
		}
	})
}

func wantRetrieveError(ctx context.Context, t *testing.T, cfg xoauth2.Config, code, verifier string, status int, kind string) {
	t.Helper()
	_, err := cfg.Exchange(ctx, code, xoauth2.VerifierOption(verifier))
	var refused *xoauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response.StatusCode != status || refused.ErrorCode != kind || refused.ErrorDescription == "" || !strings.Contains(string(refused.Body), `"code":"`) {
		t.Errorf("%v", err)
	}
}

// What golang.org/x/oauth2 makes of our errors.
func TestXOAuth2Errors(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newAppSite(t, p)
		app := s.app(t, privateScheme)
		cfg := xoauth2.Config{ClientID: "app", Endpoint: xoauth2.Endpoint{AuthURL: s.URL + authorizePath, TokenURL: s.URL + tokenPath}, RedirectURL: privateScheme}
		ctx := context.WithValue(t.Context(), xoauth2.HTTPClient, s.browser(t).http)
		code := app.code(ada)
		wantRetrieveError(ctx, t, cfg, code, xoauth2.GenerateVerifier(), 400, "invalid_grant")
		wantRetrieveError(ctx, t, cfg, "other", app.verifier, 400, "invalid_grant")
		if _, err := cfg.Exchange(ctx, code); err == nil {
			t.Error("without a verifier")
		}
		other := cfg
		other.RedirectURL = claimedLink
		wantRetrieveError(ctx, t, other, code, app.verifier, 400, "invalid_grant")
		// The first answer of X is an error; auto-detection asks a second time with the
		// same code, which X takes if it has not seen it.
		s.x.FailNext(p.exchange, 1, twittertest.HTML(503))
		token, err := cfg.Exchange(ctx, code, xoauth2.VerifierOption(app.verifier))
		if err != nil || token.AccessToken == "" {
			t.Errorf("%v", err)
		}
		// A plain challenge is refused in the browser.
		if r := app.browser.visit(cfg.AuthCodeURL("s", xoauth2.SetAuthURLParam("code_challenge", app.verifier), xoauth2.SetAuthURLParam("code_challenge_method", "plain"))); r.StatusCode != 400 {
			t.Errorf("plain: %d", r.StatusCode)
		}
		if r := app.browser.visit(cfg.AuthCodeURL("s")); r.StatusCode != 400 {
			t.Errorf("no challenge: %d", r.StatusCode)
		}
		if _, err := url.Parse(cfg.AuthCodeURL("s")); err != nil {
			t.Error(err)
		}
	})
}
