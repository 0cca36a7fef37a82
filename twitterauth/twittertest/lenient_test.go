package twittertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/dghubble/oauth1"

	"twitterlogin.example/twitterauth/twittertest"
)

// What X accepts and the standards do not have is accepted as well, and refused
// with SetStrict.

// place is where a request has its parameters of OAuth 1.0a.
type place func(r *http.Request, params []param)

func values(params []param) url.Values {
	v := url.Values{}
	for _, p := range params {
		v.Add(p.name, p.value)
	}
	return v
}

func inHeader(r *http.Request, params []param) {
	r.Header.Set("Authorization", (&plainCall{header: params}).authorization())
}

func inQuery(r *http.Request, params []param) { r.URL.RawQuery = values(params).Encode() }

func inBody(r *http.Request, params []param) {
	*r = *newForm(r, values(params))
}

// newForm is a copy of a request with another form.
func newForm(r *http.Request, form url.Values) *http.Request {
	n, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), strings.NewReader(form.Encode()))
	if err != nil {
		panic(err)
	}
	n.Header = r.Header
	n.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return n
}

// split puts the parameters of these names elsewhere than the others.
func split(names string, those, others place) place {
	return func(r *http.Request, params []param) {
		var here, there []param
		for _, p := range params {
			if strings.Contains(names, p.name) {
				here = append(here, p)
			} else {
				there = append(there, p)
			}
		}
		others(r, there)
		those(r, here)
	}
}

// also puts the parameters of these names in a second place too.
func also(names string, second, all place) place {
	return func(r *http.Request, params []param) {
		all(r, params)
		split(names, second, func(*http.Request, []param) {})(r, params)
	}
}

func TestPlacesOfOAuthParameters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		put    place
		strict bool // accepted then too
	}{
		{"header", http.MethodPost, inHeader, true},
		{"header, GET", http.MethodGet, inHeader, false},
		{"query, POST", http.MethodPost, inQuery, false},
		{"query, GET", http.MethodGet, inQuery, false},
		{"body", http.MethodPost, inBody, false},
		{"callback and verifier in the body", http.MethodPost, split("oauth_callback oauth_verifier", inBody, inHeader), false},
		{"callback and verifier in the query", http.MethodPost, split("oauth_callback oauth_verifier", inQuery, inHeader), false},
		{"callback and verifier in the query, GET", http.MethodGet, split("oauth_callback oauth_verifier", inQuery, inHeader), false},
		{"callback and verifier in header and body", http.MethodPost, also("oauth_callback oauth_verifier", inBody, inHeader), false},
		{"all in header and query", http.MethodPost, also("oauth_callback oauth_verifier oauth_token oauth_consumer_key oauth_nonce oauth_timestamp", inQuery, inHeader), false},
	}
	for _, tt := range tests {
		for _, strict := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, strict %v", tt.name, strict), func(t *testing.T) {
				t.Parallel()
				x := start(t)
				token, secret, verifier := approved(t, x, ada)
				x.SetStrict(strict)
				for step, c := range map[string]*plainCall{
					"request_token": newCall(x, tt.method, "/oauth/request_token", "", "", param{"oauth_callback", appCallback}),
					"access_token":  newCall(x, tt.method, "/oauth/access_token", token, secret, param{"oauth_verifier", verifier}),
				} {
					c.sign(x)
					r := request(t, c.method, x.URL+c.path, nil)
					tt.put(r, c.header)
					// The verifier in the body is X's own example.
					accepted := !strict || tt.strict || step == "access_token" && strings.HasSuffix(tt.name, "verifier in the body")
					if answer := do(t, x.Client(), r); (answer.StatusCode == 200) != accepted {
						t.Errorf("%s answers %d: %s", step, answer.StatusCode, answer.body)
					}
				}
			})
		}
	}
}

// One parameter with two values cannot be checked, wherever the two are.
func TestOAuthParametersThatDiffer(t *testing.T) {
	t.Parallel()
	other := func(second place) place {
		return func(r *http.Request, params []param) {
			inHeader(r, params)
			second(r, []param{{"oauth_callback", "https://elsewhere.example/"}})
		}
	}
	twice := func(r *http.Request, params []param) {
		inQuery(r, append(params, param{"oauth_callback", appCallback}))
	}
	for name, put := range map[string]place{"header and query": other(inQuery), "header and body": other(inBody), "twice in the query": twice} {
		x := lenient(t)
		c := requestTokenCall(x).sign(x)
		r := request(t, c.method, x.URL+c.path, nil)
		put(r, c.header)
		if answer := do(t, x.Client(), r); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
		}
	}
}

// The query and the form are signed also where the protocol's parameters are in
// them, and a form's realm is a parameter like any other.
func TestLenientSignatureCoversAll(t *testing.T) {
	t.Parallel()
	x := lenient(t)
	token, secret := x.TokenPair(ada)
	form := url.Values{"status": {"t"}, "realm": {"r"}}
	send := func(change func(all url.Values)) int {
		c := updateCall(x, token, secret, form).sign(x)
		all := values(c.header)
		for name, list := range form {
			all[name] = list
		}
		change(all)
		return do(t, x.Client(), request(t, http.MethodPost, x.URL+c.path, all)).StatusCode
	}
	for name, tt := range map[string]struct {
		change func(all url.Values)
		status int
	}{
		"unchanged":     {func(url.Values) {}, 200},
		"another text":  {func(all url.Values) { all.Set("status", "u") }, 401},
		"another realm": {func(all url.Values) { all.Set("realm", "s") }, 401},
		"one more":      {func(all url.Values) { all.Set("a", "b") }, 401},
		"no signature":  {func(all url.Values) { all.Del("oauth_signature") }, 401},
	} {
		if got := send(tt.change); got != tt.status {
			t.Errorf("%s: status %d, want %d", name, got, tt.status)
		}
	}
}

func TestLenientVersions(t *testing.T) {
	t.Parallel()
	for version, accepted := range map[string]bool{"": true, "1.0": true, "1.0A": true, "1.0a": true, "2.0": false, "1.0b": false} {
		x := lenient(t)
		c := requestTokenCall(x)
		if c.set("oauth_version", version); version == "" {
			c.drop("oauth_version")
		}
		if answer := c.sign(x).send(t, x, ""); (answer.StatusCode == 200) != accepted {
			t.Errorf("version %q: %d", version, answer.StatusCode)
		}
	}
}

func TestEmptyTokenSecretAtAccessToken(t *testing.T) {
	t.Parallel()
	x := lenient(t)
	token, _, verifier := approved(t, x, ada)
	other := accessTokenCall(x, token, "other", verifier)
	other.sign(x).send(t, x, "").refusedAs(t, 401, 32, xmlType)
	without := newCall(x, http.MethodPost, "/oauth/access_token", token, "")
	without.sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, tokenType)
	accessTokenCall(x, token, "", verifier).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)

	access, _ := x.TokenPair(ada) // nowhere else
	profileCall(x, access, "").sign(x).send(t, x, "").refusedAs(t, 401, 32, jsonType)
}

var pinOnPage = regexp.MustCompile(`<code>([0-9]{7})</code>`)

// An app to which no browser comes back has the person type a PIN.
func TestPIN(t *testing.T) {
	t.Parallel()
	exchange := func(t *testing.T, x *twittertest.Server, token, secret, pin string) {
		t.Helper()
		accessTokenCall(x, token, secret, "0000000x").sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, tokenType)
		answer := accessTokenCall(x, token, secret, pin).sign(x).send(t, x, "")
		answer.expect(t, http.StatusOK, tokenType)
		if !strings.Contains(answer.body, "user_id="+zoe) {
			t.Errorf("the answer is %s", answer.body)
		}
	}
	oob := func(t *testing.T, x *twittertest.Server) (token, secret string) {
		t.Helper()
		app := consumer(x)
		app.CallbackURL = "oob"
		token, secret, err := app.RequestToken()
		if err != nil {
			t.Fatal(err)
		}
		return token, secret
	}
	page := func(t *testing.T, answer got) string {
		t.Helper()
		answer.expect(t, http.StatusOK, tokenType)
		found := pinOnPage.FindStringSubmatch(answer.body)
		if found == nil || strings.Contains(answer.body, "<form") {
			t.Fatalf("there is no PIN on the page: %s", answer.body)
		}
		return found[1]
	}
	x := lenient(t)
	x.RegisterCallbacks("https://app.example/cb") // does not matter

	token, secret := oob(t, x)
	if ask := get(t, x.Client(), consentURL(x, token)); !strings.Contains(ask.body, "Sign in to an app") {
		t.Errorf("the page is %s", ask.body)
	}
	decide := func(form url.Values) got { return post(t, stay(x), x.URL+"/oauth/decide", form) }
	exchange(t, x, token, secret, page(t, decide(url.Values{"oauth_token": {token}, "person": {zoe}})))

	token, secret = oob(t, x)
	callback, err := x.Authorize(consentURL(x, token), zoe)
	if err != nil || !strings.HasPrefix(callback, "oob?") {
		t.Fatalf("%s, %v", callback, err)
	}
	exchange(t, x, token, secret, queryOf(t, callback).Get("oauth_verifier"))

	token, _ = oob(t, x)
	cancelled := decide(url.Values{"oauth_token": {token}})
	cancelled.expect(t, http.StatusOK, tokenType)
	if !strings.Contains(cancelled.body, "You cancelled the sign-in") {
		t.Errorf("the page is %s", cancelled.body)
	}

	x.SignInAs(zoe)
	token, secret = oob(t, x)
	exchange(t, x, token, secret, page(t, get(t, stay(x), consentURL(x, token))))
}

func TestPrivateSchemeCallbacks(t *testing.T) {
	t.Parallel()
	for callback, accepted := range map[string]bool{
		"com.example.app:/cb":       true,
		"myapp://callback":          true,
		"twitterkit-abc://":         true,
		"javascript:alert(1)":       false,
		"JavaScript://app/%0aalert": false,
		"data:text/html,x":          false,
		"file:///etc/passwd":        false,
		"/callback":                 false,
		"http:///callback":          false,
		"https:callback":            false,
	} {
		t.Run(callback, func(t *testing.T) {
			t.Parallel()
			x := lenient(t)
			app := consumer(x)
			app.CallbackURL = callback
			token, _, err := app.RequestToken()
			if (err == nil) != accepted {
				t.Fatalf("request_token: %v", err)
			}
			query := authorizeQuery(x, loginScope)
			query.Set("redirect_uri", callback)
			back, err := x.Authorize(authorizeURL(x, query), ada)
			if (err == nil) != accepted || accepted && !strings.HasPrefix(back, callback+"?code=") {
				t.Errorf("authorize: %s, %v", back, err)
			}
			if !accepted {
				return
			}
			page := get(t, x.Client(), consentURL(x, token))
			if scheme, _, _ := strings.Cut(callback, ":"); !strings.Contains(page.body, "Sign in to "+scheme+"<") {
				t.Errorf("the page is %s", page.body)
			}
			decision := post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}, "person": {ada}})
			decision.expect(t, http.StatusFound, tokenType)
			if back := decision.Header.Get("Location"); !strings.HasPrefix(back, callback+"?oauth_token=") {
				t.Errorf("the browser is sent to %s", back)
			}
		})
	}
}

func TestLenientPKCE(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("v", 171)
	tests := []struct {
		name, method, challenge, verifier string
		ok                                bool
	}{
		{"lower case", "s256", s256(appVerifier), appVerifier, true},
		{"lower case, another verifier", "s256", s256(appVerifier), long, false},
		{"171 characters", "S256", s256(long), long, true},
		{"short", "S256", s256("v"), "v", true},
		{"2,000 characters", "S256", s256(strings.Repeat("v", 2000)), strings.Repeat("v", 2000), true},
		{"reserved characters", "S256", s256("a+b/c="), "a+b/c=", true},
		{"plain", "plain", "challenge", "challenge", true},
		{"plain, another verifier", "plain", "challenge", "other", false},
		{"plain, a hash", "plain", s256(appVerifier), appVerifier, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := lenient(t)
			query := authorizeQuery(x, loginScope)
			query.Set("code_challenge", tt.challenge)
			query.Set("code_challenge_method", tt.method)
			callback, err := x.Authorize(authorizeURL(x, query), ada)
			if err != nil {
				t.Fatal(err)
			}
			form := codeForm(queryOf(t, callback).Get("code"))
			form.Set("code_verifier", tt.verifier)
			if answer := askTokens(t, x, form); tt.ok {
				tokensOf(t, answer)
			} else {
				answer.refusedWith(t, 400, "invalid_request", verifierInvalid)
			}
		})
	}
	for method, challenge := range map[string]string{"": s256(appVerifier), "PLAIN": "c", "sha256": s256(appVerifier), "plain": "", "s256": "short"} {
		x := lenient(t)
		query := authorizeQuery(x, loginScope)
		query.Set("code_challenge", challenge)
		query.Set("code_challenge_method", method)
		somethingWrong(t, x, authorizeURL(x, query), "code_challenge")
	}
}

// The token endpoint and the one for revocation take their parameters from a
// form, from JSON and from the query.
func TestPlacesOfOAuth2Parameters(t *testing.T) {
	t.Parallel()
	asJSON := func(t *testing.T, r *http.Request, params url.Values) *http.Request {
		t.Helper()
		fields := map[string]string{}
		for name := range params {
			fields[name] = params.Get(name)
		}
		body, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return withBody(r, "application/json; charset=utf-8", string(body))
	}
	inQuery := func(_ *testing.T, r *http.Request, params url.Values) *http.Request {
		r.URL.RawQuery = params.Encode()
		return r
	}
	places := map[string]func(t *testing.T, r *http.Request, params url.Values) *http.Request{
		"form":  func(_ *testing.T, r *http.Request, params url.Values) *http.Request { return newForm(r, params) },
		"JSON":  asJSON,
		"query": inQuery,
		"the same in form and query": func(t *testing.T, r *http.Request, params url.Values) *http.Request {
			return newForm(inQuery(t, r, params), params)
		},
		"the same in JSON and query": func(t *testing.T, r *http.Request, params url.Values) *http.Request {
			return asJSON(t, inQuery(t, r, params), params)
		},
	}
	for name, put := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := lenient(t)
			send := func(path string, params url.Values) got {
				t.Helper()
				return do(t, x.Client(), put(t, asClient(t, x, path, nil), params))
			}
			code := codeForm(codeFor(t, x, ada, offlineScope))
			x.SetStrict(name != "form")
			if name != "form" {
				if answer := send("/2/oauth2/token", code); answer.StatusCode != http.StatusBadRequest {
					t.Errorf("strict: %d", answer.StatusCode)
				}
			}
			x.SetStrict(false)
			_, refresh := tokensOf(t, send("/2/oauth2/token", code))
			access, _ := tokensOf(t, send("/2/oauth2/token", refreshForm(refresh)))
			send("/2/oauth2/revoke", url.Values{"token": {access}}).expect(t, http.StatusOK, jsonType)
			if works(t, x, access) {
				t.Error("the access token is still good")
			}
		})
	}

	x := lenient(t)
	code := codeForm(codeFor(t, x, ada, loginScope))
	for name, spoil := range map[string]func(r *http.Request) *http.Request{
		"two values":        func(r *http.Request) *http.Request { r.URL.RawQuery = "code=other"; return r },
		"JSON of a list":    func(r *http.Request) *http.Request { return withBody(r, "application/json", `["code"]`) },
		"JSON of a number":  func(r *http.Request) *http.Request { return withBody(r, "application/json", `{"code":1}`) },
		"JSON that is cut":  func(r *http.Request) *http.Request { return withBody(r, "application/json", `{"code":"`) },
		"text":              func(r *http.Request) *http.Request { return withBody(r, "text/plain", "code=1") },
		"nothing":           func(r *http.Request) *http.Request { return withBody(r, "", "") },
		"an unreadable URL": func(r *http.Request) *http.Request { r.URL.RawQuery = "a=%zz"; return r },
	} {
		if answer := do(t, x.Client(), spoil(asClient(t, x, "/2/oauth2/token", code))); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
		}
	}
	tokensOf(t, askTokens(t, x, code))
}

func withBody(r *http.Request, contentType, body string) *http.Request {
	n, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	n.Header = r.Header
	n.Header.Set("Content-Type", contentType)
	return n
}

// The right secret in the body is accepted beside HTTP Basic, and not in its
// place.
func TestSecretBesideBasic(t *testing.T) {
	t.Parallel()
	x := lenient(t)
	code := codeForm(codeFor(t, x, ada, loginScope))
	code.Set("client_id", x.ClientID)
	code.Set("client_secret", x.ClientSecret)
	post(t, x.Client(), x.URL+"/2/oauth2/token", code).refusedWith(t, 401, "unauthorized_client", headerMissing)
	code.Set("client_secret", "other")
	askTokens(t, x, code).refusedWith(t, 401, "unauthorized_client", headerMissing)
	code.Set("client_secret", x.ClientSecret)
	tokensOf(t, askTokens(t, x, code))
}

// A person's pair is given out again at each login until it is invalidated.
func TestPairOfAPerson(t *testing.T) {
	t.Parallel()
	x := start(t)
	signIn := func(person string) (access, accessSecret string) {
		t.Helper()
		token, secret, verifier := approved(t, x, person)
		access, accessSecret, err := consumer(x).AccessToken(token, secret, verifier)
		if err != nil {
			t.Fatal(err)
		}
		return access, accessSecret
	}
	type pair struct{ token, secret string }
	of := func(token, secret string) pair { return pair{token, secret} }
	first := of(signIn(ada))
	if again := of(signIn(ada)); again != first {
		t.Errorf("the second login yields %v, the first %v", again, first)
	}
	if other := of(signIn(zoe)); other == first || other.secret == first.secret {
		t.Error("two people have one pair")
	}
	invalidateCall(x, first.token, first.secret).sign(x).send(t, x, "").expect(t, http.StatusOK, jsonType)
	next := of(signIn(ada))
	if next == first {
		t.Error("the pair came back")
	}
	get(t, signedAs(x, next.token, next.secret), x.URL+profilePath).expect(t, http.StatusOK, jsonType)
}

// 429 is worded as the API that was asked words it, with no calls left.
func TestRateLimitedByVersion(t *testing.T) {
	t.Parallel()
	x := start(t)
	for path, step := range map[string]twittertest.Step{"/2/users/me": twittertest.UsersMe, profilePath: twittertest.VerifyCredentials} {
		x.Fail(step, twittertest.RateLimited(0))
		answer := get(t, x.Client(), x.URL+path)
		if strings.HasPrefix(path, "/2/") {
			answer.expect(t, http.StatusTooManyRequests, problemType)
		} else {
			answer.refusedAs(t, 429, 88, jsonType)
		}
		if answer.Header.Get("x-rate-limit-limit") != "75" || answer.Header.Get("x-rate-limit-remaining") != "0" || answer.Header.Get("x-rate-limit-reset") != "" {
			t.Errorf("%s: %v", path, answer.Header)
		}
		x.Fail(step, twittertest.RateLimited(60e9))
		if get(t, x.Client(), x.URL+path).Header.Get("x-rate-limit-reset") == "" {
			t.Errorf("%s: there is no reset", path)
		}
	}
}

// Percent-encoding of names and values outside the header, where a plus is a
// space.
func TestPlusInTheQuery(t *testing.T) {
	t.Parallel()
	x := lenient(t)
	c := requestTokenCall(x)
	c.set("oauth_callback", "https://app.example/cb?a=b+c d")
	c.sign(x)
	r := request(t, c.method, x.URL+c.path, nil)
	var items []string
	for _, p := range c.header {
		items = append(items, oauth1.PercentEncode(p.name)+"="+strings.ReplaceAll(oauth1.PercentEncode(p.value), "%20", "+"))
	}
	r.URL.RawQuery = strings.Join(items, "&")
	do(t, x.Client(), r).expect(t, http.StatusOK, tokenType)
}
