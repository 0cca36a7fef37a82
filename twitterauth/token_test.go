package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
)

func tokenSite(t *testing.T) *site {
	return newSite(t, configured(func(c *twitterauth.Config) {
		c.TokenLogin, c.ClientFields = true, []string{"bio", "email"}
		c.Mapping = mapping.Must(map[string]string{"name": "name", "email": "email"})
	}))
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

func tokenRequest(body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), "POST", "http://127.0.0.1/auth/twitter/token", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
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
	s := newSite(t, withKeys(useBoth), configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
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
	closed := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	token, secret = closed.x.TokenPair(ada)
	r = closed.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}, "fieldsMapping": {`{"name":"name"}`}})
	if r.StatusCode != 400 {
		t.Errorf("without ClientFields: %d %s", r.StatusCode, r.body)
	}
}

func TestBearerTokens(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.Session.Bearer = true, true }))
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

type panicsAsJSON struct{}

func (panicsAsJSON) MarshalJSON() ([]byte, error) { panic("boom") }

type failsAsJSON struct{}

func (failsAsJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("canary") }

type brokenAsJSON struct{}

func (brokenAsJSON) MarshalJSON() ([]byte, error) { return []byte(`{"a":`), nil }

type ring struct{ Next *ring }

// unencodables are values that JSON cannot hold.
func unencodables() map[string]any {
	self := &ring{}
	self.Next = self
	within := map[string]any{}
	within["a"] = []any{within}
	list := []any{nil}
	list[0] = list
	return map[string]any{
		"infinity": math.Inf(1), "less": math.Inf(-1), "not a number": math.NaN(), "float32": float32(math.Inf(1)),
		"a channel": make(chan int), "a func": func() {}, "a complex": 1i, "a nil func in a list": []any{(func())(nil)},
		"inside": map[string]any{"canary": []any{math.NaN()}}, "a struct": struct{ Canary float64 }{math.Inf(1)}, "a pointer": new(chan int),
		"a cycle": self, "a cycle of maps": within, "a cycle of lists": list, "keys that are none": map[any]any{1: 2}, "keys that are lists": map[[1]int]int{{1}: 2},
		"a year": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "a number": json.Number("canary"), "raw": json.RawMessage(`{canary`),
		"panics": panicsAsJSON{}, "fails": failsAsJSON{}, "broken": brokenAsJSON{}, "inside a list": []any{1, panicsAsJSON{}},
	}
}

func convertTo(value any) *mapping.Mapping {
	return mapping.Must(map[string]string{"screen_name": "handle"}, mapping.Rule{From: "name", To: "odd", Convert: func(any) (any, error) { return value, nil }})
}

// A token login answers with the properties. What it cannot answer must not
// have made a user.
func TestPropertiesThatJSONCannotHold(t *testing.T) {
	t.Parallel()
	for name, value := range unencodables() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, convertTo(value) }))
			token, secret := s.x.TokenPair(ada)
			b := s.browser(t)
			r := b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			if r.StatusCode != http.StatusInternalServerError || r.code(t) != "store_failed" || b.hasSession() || len(s.users.logins) != 0 {
				t.Errorf("%d %s, logins %v", r.StatusCode, r.body, s.users.logins)
			}
			log := s.log.String()
			if !strings.Contains(log, `property \"odd\"`) || !strings.Contains(log, "JSON cannot hold") || !strings.Contains(log, "level=ERROR") || strings.Contains(log+r.body, "canary") {
				t.Errorf("the log says %s", log)
			}
			if strings.Contains(name, "panics") && !strings.Contains(log, "MarshalJSON") {
				t.Errorf("no stack: %s", log)
			}
			// A browser login writes none of them.
			if b.login(ada, nil); b.whoami() != "user u1 @ada" {
				t.Errorf("in a browser: %s", b.whoami())
			}
		})
	}
}

// Whatever JSON can hold is answered, as it was when the store was asked.
func TestPropertiesOfATokenLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"a time":    {time.Date(2009, 5, 9, 17, 58, 22, 0, time.UTC), `"2009-05-09T17:58:22Z"`},
		"a struct":  {struct{ A int }{1}, `{"A":1}`},
		"a pointer": {&struct{ A int }{1}, `{"A":1}`},
		"a list":    {[]any{1.5, nil, "<b>"}, `[1.5,null,"\u003cb\u003e"]`},
		"a large n": {json.Number("99999999999999999999"), `99999999999999999999`},
		"raw":       {json.RawMessage(` {"a" : 1} `), `{"a":1}`},
		"no UTF-8":  {"\xff", `"\ufffd"`},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, convertTo(test.value) }))
		s.users.onLogin = func(_ context.Context, login twitterauth.Login) (string, error) {
			login.Fields["odd"] = math.NaN() // the store's own business
			return "u1", nil
		}
		s.users.onByID = func(context.Context, string) (*user, error) { return &user{ID: "u1"}, nil }
		token, secret := s.x.TokenPair(ada)
		r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
		if want := `"properties":{"handle":"ada","odd":` + test.want + `}`; r.StatusCode != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s, want %s", name, r.StatusCode, r.body, want)
		}
	}
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, mapping.Must(nil) }))
	token, secret := s.x.TokenPair(ada)
	if r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}); !strings.Contains(r.body, `"properties":{}`) {
		t.Errorf("no properties: %s", r.body)
	}
}
