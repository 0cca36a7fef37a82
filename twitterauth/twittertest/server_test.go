package twittertest_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

const (
	tokenType   = "text/html; charset=utf-8" // X calls its forms HTML
	jsonType    = "application/json;charset=utf-8"
	xmlType     = "application/xml;charset=utf-8"
	problemType = "application/problem+json"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	servers := map[string]func() *twittertest.Server{
		"http":  twittertest.NewServer,
		"https": twittertest.NewTLSServer,
	}
	for name, newServer := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newServer()
			t.Cleanup(x.Close)
			x.AddPerson(twittertest.Person{ID: "77", ScreenName: "bold", Name: `"Bold" <b>bold</b> & co 🦊`})
			app := consumer(x)

			token, secret, err := app.RequestToken()
			if err != nil {
				t.Fatal(err)
			}
			consent, err := app.AuthorizationURL(token)
			if err != nil {
				t.Fatal(err)
			}

			page := get(t, x.Client(), consent.String())
			page.expect(t, http.StatusOK, "text/html; charset=utf-8")
			for _, p := range x.People() {
				if !strings.Contains(page.body, html.EscapeString(p.Name)) {
					t.Errorf("the consent page lacks the name %q", html.EscapeString(p.Name))
				}
				if !strings.Contains(page.body, "@"+p.ScreenName+"<") {
					t.Errorf("the consent page lacks the handle @%s", p.ScreenName)
				}
			}
			if strings.Contains(page.body, "<b>bold</b>") {
				t.Error("a name got into the consent page as HTML")
			}
			if !strings.Contains(page.body, ">Cancel</button>") {
				t.Error("the consent page has no Cancel button")
			}
			if !strings.Contains(page.body, "127.0.0.1:8080") {
				t.Error("the consent page does not say where the person signs in")
			}

			decision := post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}, "person": {zoe}})
			if decision.StatusCode != http.StatusFound {
				t.Fatalf("the consent form answers %d", decision.StatusCode)
			}
			back := decision.Header.Get("Location")
			if !strings.HasPrefix(back, appCallback+"?") {
				t.Fatalf("the browser is sent to %s", back)
			}
			query := queryOf(t, back)
			verifier := query.Get("oauth_verifier")
			if query.Get("oauth_token") != token || verifier == "" || len(query) != 2 {
				t.Fatalf("the callback's query is %v", query)
			}

			access, accessSecret, err := app.AccessToken(token, secret, verifier)
			if err != nil {
				t.Fatal(err)
			}
			client := signedAs(x, access, accessSecret)
			v1 := get(t, client, x.URL+"/1.1/account/verify_credentials.json?include_entities=false&skip_status=true&include_email=true")
			v1.expect(t, http.StatusOK, jsonType)
			if id := object(t, v1.body)["id_str"]; id != zoe {
				t.Errorf("verify_credentials tells of %v", id)
			}
			v2 := get(t, client, x.URL+"/2/users/me?user.fields=confirmed_email")
			v2.expect(t, http.StatusOK, jsonType)
			data, _ := object(t, v2.body)["data"].(map[string]any)
			if data["id"] != zoe || data["confirmed_email"] != "zoe+x@example.com" {
				t.Errorf("users/me tells of %v", data)
			}

			var steps []twittertest.Step
			for _, r := range x.Requests() {
				steps = append(steps, r.Step)
			}
			want := []twittertest.Step{twittertest.RequestToken, twittertest.Consent, twittertest.Consent, twittertest.AccessToken, twittertest.VerifyCredentials, twittertest.UsersMe}
			if !slices.Equal(steps, want) {
				t.Errorf("the steps were %q, want %q", steps, want)
			}
		})
	}
}

// object reads JSON with numbers as they are written.
func object(t *testing.T, body string) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	x := start(t)
	first := requestTokenCall(x).sign(x).send(t, x, "")
	first.expect(t, http.StatusOK, tokenType)
	form, err := url.ParseQuery(first.body)
	if err != nil {
		t.Fatal(err)
	}
	if len(form) != 3 || form.Get("oauth_token") == "" || form.Get("oauth_token_secret") == "" || form.Get("oauth_callback_confirmed") != "true" {
		t.Errorf("request_token answers %s", first.body)
	}
	callback, err := x.Authorize(consentURL(x, form.Get("oauth_token")), ada)
	if err != nil {
		t.Fatal(err)
	}

	second := accessTokenCall(x, form.Get("oauth_token"), form.Get("oauth_token_secret"), queryOf(t, callback).Get("oauth_verifier")).sign(x).send(t, x, "")
	second.expect(t, http.StatusOK, tokenType)
	form, err = url.ParseQuery(second.body)
	if err != nil {
		t.Fatal(err)
	}
	if len(form) != 4 || !strings.HasPrefix(form.Get("oauth_token"), ada+"-") || form.Get("oauth_token_secret") == "" || form.Get("user_id") != ada || form.Get("screen_name") != "ada" {
		t.Errorf("access_token answers %s", second.body)
	}
}

func TestOmitIdentity(t *testing.T) {
	t.Parallel()
	x := start(t)
	for _, omit := range []bool{true, false} {
		x.OmitIdentity(omit)
		token, secret, verifier := approved(t, x, ada)
		body := accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").body
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if form.Has("user_id") == omit || form.Has("screen_name") == omit || !form.Has("oauth_token") {
			t.Errorf("with OmitIdentity(%v) the answer is %s", omit, body)
		}
	}
}

// X takes the verifier in a signed body too.
func TestVerifierInTheBody(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret, verifier := approved(t, x, ada)
	c := newCall(x, http.MethodPost, "/oauth/access_token", token, secret)
	c.form = url.Values{"oauth_verifier": {verifier}}
	c.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
}

func TestVersionMayBeMissing(t *testing.T) {
	t.Parallel()
	x := start(t)
	c := requestTokenCall(x)
	c.drop("oauth_version")
	c.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
}

func TestVerifyCredentials(t *testing.T) {
	t.Parallel()
	const all = "?include_entities=false&skip_status=true&include_email=true"
	absent := struct{}{}
	tests := []struct {
		name   string
		person string
		query  string
		set    func(x *twittertest.Server)
		want   map[string]any
	}{
		{"everything", ada, all, nil, map[string]any{
			"id": json.Number(ada), "id_str": ada, "name": "Ada Lovelace", "screen_name": "ada", "email": "ada@example.com",
			"location": "London", "description": "First programmer", "url": "https://ada.example", "verified": true, "protected": false,
			"followers_count": json.Number("1815"), "friends_count": json.Number("36"), "statuses_count": json.Number("843"),
			"created_at":              "Sat May 09 17:58:22 +0000 2009",
			"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/ada_normal.png",
			"profile_image_url":       "http://pbs.twimg.com/profile_images/1/ada_normal.png",
			"utc_offset":              nil, "lang": nil, "entities": absent, "status": absent, "default_profile_image": false,
		}},
		{"an ID beyond 2^53", zoe, all, nil, map[string]any{"id": json.Number(zoe), "id_str": zoe, "url": nil, "default_profile_image": true,
			"profile_image_url_https": "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png"}},
		{"no email", hop, all, nil, map[string]any{"email": nil}},
		{"email not asked for", ada, "", nil, map[string]any{"email": absent}},
		{"True is not true", ada, "?include_email=True", nil, map[string]any{"email": absent}},
		{"email not allowed", ada, all, func(x *twittertest.Server) { x.SetRequestEmail(false) }, map[string]any{"email": absent}},
		{"email allowed again", ada, all, func(x *twittertest.Server) { x.SetRequestEmail(false); x.SetRequestEmail(true) }, map[string]any{"email": "ada@example.com"}},
		{"extra fields win", "7", all, func(x *twittertest.Server) {
			x.AddPerson(twittertest.Person{ID: "7", ScreenName: "odd", Email: "odd@example.com", Extra: map[string]any{"email": "", "name": nil, "new": 1}})
		}, map[string]any{"email": "", "name": nil, "new": json.Number("1"), "id_str": "7"}},
		{"a person replaced", ada, all, func(x *twittertest.Server) {
			x.AddPerson(twittertest.Person{ID: ada, ScreenName: "countess"})
		}, map[string]any{"screen_name": "countess", "id_str": ada}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			if tt.set != nil {
				tt.set(x)
			}
			token, secret := x.TokenPair(tt.person)
			answer := get(t, signedAs(x, token, secret), x.URL+"/1.1/account/verify_credentials.json"+tt.query)
			answer.expect(t, http.StatusOK, jsonType)
			profile := object(t, answer.body)
			for field, want := range tt.want {
				v, has := profile[field]
				if want == absent {
					if has {
						t.Errorf("%s is there: %v", field, v)
					}
				} else if !has || v != want {
					t.Errorf("%s is %v (there: %v), want %v", field, v, has, want)
				}
			}
			for _, h := range []string{"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"} {
				if answer.Header.Get(h) == "" {
					t.Errorf("the header %s is missing", h)
				}
			}
		})
	}
}

func TestVerifyCredentialsWithEntitiesAndStatus(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	profile := object(t, get(t, signedAs(x, token, secret), x.URL+"/1.1/account/verify_credentials.json").body)
	for _, field := range []string{"entities", "status"} {
		if _, ok := profile[field].(map[string]any); !ok {
			t.Errorf("%s is %v", field, profile[field])
		}
	}
}

func TestUsersMe(t *testing.T) {
	t.Parallel()
	const all = "confirmed_email,created_at,description,entities,location,profile_image_url,protected,public_metrics,url,verified,verified_type"
	tests := []struct {
		name   string
		person string
		fields string
		set    func(x *twittertest.Server)
		want   []string // the names in data
	}{
		{"no fields", ada, "", nil, []string{"id", "name", "username"}},
		{"one field", ada, "url", nil, []string{"id", "name", "url", "username"}},
		{"fields that were dropped once", ada, "affiliation,connection_status,is_identity_verified,parody,receives_your_dm,subscription,subscription_type,verified_followers_count", nil,
			[]string{"affiliation", "connection_status", "id", "is_identity_verified", "name", "parody", "receives_your_dm", "subscription", "subscription_type", "username", "verified_followers_count"}},
		{"fields of which the person has nothing", ada, "most_recent_tweet_id,pinned_tweet_id,profile_banner_url,withheld", nil, []string{"id", "name", "username"}},
		{"all", ada, all, nil, []string{"confirmed_email", "created_at", "description", "entities", "id", "location", "name", "profile_image_url", "protected", "public_metrics", "url", "username", "verified", "verified_type"}},
		{"no email and no location", zoe, "confirmed_email,location", func(x *twittertest.Server) { x.SetRequestEmail(false) }, []string{"id", "name", "username"}},
		{"a person without an email", hop, "confirmed_email,location", nil, []string{"id", "location", "name", "username"}},
		{"extra", "7", "", func(x *twittertest.Server) {
			x.AddPerson(twittertest.Person{ID: "7", ScreenName: "odd", Extra: map[string]any{"new": 1}})
		}, []string{"id", "name", "new", "username"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			if tt.set != nil {
				tt.set(x)
			}
			token, secret := x.TokenPair(tt.person)
			answer := get(t, signedAs(x, token, secret), x.URL+"/2/users/me?user.fields="+tt.fields)
			answer.expect(t, http.StatusOK, jsonType)
			data, _ := object(t, answer.body)["data"].(map[string]any)
			var names []string
			for name := range data {
				names = append(names, name)
			}
			slices.Sort(names)
			if !slices.Equal(names, tt.want) {
				t.Errorf("the fields are %q, want %q", names, tt.want)
			}
			if at, has := data["created_at"]; has && at != "2009-05-09T17:58:22.000Z" {
				t.Errorf("created_at is %v", at)
			}
		})
	}
}

// What API v2 does not have is refused, and each such value is named.
func TestUsersMeUnknownValues(t *testing.T) {
	t.Parallel()
	const end = `],"title":"Invalid Request","type":"https://api.twitter.com/2/problems/invalid-request"}`
	tests := []struct {
		name, query string
		named       []string
	}{
		{"a field", "user.fields=url,shoe_size", []string{"The `user.fields` query parameter value [shoe_size] is not one of [affiliation,"}},
		{"two fields", "user.fields=shoe_size,URL", []string{"[shoe_size]", "[URL]"}},
		{"a field in the second of two lists", "user.fields=url&user.fields=hat", []string{"value [hat]"}},
		{"a space", "user.fields=url,%20name", []string{"value [ name]"}},
		{"an empty field", "user.fields=url,", []string{"value []"}},
		{"an expansion", "expansions=author_id", []string{"The `expansions` query parameter value [author_id] is not one of [affiliation.user_id,most_recent_tweet_id,pinned_tweet_id]"}},
		{"both", "expansions=a&user.fields=b", []string{"`expansions` query parameter value [a]", "`user.fields` query parameter value [b]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			answer := withBearer(t, x, "/2/users/me?"+tt.query, x.BearerToken(ada))
			answer.expect(t, http.StatusBadRequest, jsonType)
			for _, named := range tt.named {
				if !strings.Contains(answer.body, named) {
					t.Errorf("the body is %s, want %s in it", answer.body, named)
				}
			}
			if errors, _ := object(t, answer.body)["errors"].([]any); len(errors) != len(tt.named) || !strings.HasSuffix(answer.body, end) {
				t.Errorf("the body is %s", answer.body)
			}
		})
	}
	x := start(t)
	withBearer(t, x, "/2/users/me?expansions=pinned_tweet_id&user.fields=url", x.BearerToken(ada)).expect(t, 200, jsonType)
}

func TestUnknownPath(t *testing.T) {
	t.Parallel()
	x := start(t)
	answer := get(t, x.Client(), x.URL+"/2/nothing")
	answer.expect(t, http.StatusNotFound, jsonType)
	if r := x.Requests()[0]; r.Step != "" || r.Path != "/2/nothing" || r.Status != http.StatusNotFound {
		t.Errorf("the record is %+v", r)
	}
}

// A body beyond the limit must not look like a success.
func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	x := start(t)
	// The length is not known ahead, so the server must find out.
	body := io.MultiReader(strings.NewReader(strings.Repeat("a", 1<<20)), strings.NewReader("a"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.URL+"/oauth/request_token", body)
	if err != nil {
		t.Fatal(err)
	}
	if answer := do(t, x.Client(), r); answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("the status is %d", answer.StatusCode)
	}
}

func TestSetLatency(t *testing.T) {
	t.Parallel()
	x := start(t)
	const latency = 30 * time.Millisecond
	x.SetLatency(latency)
	began := time.Now()
	begin(t, x)
	if took := time.Since(began); took < latency {
		t.Errorf("the answer took only %v", took)
	}
	x.SetLatency(time.Hour)
	done := make(chan error, 1)
	go func() {
		_, _, err := consumer(x).RequestToken()
		done <- err
	}()
	for x.Count(twittertest.RequestToken) < 2 { // the request is at the server
		select {
		case err := <-done:
			t.Fatalf("it was answered early: %v", err)
		default:
			runtime.Gosched()
		}
	}
	x.Close()
	<-done
}

func TestConnections(t *testing.T) {
	t.Parallel()
	x := start(t)
	if n := x.Connections(); n != 0 {
		t.Errorf("%d connections before any request", n)
	}
	for range 3 {
		get(t, x.Client(), x.URL+"/2/users/me")
	}
	if n := x.Connections(); n != 1 {
		t.Errorf("%d connections for requests that can share one", n)
	}
}
