package twitterauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
)

func tokenSite(t *testing.T) *site {
	return newSite(t, func(c *twitterauth.Config) {
		c.TokenLogin, c.ClientFields = true, []string{"bio", "email"}
		c.Mapping = mapping.Must(map[string]string{"name": "name", "email": "email"})
	})
}

// post sends a body to the token route.
func (b *browser) post(contentType, body, query string) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.site.URL+"/auth/twitter/token"+query, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return b.send(req)
}

func TestTokenLogin(t *testing.T) {
	t.Parallel()
	s := tokenSite(t)
	token, secret := s.x.TokenPair(zoe)
	for name, test := range map[string]struct {
		contentType, body string
		stay              bool
	}{
		"JSON":             {"application/json", `{"authToken":"` + token + `","authTokenSecret":"` + secret + `","stayLoggedIn":true}`, true},
		"JSON with claims": {"application/json; charset=UTF-8", `{"authToken":"` + token + `","authTokenSecret":"` + secret + `","user_id":"1","screen_name":"x","consumer_key":"y"}`, false},
		"a form":           {"application/x-www-form-urlencoded", url.Values{"authToken": {token}, "authTokenSecret": {secret}, "stayLoggedIn": {"on"}}.Encode(), true},
	} {
		b := s.browser(t)
		r := b.post(test.contentType, test.body, "")
		var got map[string]any
		if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.StatusCode != 200 {
			t.Fatalf("%s: %d %s", name, r.StatusCode, r.body)
		}
		if got["userId"] != "u1" || got["twitterId"] != zoe || got["screenName"] != "zoe_quotes" || got["stayLoggedIn"] != test.stay || got["expiresAt"] == nil || len(got) != 6 || got["properties"].(map[string]any)["name"] != "Zoë O'Neil" {
			t.Errorf("%s: %s", name, r.body)
		}
		if b.whoami() != "user u1 @zoe_quotes" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s %v", name, b.whoami(), r.Header)
		}
	}
}

func TestTokenLoginRefusals(t *testing.T) {
	t.Parallel()
	const jsonBody, form = "application/json", "application/x-www-form-urlencoded"
	s := tokenSite(t)
	token, secret := s.x.TokenPair(ada)
	foreign, foreignSecret := s.x.ForeignTokenPair(ada)
	revoked, revokedSecret := s.x.TokenPair(ada)
	s.x.Revoke(revoked)
	pair := func(a, b string) string { return `"authToken":` + a + `,"authTokenSecret":` + b }
	good := pair(`"`+token+`"`, `"`+secret+`"`)
	for name, test := range map[string]struct {
		contentType, body, query string
		status                   int
		message                  string
	}{
		"no token":             {jsonBody, `{"authTokenSecret":"s"}`, "", 400, "authToken is missing"},
		"no secret":            {jsonBody, `{"authToken":"t"}`, "", 400, "authTokenSecret is missing"},
		"no secret, form":      {form, "authToken=t", "", 400, "authTokenSecret is missing"},
		"empty token":          {jsonBody, `{` + pair(`""`, `"s"`) + `}`, "", 400, "authToken is empty"},
		"empty secret, form":   {form, "authToken=t&authTokenSecret=", "", 400, "authTokenSecret is empty"},
		"a number":             {jsonBody, `{` + pair(`5`, `"s"`) + `}`, "", 400, "authToken must be a string"},
		"null":                 {jsonBody, `{` + pair(`"t"`, `null`) + `}`, "", 400, "authTokenSecret must be a string"},
		"an array":             {jsonBody, `{` + pair(`["t"]`, `"s"`) + `}`, "", 400, "authToken must be a string"},
		"an object":            {jsonBody, `{` + pair(`{}`, `"s"`) + `}`, "", 400, "authToken must be a string"},
		"another case":         {jsonBody, `{"authtoken":"t","authTokenSecret":"s"}`, "", 400, "authToken is missing"},
		"broken":               {jsonBody, `{"authToken":"t"`, "", 400, ""},
		"nothing":              {jsonBody, ``, "", 400, ""},
		"a list":               {jsonBody, `[]`, "", 400, ""},
		"null alone":           {jsonBody, `null`, "", 400, ""},
		"a name twice":         {jsonBody, `{` + good + `,"authToken":"x"}`, "", 400, "twice"},
		"trailing data":        {jsonBody, `{` + good + `}{}`, "", 400, ""},
		"trailing bracket":     {jsonBody, `{` + good + `}]`, "", 400, ""},
		"invalid UTF-8":        {jsonBody, "{\"authToken\":\"\xff\",\"authTokenSecret\":\"s\"}", "", 400, ""},
		"a control character":  {jsonBody, `{` + pair(`"t\u0000"`, `"s"`) + `}`, "", 400, "authToken"},
		"a line break":         {form, "authToken=t%0d%0a&authTokenSecret=s", "", 400, "authToken"},
		"a space":              {form, "authToken=t+u&authTokenSecret=s", "", 400, "authToken"},
		"too long":             {jsonBody, `{` + pair(`"`+strings.Repeat("t", 257)+`"`, `"s"`) + `}`, "", 400, "authToken"},
		"broken escape":        {form, "authToken=%zz&authTokenSecret=s", "", 400, ""},
		"semicolons":           {form, "authToken=t;authTokenSecret=s", "", 400, ""},
		"twice in a form":      {form, "authToken=t&authToken=t&authTokenSecret=s", "", 400, "twice"},
		"in the query":         {form, "", "?authToken=" + token + "&authTokenSecret=" + secret, 400, "in the body"},
		"one in the query":     {jsonBody, `{` + good + `}`, "?authTokenSecret=x", 400, "in the body"},
		"stay as text":         {jsonBody, `{` + good + `,"stayLoggedIn":"true"}`, "", 400, "stayLoggedIn"},
		"stay null":            {jsonBody, `{` + good + `,"stayLoggedIn":null}`, "", 400, "stayLoggedIn"},
		"stay maybe, form":     {form, "authToken=t&authTokenSecret=s&stayLoggedIn=maybe", "", 400, "stayLoggedIn"},
		"text":                 {"text/plain", `{` + good + `}`, "", 415, ""},
		"no type":              {"", `{` + good + `}`, "", 415, ""},
		"multipart":            {"multipart/form-data; boundary=b", "--b--", "", 415, ""},
		"another charset":      {"application/json; charset=utf-16", `{` + good + `}`, "", 415, ""},
		"too large":            {jsonBody, `{` + good + `,"x":"` + strings.Repeat("x", 8<<10) + `"}`, "", 413, ""},
		"swapped":              {jsonBody, `{` + pair(`"`+secret+`"`, `"`+token+`"`) + `}`, "", 401, ""},
		"another app's":        {jsonBody, `{` + pair(`"`+foreign+`"`, `"`+foreignSecret+`"`) + `}`, "", 401, ""},
		"revoked":              {jsonBody, `{` + pair(`"`+revoked+`"`, `"`+revokedSecret+`"`) + `}`, "", 401, ""},
		"a property not open":  {jsonBody, `{` + good + `,"fieldsMapping":{"name":"role"}}`, "", 400, "may not fill"},
		"one not open of two":  {jsonBody, `{` + good + `,"fieldsMapping":{"description":"bio","name":"name"}}`, "", 400, "may not fill"},
		"a mapping of numbers": {jsonBody, `{` + good + `,"fieldsMapping":{"description":5}}`, "", 400, "fieldsMapping"},
		"a mapping, a list":    {jsonBody, `{` + good + `,"fieldsMapping":[]}`, "", 400, "fieldsMapping"},
		"a mapping, null":      {jsonBody, `{` + good + `,"fieldsMapping":null}`, "", 400, "fieldsMapping"},
		"a mapping twice":      {jsonBody, `{` + good + `,"fieldsMapping":{"description":"bio","description":"email"}}`, "", 400, "fieldsMapping"},
		"a malformed path":     {jsonBody, `{` + good + `,"fieldsMapping":{"a..b":"bio"}}`, "", 400, "fieldsMapping"},
		"two for one property": {jsonBody, `{` + good + `,"fieldsMapping":{"description":"bio","location":"bio"}}`, "", 400, "fieldsMapping"},
	} {
		b := s.browser(t)
		s.x.ResetRequests()
		r := b.post(test.contentType, test.body, test.query)
		code := map[int]string{400: "bad_request", 401: "token_invalid", 413: "body_too_large", 415: "unsupported_media_type"}[test.status]
		if r.StatusCode != test.status || r.code(t) != code || !strings.Contains(r.body, test.message) || b.hasSession() || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		if test.status != 401 && len(s.x.Requests()) != 0 {
			t.Errorf("%s: X was asked", name)
		}
	}
	if len(s.users.all()) != 0 {
		t.Errorf("users %+v", s.users.all())
	}
}

// A bearer token proves nothing of which app it was made for.
func TestTokenLoginRefusesOAuth2Tokens(t *testing.T) {
	t.Parallel()
	s := newSiteOver(t, useBoth, func(c *twitterauth.Config) { c.TokenLogin = true })
	bearer := s.x.BearerToken(ada, "tweet.read", "users.read", "users.email")
	for name, form := range map[string]url.Values{
		"as the token":              {"authToken": {bearer}},
		"with an empty secret":      {"authToken": {bearer}, "authTokenSecret": {""}},
		"with a secret that is no":  {"authToken": {bearer}, "authTokenSecret": {" "}},
		"under OAuth 2.0's name":    {"access_token": {bearer}},
		"with its type and refresh": {"access_token": {bearer}, "token_type": {"bearer"}, "refresh_token": {"r"}},
	} {
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/token", form)
		if r.StatusCode != http.StatusBadRequest || r.code(t) != "bad_request" || !strings.Contains(r.body, "OAuth 2.0 bearer token") || strings.Contains(r.body, bearer) || b.hasSession() || len(s.x.Requests()) != 0 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	// With a secret made up it is X who refuses.
	b := s.browser(t)
	if r := b.do("POST", "/auth/twitter/token", url.Values{"authToken": {bearer}, "authTokenSecret": {"made-up"}}); r.StatusCode != http.StatusUnauthorized || r.code(t) != "token_invalid" || b.hasSession() {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	token, secret := s.x.TokenPair(ada)
	if r := b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}); r.StatusCode != http.StatusOK || b.whoami() != "user u1 @ada" {
		t.Errorf("a pair of OAuth 1.0a: %d %s", r.StatusCode, r.body)
	}
	b = s.browser(t)
	if b.login(ada, nil); b.whoami() != "user u1 @ada" {
		t.Errorf("in the browser: %s", b.whoami())
	}
}

func TestClientFields(t *testing.T) {
	t.Parallel()
	s := tokenSite(t)
	token, secret := s.x.TokenPair(ada)
	r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}, "fieldsMapping": {`{"description":"bio"}`}})
	if r.StatusCode != 200 || !strings.Contains(r.body, `"properties":{"bio":"First programmer","email":"ada@example.com","name":"Ada Lovelace"}`) {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	closed := newSite(t, func(c *twitterauth.Config) { c.TokenLogin = true })
	token, secret = closed.x.TokenPair(ada)
	r = closed.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}, "fieldsMapping": {`{"name":"name"}`}})
	if r.StatusCode != 400 {
		t.Errorf("without ClientFields: %d %s", r.StatusCode, r.body)
	}
}

func TestBearerTokens(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true })
	token, secret := s.x.TokenPair(ada)
	r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
	var got struct{ UserToken string }
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || !strings.HasPrefix(got.UserToken, "twa_") {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	b := s.browser(t)
	if r := b.get("/account", "Authorization", "Bearer "+got.UserToken); r.body != "user u1 @ada" || !strings.Contains(strings.Join(r.Header["Vary"], ","), "Authorization") {
		t.Errorf("%d %s %v", r.StatusCode, r.body, r.Header)
	}
	if r := b.get("/account", "Authorization", "Bearer app"); r.StatusCode != 401 {
		t.Errorf("the app's own token: %d", r.StatusCode)
	}
}

func TestLinking(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		link := url.Values{"link": {"true"}, "return_to": {"/account"}}
		guest := func(t *testing.T, s *site, b *browser, id string) {
			s.users.mu.Lock()
			s.users.users[id] = &user{ID: id, Fields: map[string]any{}}
			s.users.mu.Unlock()
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := s.auth.Sessions().Start(w, r, id, false); err != nil {
					t.Error(err)
				}
			}), newRequest("GET", "/"))
			b.setCookie(sessionCookie, w.Result().Cookies()[0].Value)
		}
		newLinking := func(t *testing.T) (*site, *browser) {
			s := p.newSite(t, nil, linkingMemory{newMemory()})
			b := s.browser(t)
			guest(t, s, b, "guest")
			return s, b
		}
		t.Run("a guest becomes a full user", func(t *testing.T) {
			t.Parallel()
			s, b := newLinking(t)
			before := b.cookies()[sessionCookie]
			at := b.start(link)
			if !strings.Contains(at, "/authorize?") {
				t.Errorf("X does not ask: %s", at)
			}
			if r := b.get(b.approve(at, ada)); r.location() != "/account" || b.cookies()[sessionCookie] != before || b.whoami() != "user guest @ada" {
				t.Errorf("%d %s, %s", r.StatusCode, r.body, b.whoami())
			}
			if u := s.users.all(); len(u) != 1 || u[0].TwitterID != ada {
				t.Errorf("%+v", u)
			}
		})
		t.Run("the account is another user's", func(t *testing.T) {
			t.Parallel()
			s, b := newLinking(t)
			s.browser(t).login(ada, nil)
			if r := b.get(b.approve(b.start(link), ada)); r.StatusCode != 409 || r.code(t) != "already_linked" || b.whoami() != "user guest @" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("signed out meanwhile", func(t *testing.T) {
			t.Parallel()
			s, b := newLinking(t)
			at := b.approve(b.start(link), ada)
			b.do("POST", "/auth/twitter/logout", nil)
			if r := b.get(at); r.StatusCode != 403 || r.code(t) != "login_mismatch" || b.hasSession() || len(s.users.all()) != 1 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("another user meanwhile", func(t *testing.T) {
			t.Parallel()
			s, b := newLinking(t)
			at := b.approve(b.start(link), ada)
			guest(t, s, b, "other")
			if r := b.get(at); r.StatusCode != 403 || r.code(t) != "login_mismatch" || b.whoami() != "user other @" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("nobody is signed in", func(t *testing.T) {
			t.Parallel()
			s, _ := newLinking(t)
			if r := s.browser(t).do("POST", "/auth/twitter/login", link); r.StatusCode != 401 || r.code(t) != "login_required" || len(s.x.Requests()) != 0 {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
		t.Run("the store cannot link", func(t *testing.T) {
			t.Parallel()
			s := p.newSite(t, nil)
			b := s.browser(t)
			b.login(ada, nil)
			if r := b.do("POST", "/auth/twitter/login", link); r.StatusCode != 400 || r.code(t) != "bad_request" {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	})
}

func TestRedirectErrors(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for path, want := range map[string]string{
			"/login":                     "/login?error=login_mismatch",
			"/login?a=b#c":               "/login?a=b&error=login_mismatch#c",
			"https://spa.example.com/in": "https://spa.example.com/in?error=login_mismatch",
			"https://evil.example/in":    "",
			"//evil.example":             "",
			"/auth/twitter/login":        "",
		} {
			s := p.newSite(t, func(c *twitterauth.Config) {
				c.TrustedOrigins = []string{"https://spa.example.com"}
				c.ErrorHandler = twitterauth.RedirectErrors(path)
			})
			callback := "/auth/twitter/callback?" + p.key + "=a&" + p.proof + "=b"
			if r := s.browser(t).visit(callback); r.location() != want || (want == "") != (r.StatusCode == 403) {
				t.Errorf("%s: %d %s", path, r.StatusCode, r.location())
			}
			if r := s.browser(t).get(callback); r.StatusCode != 403 || r.code(t) != "login_mismatch" {
				t.Errorf("%s as JSON: %d", path, r.StatusCode)
			}
		}
	})
}
