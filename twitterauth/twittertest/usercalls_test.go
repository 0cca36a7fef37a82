package twittertest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

const (
	unauthorizedBody = `{"detail":"Unauthorized","status":401,"title":"Unauthorized","type":"about:blank"}`
	forbiddenBody    = `{"detail":"Forbidden","status":403,"title":"Forbidden","type":"about:blank"}`
)

func tweetRequest(t *testing.T, x *twittertest.Server, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.URL+"/2/tweets", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

func tweet(t *testing.T, x *twittertest.Server, bearer, body string) got {
	t.Helper()
	r := tweetRequest(t, x, body)
	r.Header.Set("Authorization", "Bearer "+bearer)
	return do(t, x.Client(), r)
}

func updateCall(x *twittertest.Server, token, secret string, form url.Values) *plainCall {
	c := newCall(x, http.MethodPost, "/1.1/statuses/update.json", token, secret)
	c.form = form
	return c
}

func settingsCall(x *twittertest.Server, token, secret string) *plainCall {
	return newCall(x, http.MethodGet, "/1.1/account/settings.json", token, secret)
}

func invalidateCall(x *twittertest.Server, token, secret string) *plainCall {
	return newCall(x, http.MethodPost, "/1.1/oauth/invalidate_token", token, secret)
}

func TestTweets(t *testing.T) {
	t.Parallel()
	x := start(t)
	answer := tweet(t, x, x.BearerToken(ada, "tweet.read", "users.read", "tweet.write"), `{"text":"Hello \u2603"}`)
	answer.expect(t, http.StatusCreated, jsonType)
	data, _ := object(t, answer.body)["data"].(map[string]any)
	if data["text"] != "Hello ☃" || data["id"] == "" || answer.Header.Get("x-rate-limit-remaining") == "" {
		t.Errorf("the answer is %s", answer.body)
	}
	first := data["id"]

	token, secret := x.TokenPair(ada)
	r := tweetRequest(t, x, `{"text":"signed"}`)
	r.Header.Set("Authorization", newCall(x, http.MethodPost, "/2/tweets", token, secret).sign(x).authorization())
	answer = do(t, x.Client(), r)
	answer.expect(t, http.StatusCreated, jsonType)
	if data, _ := object(t, answer.body)["data"].(map[string]any); data["text"] != "signed" || data["id"] == first {
		t.Errorf("the answer is %s", answer.body)
	}

	list := x.Requests()
	if last := list[len(list)-1]; x.Count(twittertest.Tweets) != 2 || string(last.Body) != `{"text":"signed"}` || last.Form != nil || last.OAuth["oauth_token"] != token {
		t.Errorf("the record is %+v", last)
	}
}

func TestTweetsRefusals(t *testing.T) {
	t.Parallel()
	all := []string{"tweet.read", "users.read", "tweet.write"}
	const invalid = `"title":"Invalid Request","type":"https://api.twitter.com/2/problems/invalid-request"}`
	tests := []struct {
		name   string
		token  func(x *twittertest.Server) string
		body   string
		status int
		want   string // the end of the body
	}{
		{"unknown token", func(*twittertest.Server) string { return "unknown" }, `{"text":"t"}`, 401, unauthorizedBody},
		{"too old", func(x *twittertest.Server) string {
			token := x.BearerToken(ada, all...)
			x.SetClock(3 * time.Hour)
			return token
		}, `{"text":"t"}`, 401, unauthorizedBody},
		{"without tweet.write", func(x *twittertest.Server) string { return x.BearerToken(ada, all[:2]...) }, `{"text":"t"}`, 403, forbiddenBody},
		{"without users.read", func(x *twittertest.Server) string { return x.BearerToken(ada, "tweet.read", "tweet.write") }, `{"text":"t"}`, 403, forbiddenBody},
		{"no text", nil, `{}`, 400, invalid},
		{"text of 281 characters", nil, `{"text":"` + strings.Repeat("é", 281) + `"}`, 400, invalid},
		{"no JSON", nil, `text=t`, 400, invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			if tt.token == nil {
				tt.token = func(x *twittertest.Server) string { return x.BearerToken(ada, all...) }
			}
			answer := tweet(t, x, tt.token(x), tt.body)
			contentType := problemType
			if tt.status == http.StatusBadRequest {
				contentType = jsonType
			}
			answer.expect(t, tt.status, contentType)
			if !strings.HasSuffix(answer.body, tt.want) {
				t.Errorf("the body is %s", answer.body)
			}
		})
	}

	x := start(t)
	r := tweetRequest(t, x, `{"text":"t"}`)
	r.Header.Set("Authorization", "Bearer "+x.BearerToken(ada, all...))
	r.Header.Set("Content-Type", "text/plain")
	do(t, x.Client(), r).expect(t, http.StatusBadRequest, jsonType)
	tweet(t, x, x.BearerToken(ada, all...), `{"text":"`+strings.Repeat("é", 280)+`"}`).expect(t, http.StatusCreated, jsonType)
}

// A form is signed whole: repeated names, empty values and reserved characters
// among it, whatever parameters its Content-Type has.
func TestUpdateSignsTheForm(t *testing.T) {
	t.Parallel()
	form := url.Values{
		"status":    {"Hello Ladies + Gentlemen, a signed OAuth request!"},
		"media_ids": {"2", "1"},
		"empty":     {""},
		"ünïcode%":  {"☃ = ~"},
	}
	forms := map[string]string{
		"plain":        "application/x-www-form-urlencoded",
		"with charset": "application/x-www-form-urlencoded; charset=UTF-8",
		"upper case":   "Application/X-WWW-Form-Urlencoded;charset=utf-8",
	}
	for name, contentType := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token, secret := x.TokenPair(zoe)
			send := func(signed, sent url.Values) got {
				c := updateCall(x, token, secret, signed).sign(x)
				c.form = sent
				r := c.request(t, x)
				r.Header.Set("Content-Type", contentType)
				return do(t, x.Client(), r)
			}
			answer := send(form, form)
			answer.expect(t, http.StatusOK, jsonType)
			post := object(t, answer.body)
			if user, _ := post["user"].(map[string]any); post["text"] != form.Get("status") || user["id_str"] != zoe || fmt.Sprint(post["id"]) != post["id_str"] {
				t.Errorf("the answer is %s", answer.body)
			}

			for name, lacks := range map[string]url.Values{
				"a repeated parameter signed once": {"status": form["status"], "media_ids": {"1"}, "empty": {""}, "ünïcode%": form["ünïcode%"]},
				"a parameter left out":             {"status": form["status"]},
				"the form left out":                nil,
			} {
				if answer := send(lacks, form); answer.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s: status %d", name, answer.StatusCode)
				}
			}
			if n := x.Count(twittertest.Update); n != 4 {
				t.Errorf("%d requests are recorded", n)
			}
		})
	}
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	for code, form := range map[int]url.Values{170: {"a": {"b"}}, 186: {"status": {strings.Repeat("t", 281)}}} {
		updateCall(x, token, secret, form).sign(x).send(t, x, "").refusedAs(t, 403, code, jsonType)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(noor)
	answer := settingsCall(x, token, secret).sign(x).send(t, x, "")
	answer.expect(t, http.StatusOK, jsonType)
	if settings := object(t, answer.body); settings["screen_name"] != "noor" || settings["protected"] != true {
		t.Errorf("the answer is %s", answer.body)
	}
}

// API v1.1 has no OAuth 2.0 for people, and no call goes without a token that
// is good.
func TestUserCallsRefuse(t *testing.T) {
	t.Parallel()
	calls := map[string]func(x *twittertest.Server, token, secret string) *plainCall{
		"settings": settingsCall,
		"update": func(x *twittertest.Server, token, secret string) *plainCall {
			return updateCall(x, token, secret, url.Values{"status": {"t"}})
		},
		"invalidate_token": invalidateCall,
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token, secret := x.TokenPair(ada)
			call(x, "unknown", secret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
			call(x, token, secret+"x").sign(x).send(t, x, "").refusedAs(t, 401, 32, jsonType)
			foreign, foreignSecret := x.ForeignTokenPair(ada)
			call(x, foreign, foreignSecret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
			if name != "invalidate_token" {
				r := call(x, "", "").request(t, x)
				r.Header.Set("Authorization", "Bearer "+x.BearerToken(ada))
				do(t, x.Client(), r).refusedAs(t, 403, 220, jsonType)
			}
			call(x, token, secret).sign(x).send(t, x, "").expect(t, http.StatusOK, jsonType)
		})
	}
}

func TestInvalidateToken(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/1.1/oauth/invalidate_token", "/1.1/oauth/invalidate_token.json"} {
		x := start(t)
		token, secret := x.TokenPair(ada)
		other, otherSecret := x.TokenPair(ada)
		c := newCall(x, http.MethodPost, path, token, secret).sign(x)
		answer := c.send(t, x, "")
		answer.expect(t, http.StatusOK, jsonType)
		if answer.body != `{"access_token":"`+token+`"}` {
			t.Errorf("the answer is %s", answer.body)
		}
		invalidateCall(x, token, secret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
		settingsCall(x, token, secret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
		settingsCall(x, other, otherSecret).sign(x).send(t, x, "").expect(t, http.StatusOK, jsonType)
	}
}

// A person who takes the app off their list ends what the app has, of both
// protocols, and nobody else's tokens.
func TestRevokeAll(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	access, refresh := tokens(t, x, ada, offlineScope)
	bearer := x.BearerToken(ada)
	zoes, zoesSecret := x.TokenPair(zoe)
	zoesBearer, zoesRefresh := tokens(t, x, zoe, offlineScope)

	x.RevokeAll(ada)
	settingsCall(x, token, secret).sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
	if works(t, x, access) || works(t, x, bearer) {
		t.Error("an access token is still good")
	}
	askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)

	settingsCall(x, zoes, zoesSecret).sign(x).send(t, x, "").expect(t, http.StatusOK, jsonType)
	if !works(t, x, zoesBearer) {
		t.Error("another person's access token went as well")
	}
	tokensOf(t, askTokens(t, x, refreshForm(zoesRefresh)))
	if access, _ := tokens(t, x, ada, offlineScope); !works(t, x, access) {
		t.Error("the person cannot connect the app again")
	}

	defer func() {
		if recover() == nil {
			t.Error("it took an ID of nobody")
		}
	}()
	x.RevokeAll("0")
}

// Any fault can be at any of the calls.
func TestUserCallsGoWrong(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	signed := map[twittertest.Step]*plainCall{
		twittertest.Settings:        settingsCall(x, token, secret),
		twittertest.Update:          updateCall(x, token, secret, url.Values{"status": {"t"}}),
		twittertest.InvalidateToken: invalidateCall(x, token, secret),
		twittertest.Tweets:          newCall(x, http.MethodPost, "/2/tweets", token, secret),
	}
	for step, c := range signed {
		x.FailNext(step, 1, twittertest.ErrorCode(503, 130))
		c.sign(x).send(t, x, "").refusedAs(t, 503, 130, jsonType)
		if n := x.Count(step); n != 1 {
			t.Errorf("%s: %d requests are recorded", step, n)
		}
	}
}
