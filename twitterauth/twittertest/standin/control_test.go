package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

const ada = "6253282"

// authorizeQuery is a login over OAuth 2.0 as a browser brings it.
func authorizeQuery(c *command) string {
	return "/i/oauth2/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {c.printed["TWITTER_CLIENT_ID"]}, "redirect_uri": {"http://127.0.0.1:8080/callback"},
		"scope": {"tweet.read users.read offline.access"}, "state": {"s"}, "code_challenge": {"v"}, "code_challenge_method": {"plain"},
	}.Encode()
}

// login gets the callback's query of a login that nobody has to click for.
func login(t *testing.T, c *command) url.Values {
	t.Helper()
	g := c.do(t, http.MethodGet, authorizeQuery(c), "")
	u, err := url.Parse(g.Header.Get("Location"))
	if err != nil || g.StatusCode != http.StatusFound {
		t.Fatalf("%d %v %s", g.StatusCode, err, g.body)
	}
	return u.Query()
}

// tokens redeems a code.
func tokens(t *testing.T, c *command, code string) (access, refresh string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/2/oauth2/token", strings.NewReader(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://127.0.0.1:8080/callback"}, "code_verifier": {"v"},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(c.printed["TWITTER_CLIENT_ID"], c.printed["TWITTER_CLIENT_SECRET"])
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var pair struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&pair); err != nil || pair.Access == "" || pair.Refresh == "" {
		t.Fatalf("%d %v %+v", resp.StatusCode, err, pair)
	}
	return pair.Access, pair.Refresh
}

// me asks who the owner of an access token is.
func me(t *testing.T, c *command, access string) (status int, id string) {
	t.Helper()
	g := c.do(t, http.MethodGet, "/2/users/me", "", "Authorization", "Bearer "+access)
	var answer struct{ Data struct{ ID string } }
	json.Unmarshal([]byte(g.body), &answer)
	return g.StatusCode, answer.Data.ID
}

func TestSteering(t *testing.T) {
	t.Parallel()
	c := start(t)
	if page := c.do(t, http.MethodGet, authorizeQuery(c), ""); page.StatusCode != http.StatusOK || !strings.Contains(page.body, "Ada Lovelace") {
		t.Fatalf("at the start the page asks: %d %s", page.StatusCode, page.body)
	}

	c.steer(t, "people", `[{"id":"77","screenName":"mary","name":"Mary"},{"id":"78","screenName":"bob","suspended":true}]`)
	c.steer(t, "sign-in-as", `{"id":"77"}`)
	access, _ := tokens(t, c, login(t, c).Get("code"))
	if status, id := me(t, c, access); status != 200 || id != "77" {
		t.Errorf("signed in as %q, %d", id, status)
	}
	if g := c.do(t, http.MethodPost, controlPrefix+"sign-in-as", `{"id":"`+ada+`"}`); g.StatusCode != 400 {
		t.Errorf("a person who was replaced: %d", g.StatusCode)
	}

	c.steer(t, "sign-in-as", `{"cancel":true}`)
	if q := login(t, c); q.Get("error") != "access_denied" {
		t.Errorf("cancelled: %v", q)
	}
	c.steer(t, "sign-in-as", `{}`)
	if page := c.do(t, http.MethodGet, authorizeQuery(c), ""); page.StatusCode != http.StatusOK || !strings.Contains(page.body, "@mary") {
		t.Errorf("the page asks again: %d", page.StatusCode)
	}

	c.steer(t, "revoke", `{"token":"`+access+`"}`)
	if status, _ := me(t, c, access); status != 401 {
		t.Errorf("a revoked token: %d", status)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.steer(t, "sign-in-as", `{"id":"`+ada+`"}`)
	access, _ := tokens(t, c, login(t, c).Get("code"))
	c.steer(t, "people", `[]`)
	c.steer(t, "fail", `{"step":"consent","status":500}`)
	if people := list[person](t, c, "people"); len(people) != 0 {
		t.Errorf("an empty list leaves %v", people)
	}

	c.steer(t, "reset", `{}`)
	if people := list[person](t, c, "people"); len(people) != 4 || people[0].ID != ada {
		t.Errorf("the people are %v", people)
	}
	if requests := list[request](t, c, "requests"); len(requests) != 0 {
		t.Errorf("there are %d requests", len(requests))
	}
	if status, _ := me(t, c, access); status != 401 {
		t.Errorf("a token from before: %d", status)
	}
	if page := c.do(t, http.MethodGet, authorizeQuery(c), ""); page.StatusCode != 200 {
		t.Errorf("the page does not ask: %d", page.StatusCode)
	}
}

// After a reset the keys are those that were printed, and the people those of the
// file.
func TestResetWithFile(t *testing.T) {
	t.Parallel()
	c := start(t, "-people", write(t, `[{"id":"77","screenName":"mary"}]`), "-client-secret", "s3cret")
	c.steer(t, "people", `[]`)
	c.steer(t, "reset", `{}`)
	c.steer(t, "sign-in-as", `{"id":"77"}`)
	if status, id := func() (int, string) { access, _ := tokens(t, c, login(t, c).Get("code")); return me(t, c, access) }(); status != 200 || id != "77" {
		t.Errorf("%d %s", status, id)
	}
	if c.printed["TWITTER_CLIENT_SECRET"] != "s3cret" {
		t.Errorf("the secret printed is %q", c.printed["TWITTER_CLIENT_SECRET"])
	}
}

func TestFailing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body   string
		status int
		header map[string]string
		part   string // of the body
	}{
		{`{"step":"users/me","status":502}`, 502, nil, "Something is technically wrong"},
		{`{"step":"users/me","fault":"html"}`, 503, nil, "Something is technically wrong"},
		{`{"step":"users/me","fault":"UsageCapped"}`, 429, nil, "usage-capped"},
		{`{"step":"users/me","fault":"usage_capped"}`, 429, nil, "usage-capped"},
		{`{"step":"users/me","fault":"access-level"}`, 403, nil, `"code":453`},
		{`{"step":"users/me","fault":"challenge"}`, 403, map[string]string{"cf-mitigated": "challenge"}, "Just a moment"},
		{`{"step":"users/me","fault":"challenge","status":503}`, 503, map[string]string{"cf-mitigated": "challenge"}, "Just a moment"},
		{`{"step":"users/me","fault":"rate-limited","seconds":60}`, 429, map[string]string{"x-rate-limit-remaining": "0", "x-rate-limit-limit": "75"}, "Too Many Requests"},
		{`{"step":"users/me","fault":"rate-limited-today"}`, 429, map[string]string{"x-user-limit-24hour-remaining": "0"}, "Too Many Requests"},
		{`{"step":"users/me","fault":"error-code","status":403,"code":326}`, 403, nil, `"code":326`},
		{`{"step":"users/me","fault":"UsageCapped","status":429}`, 429, nil, "usage-capped"},
		{`{"step":"users/me","fault":"xml-error-code","code":415}`, 401, nil, `<error code="415">`},
		{`{"step":"users/me","fault":"OAuth2Error"}`, 400, nil, `"error":"invalid_request"`},
		{`{"step":"users/me","fault":"oauth2-error","status":401,"body":"invalid_client"}`, 401, nil, `"error":"invalid_client"`},
		{`{"step":"users/me","fault":"problem","body":"https://api.x.com/2/problems/credits","status":402}`, 402, map[string]string{"Content-Type": "application/problem+json"}, "/problems/credits"},
		{`{"step":"users/me","fault":"plain-text","body":"Ungültig"}`, 401, nil, "Ungültig"},
		{`{"step":"users/me","fault":"redirect-to","body":"https://elsewhere.example/"}`, 302, map[string]string{"Location": "https://elsewhere.example/"}, ""},
		{`{"step":"users/me","fault":"json-body","body":"{\"data\":{}}"}`, 200, map[string]string{"Content-Type": "application/json;charset=utf-8"}, `{"data":{}}`},
		{`{"step":"users/me","fault":"old-xml"}`, 401, nil, "<hash>"},
		{`{"step":"users/me","fault":"empty"}`, 200, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.body, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			c.steer(t, "fail", tt.body)
			for range 2 { // until recover
				g := c.do(t, http.MethodGet, "/2/users/me", "")
				if g.StatusCode != tt.status || !strings.Contains(g.body, tt.part) {
					t.Errorf("%d %s", g.StatusCode, g.body)
				}
				for name, value := range tt.header {
					if g.Header.Get(name) != value {
						t.Errorf("%s is %q, want %q", name, g.Header.Get(name), value)
					}
				}
			}
			c.steer(t, "recover", `{}`)
			if status, _ := me(t, c, "unknown"); status != 401 {
				t.Errorf("after recover: %d", status)
			}
		})
	}
}

// Each function of package twittertest that returns a Fault has a name here, and each
// step its place.
func TestEveryFaultAndStepHasAName(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	var faults, named int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(.*\) Fault \{`).FindAllStringSubmatch(string(text), -1) {
			faults++
			if _, err := kindNamed(found[1]); err != nil {
				t.Error(err)
			}
		}
		for _, found := range regexp.MustCompile(`(?m)^\t\w+ +Step = "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			named++
			if _, err := stepNamed(found[1]); err != nil {
				t.Error(err)
			}
		}
	}
	if faults != len(kinds) || named != len(steps) {
		t.Errorf("%d faults and %d names, %d steps and %d names", faults, len(kinds), named, len(steps))
	}
}

// Every kind is injected as it comes.
func TestEveryFault(t *testing.T) {
	t.Parallel()
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := failure{Step: "consent", Fault: name}
			if k.code {
				f.Code = 89
			}
			step, fault, err := f.injected()
			if err != nil || step != twittertest.Consent || reflect.ValueOf(fault).IsZero() {
				t.Errorf("%v %v %v", step, fault, err)
			}
		})
	}
}

func TestFailTimesAndRecover(t *testing.T) {
	t.Parallel()
	c := start(t)
	statuses := func() (list []int) {
		for range 3 {
			status, _ := me(t, c, "unknown")
			list = append(list, status)
		}
		return list
	}
	c.steer(t, "fail", `{"step":"users/me","fault":"html","times":2}`)
	if got := statuses(); !reflect.DeepEqual(got, []int{503, 503, 401}) {
		t.Errorf("twice: %v", got)
	}
	c.steer(t, "fail", `{"step":"users/me","fault":"html"}`)
	c.steer(t, "recover", `{"steps":["consent"]}`)
	c.steer(t, "recover", `{"steps":[]}`)
	if got := statuses(); !reflect.DeepEqual(got, []int{503, 503, 503}) {
		t.Errorf("others recovered: %v", got)
	}
	c.steer(t, "recover", `{"steps":["consent","users/me"]}`)
	if got := statuses(); !reflect.DeepEqual(got, []int{401, 401, 401}) {
		t.Errorf("recovered: %v", got)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	c := start(t)
	if requests := list[request](t, c, "requests"); len(requests) != 0 {
		t.Errorf("at the start: %v", requests)
	}
	c.do(t, http.MethodGet, "/2/users/me?user.fields=name", "", "Authorization", "Bearer unknown")
	c.do(t, http.MethodPost, "/2/oauth2/token", "grant_type=x", "Content-Type", "application/x-www-form-urlencoded", "Authorization", `OAuth oauth_token="t"`)
	c.do(t, http.MethodPost, "/2/tweets", `{"text":"t"}`, "Content-Type", "application/json")
	requests := list[request](t, c, "requests")
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	first, second, third := requests[0], requests[1], requests[2]
	if first.Step != "users/me" || first.Method != "GET" || first.Path != "/2/users/me" || first.Query.Get("user.fields") != "name" || first.Status != 401 || first.Header.Get("Authorization") != "Bearer unknown" || first.Form == nil {
		t.Errorf("the first is %+v", first)
	}
	if second.Form.Get("grant_type") != "x" || second.OAuth["oauth_token"] != "t" || second.Body != "" {
		t.Errorf("the second is %+v", second)
	}
	if third.Body != `{"text":"t"}` || third.Step != "tweets" {
		t.Errorf("the third is %+v", third)
	}
}

// A header of any size would be kept in the record.
func TestHugeHeader(t *testing.T) {
	t.Parallel()
	c := start(t)
	if g := c.do(t, http.MethodGet, "/2/users/me", "", "Large", strings.Repeat("a", 2*maxHeader)); g.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d %s", g.StatusCode, g.body)
	}
	if requests := list[request](t, c, "requests"); len(requests) != 0 {
		t.Errorf("recorded are %d requests", len(requests))
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, path, body string
		status                   int
		message                  string // a part
	}{
		{"no path", "POST", "", `{}`, 404, "no such path"},
		{"unknown path", "POST", "shutdown", `{}`, 404, "no such path"},
		{"a path below", "POST", "reset/x", `{}`, 404, "no such path"},
		{"GET of an action", "GET", "reset", "", 405, "POST"},
		{"POST of a list", "POST", "requests", `{}`, 405, "GET"},
		{"PUT", "PUT", "people", `[]`, 405, "GET, POST"},
		{"no body", "POST", "reset", "", 400, "JSON object"},
		{"null", "POST", "reset", "null", 400, "JSON object"},
		{"people null", "POST", "people", "null", 400, "JSON array"},
		{"people an object", "POST", "people", `{}`, 400, "JSON array"},
		{"broken JSON", "POST", "sign-in-as", `{"id":`, 400, ""},
		{"two objects", "POST", "sign-in-as", `{} {}`, 400, "more than"},
		{"unknown field", "POST", "reset", `{"all":true}`, 400, `"all"`},
		{"misspelt field", "POST", "people", `[{"id":"1","screenname":"a","handle":"a"}]`, 400, `"handle"`},
		{"id as a number", "POST", "people", `[{"id":1,"screenName":"a"}]`, 400, "id must not be a number"},
		{"a number as a person", "POST", "people", `[1]`, 400, "the object must not be a number"},
		{"id not of X", "POST", "people", `[{"id":"01","screenName":"a"}]`, 400, "person 1"},
		{"no screenName", "POST", "people", `[{"id":"1","screenName":"a"},{"id":"2"}]`, 400, "person 2 of the list: screenName is missing"},
		{"an ID twice", "POST", "people", `[{"id":"1","screenName":"a"},{"id":"1","screenName":"b"}]`, 400, "twice"},
		{"unknown person", "POST", "sign-in-as", `{"id":"1"}`, 400, "no person"},
		{"id and cancel", "POST", "sign-in-as", `{"id":"6253282","cancel":true}`, 400, "not both"},
		{"unknown step", "POST", "fail", `{"step":"login","fault":"html"}`, 400, "users/me"},
		{"no fault", "POST", "fail", `{"step":"users/me"}`, 400, "missing"},
		{"unknown fault", "POST", "fail", `{"step":"users/me","fault":"fire"}`, 400, "usage-capped"},
		{"negative times", "POST", "fail", `{"step":"users/me","fault":"html","times":-1}`, 400, "times"},
		{"status of an odd kind", "POST", "fail", `{"step":"users/me","fault":"hang","status":500}`, 400, "status"},
		{"another status of usage-capped", "POST", "fail", `{"step":"users/me","fault":"usage-capped","status":500}`, 400, "no other status"},
		{"status 100", "POST", "fail", `{"step":"users/me","fault":"html","status":100}`, 400, "status"},
		{"status 600", "POST", "fail", `{"step":"users/me","fault":"html","status":600}`, 400, "status"},
		{"seconds for html", "POST", "fail", `{"step":"users/me","fault":"html","seconds":1}`, 400, "seconds"},
		{"no seconds", "POST", "fail", `{"step":"users/me","fault":"drip","seconds":0}`, 400, "seconds"},
		{"too many seconds", "POST", "fail", `{"step":"users/me","fault":"drip","seconds":1e18}`, 400, "seconds"},
		{"body for html", "POST", "fail", `{"step":"users/me","fault":"html","body":"x"}`, 400, "body"},
		{"error code without code", "POST", "fail", `{"step":"users/me","fault":"error-code"}`, 400, "code"},
		{"code for html", "POST", "fail", `{"step":"users/me","fault":"html","code":1}`, 400, "code"},
		{"recover an unknown step", "POST", "recover", `{"steps":["login"]}`, 400, "login"},
		{"revoke nothing", "POST", "revoke", `{}`, 400, "token"},
		{"too large", "POST", "people", `[` + strings.Repeat(" ", maxControlBody) + `]`, 413, "mebibyte"},
	}
	c := start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := c.do(t, tt.method, controlPrefix+tt.path, tt.body)
			var answer map[string]string
			if err := json.Unmarshal([]byte(g.body), &answer); err != nil || len(answer) != 1 || answer["message"] == "" || !strings.Contains(answer["message"], tt.message) {
				t.Errorf("the body is %s", g.body)
			}
			if g.StatusCode != tt.status || g.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%d %s", g.StatusCode, g.Header.Get("Content-Type"))
			}
			if allow := g.Header.Get("Allow"); (tt.status == 405) != (allow != "") {
				t.Errorf("Allow is %q", allow)
			}
		})
	}
}
