package twitterauth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// TestNothingSecretGetsOut goes through logins that work and logins that fail
// in every way, and looks for secrets, tokens and verifiers in answers, log
// lines, error texts and cookies.
func TestNothingSecretGetsOut(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const canary = "canary-in-an-upstream-body"
		faults := map[string]twittertest.Fault{
			"token": twittertest.JSONBody(`{"token_type":"bearer","access_token":"` + canary + `","refresh_token":"` + canary + `","scope":"` + canary + `"}`), "OAuth 2.0": twittertest.OAuth2Error(400, "invalid_request", canary),
			"OAuth 2.0's error": twittertest.OAuth2Error(400, canary, canary), "a broken token": twittertest.JSONBody(`{"access_token":"` + canary), "a client": twittertest.OAuth2Error(401, "invalid_client", canary),
			"none": {}, "HTML": twittertest.Respond(500, "text/html", canary), "text": twittertest.Respond(401, "text/plain", canary), "form": twittertest.Respond(200, "text/html", canary+"="+canary),
			"JSON": twittertest.Respond(403, jsonType, `{"errors":[{"code":64,"message":"`+canary+`"}]}`), "profile": twittertest.Respond(200, jsonType, `{"id":"`+canary+`"}`),
			"redirect": twittertest.RedirectTo("https://" + canary + ".example"), "reset": twittertest.Reset(), "header": twittertest.Respond(502, canary, canary),
		}
		for name, fault := range faults {
			for _, step := range p.steps {
				t.Run(name+" at "+string(step), func(t *testing.T) {
					t.Parallel()
					var texts strings.Builder
					s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
						c.TokenLogin, c.OfflineAccess = c.ConsumerKey != "", p.oauth2
						c.Observe = func(_ context.Context, e twitterauth.Event) { fmt.Fprintf(&texts, "%+v\n", e) }
						c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
							texts.WriteString(e.Error())
							twitterauth.WriteError(w, r, e)
						}
					}))
					s.auth.SetBudget(2 * time.Second)
					secrets := []string{
						canary, s.x.ConsumerSecret, url.QueryEscape(s.x.ConsumerSecret), s.x.ClientSecret, url.QueryEscape(s.x.ClientSecret),
						base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s.x.ClientID) + ":" + url.QueryEscape(s.x.ClientSecret))),
					}
					b := s.browser(t)
					look := func(r reply, own ...string) {
						t.Helper()
						texts.WriteString(r.body)
						for _, line := range r.Header {
							texts.WriteString(strings.Join(line, "\n"))
						}
						for _, c := range r.Cookies() {
							raw, _ := base64.RawURLEncoding.DecodeString(c.Value)
							texts.WriteString(string(raw))
						}
						all := texts.String() + s.log.String()
						for _, secret := range append(append([]string{}, secrets...), own...) {
							if secret != "" && strings.Contains(all, secret) {
								t.Fatalf("%q got out in %s", secret, all)
							}
						}
					}
					token, secret := s.x.TokenPair(ada)
					failing := name != "none"
					if failing && step == p.profile {
						s.x.Fail(step, fault)
					}
					look(b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}), token, secret)
					s.x.Recover()
					if failing && step == twittertest.RequestToken {
						s.x.Fail(step, fault)
						look(b.do("POST", "/auth/twitter/login", url.Values{}))
						return
					}
					authorize := b.start(nil)
					callback := b.approve(authorize, ada)
					u, err := url.Parse(callback)
					if err != nil {
						t.Fatal(err)
					}
					if failing {
						s.x.Fail(step, fault)
					}
					r := b.get(callback)
					own := []string{u.Query().Get(p.key), u.Query().Get(p.proof)}
					for _, user := range s.users.all() {
						own = append(own, user.Token.AccessToken, user.Token.AccessSecret, user.Token.RefreshToken)
					}
					for _, asked := range s.x.Requests() {
						own = append(own, asked.Form.Get("code_verifier"), strings.TrimPrefix(asked.Header.Get("Authorization"), "Bearer "))
					}
					look(r, own...)
					look(b.get(callback), own...)
					look(s.browser(t).get(callback), own...)
					look(b.get("/auth/twitter/callback?"+u.RawQuery+"&"+p.key+"=x"), own...)
				})
			}
		}
	})
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	cfg := goodConfig()
	cfg.ClientID, cfg.ClientSecret = "id", "canary-client-secret"
	auth, err := twitterauth.New(newMemory(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	token := twitterauth.Token{AccessToken: "canary-token", AccessSecret: "canary-secret", RefreshToken: "canary-refresh"}
	for _, v := range []any{cfg, &cfg, auth, token, &token, twitterauth.Login{Token: token}, &twitterauth.Login{Token: token}, []twitterauth.Login{{Token: token}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
				t.Errorf("%T with %s: %s", v, verb, text)
			}
		}
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "v", v)
		slog.New(slog.NewTextHandler(&b, nil)).Info("m", "v", v)
		if j, err := json.Marshal(v); err == nil {
			b.Write(j)
		}
		if strings.Contains(b.String(), "canary") {
			t.Errorf("%T: %s", v, b.String())
		}
	}
}

// What comes from a request is cut before it is logged.
func TestHostileInputIsCutInTheLog(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.ClientFields = true, []string{"name"} }))
	control := strings.Repeat("\u0085", 3500)
	requests := map[string]func() *http.Request{
		"a path of 1 MB": func() *http.Request {
			r := newRequest("GET", "/")
			r.URL.Path = "/auth/twitter/" + strings.Repeat("\u0085", 1<<19)
			return r
		},
		"fieldsMapping with controls": func() *http.Request {
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{"` + control + `":"name"}}`)
		},
		"fieldsMapping with a long path": func() *http.Request {
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{"` + strings.Repeat("a.", 3500) + `":"name"}}`)
		},
		"fieldsMapping with many fields": func() *http.Request {
			var pairs []string
			for i := range 300 {
				pairs = append(pairs, fmt.Sprintf(`"\u0085%d":"name"`, i))
			}
			return tokenRequest(`{"authToken":"a","authTokenSecret":"b","fieldsMapping":{` + strings.Join(pairs, ",") + `}}`)
		},
		"a callback's query": func() *http.Request {
			return newRequest("GET", "/auth/twitter/callback?oauth_token="+url.QueryEscape(control))
		},
		"an origin": func() *http.Request {
			r := newRequest("POST", "/auth/twitter/login")
			r.Header.Set("Origin", "https://"+strings.Repeat("\u0085", 1<<19))
			return r
		},
	}
	for name, request := range requests {
		before := len(s.log.String())
		record(s.auth, request())
		if n := len(s.log.String()) - before; n > 8<<10 {
			t.Errorf("%s: %d bytes of log", name, n)
		}
	}
}
