package twittertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// What cannot be checked, or is not where it belongs, must not pass beside a
// good signature.
func TestStrictRequests(t *testing.T) {
	t.Parallel()
	bare := strings.NewReplacer("%3A", ":", "%2F", "/", "%2B", "+", "%3D", "=")
	form := func(contentType string) func(r *http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-Type", contentType) }
	}
	tests := []struct {
		name   string
		query  string
		form   url.Values
		spoil  func(r *http.Request)
		status int
	}{
		{"as it should be", "", nil, func(*http.Request) {}, 200},
		{"values not encoded", "", nil, func(r *http.Request) {
			r.Header.Set("Authorization", bare.Replace(r.Header.Get("Authorization")))
		}, 400},
		{"a realm with a slash", "", nil, func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "OAuth ", `OAuth realm="https://api.x.com/", `, 1))
		}, 200},
		{"a second Authorization header", "", nil, func(r *http.Request) { r.Header.Add("Authorization", "Bearer x") }, 400},
		{"an escape in the query that cannot be read", "?a=%zz", nil, func(*http.Request) {}, 400},
		{"a semicolon in the query", "?a;b", nil, func(*http.Request) {}, 400},
		{"a query that was not signed", "?a=b", nil, func(*http.Request) {}, 401},
		{"a protocol parameter in the query", "?oauth_callback=x", nil, func(*http.Request) {}, 400},
		{"a form that was not signed", "", url.Values{"a": {"b"}}, func(*http.Request) {}, 401},
		{"the same with a charset", "", url.Values{"a": {"b"}}, form("application/x-www-form-urlencoded; charset=utf-8"), 401},
		{"a protocol parameter in the form", "", url.Values{"oauth_token": {"b"}}, func(*http.Request) {}, 400},
		{"a body that is no form", "", url.Values{"a": {"b"}}, form("text/plain"), 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			c := requestTokenCall(x).sign(x)
			r := request(t, c.method, x.URL+c.path+tt.query, tt.form)
			r.Header.Set("Authorization", c.authorization())
			tt.spoil(r)
			if answer := do(t, x.Client(), r); answer.StatusCode != tt.status {
				t.Errorf("the status is %d, want %d: %s", answer.StatusCode, tt.status, answer.body)
			}
		})
	}
}

func TestVerifierTwice(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret, verifier := approved(t, x, ada)
	c := newCall(x, http.MethodPost, "/oauth/access_token", token, secret)
	c.form = url.Values{"oauth_verifier": {verifier, verifier}}
	c.sign(x).send(t, x, "").expect(t, http.StatusBadRequest, xmlType)
}

// The app's own query comes back as it was.
func TestCallbackQueryIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, own := range []string{"z=1&a=%7e&b;c&z=0", "a+b=%20", "denied=1", "%zz"} {
		x := start(t)
		begun := func() string {
			c := requestTokenCall(x)
			c.set("oauth_callback", appCallback+"?"+own)
			token, err := url.ParseQuery(c.sign(x).send(t, x, "").body)
			if err != nil {
				t.Fatal(err)
			}
			return consentURL(x, token.Get("oauth_token"))
		}
		if callback, err := x.Authorize(begun(), ada); err != nil || !strings.HasPrefix(callback, appCallback+"?"+own+"&oauth_token=") {
			t.Errorf("%s: approved, %s, %v", own, callback, err)
		}
		if callback, err := x.Cancel(begun()); err != nil || !strings.HasPrefix(callback, appCallback+"?"+own+"&denied=") {
			t.Errorf("%s: cancelled, %s, %v", own, callback, err)
		}
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	x := start(t)
	x.FailNext(twittertest.RequestToken, 1, twittertest.ClockSkew(-time.Hour))
	answer := requestTokenCall(x).sign(x).send(t, x, "application/json")
	answer.refusedAs(t, 401, 135, jsonType)
	date, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	if off := time.Until(date) + time.Hour; off.Abs() > time.Minute {
		t.Errorf("Date is a further %v off", off)
	}
	requestTokenCall(x).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)

	x.Fail(twittertest.RequestToken, twittertest.ClockSkew(4*time.Minute)) // tolerated
	requestTokenCall(x).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
}

func TestZeroFaultIsNone(t *testing.T) {
	t.Parallel()
	x := start(t)
	x.Fail(twittertest.RequestToken, twittertest.Fault{})
	begin(t, x)
}

func TestMoreAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		fault       twittertest.Fault
		status      int
		contentType string
		body        string
	}{
		{"ErrorCode", twittertest.ErrorCode(403, 64, "Gone."), 403, jsonType, `{"errors":[{"code":64,"message":"Gone."}]}`},
		{"XMLErrorCode", twittertest.XMLErrorCode(403, 415, "<no>"), 403, xmlType, `<?xml version='1.0' encoding='UTF-8'?><errors><error code="415">&lt;no&gt;</error></errors>`},
		{"PlainText", twittertest.PlainText(401, "Jeton invalide"), 401, tokenType, "Jeton invalide"},
		{"JSONBody", twittertest.JSONBody(`{"id":1.5}`), 200, jsonType, `{"id":1.5}`},
	}
	for _, tt := range tests {
		x := failing(t, tt.fault)
		answer := get(t, x.Client(), x.URL+profilePath)
		answer.expect(t, tt.status, tt.contentType)
		if answer.body != tt.body {
			t.Errorf("%s sends %s", tt.name, answer.body)
		}
	}
}

func TestExtraAbsentAndCopied(t *testing.T) {
	t.Parallel()
	x := start(t)
	extra := map[string]any{"name": twittertest.Absent, "description": nil, "entities": map[string]any{}}
	x.AddPerson(twittertest.Person{ID: "7", ScreenName: "odd", Name: "Odd", Extra: extra})
	extra["id_str"] = "8"
	x.People()[4].Extra["id_str"] = "9"
	token, secret := x.TokenPair("7")
	for _, path := range []string{profilePath, "/2/users/me"} {
		profile := object(t, get(t, signedAs(x, token, secret), x.URL+path).body)
		if data, ok := profile["data"].(map[string]any); ok {
			profile = data
		}
		_, named := profile["name"]
		description, described := profile["description"]
		if named || !described || description != nil || profile["id_str"] == "8" || profile["id_str"] == "9" {
			t.Errorf("%s: %v", path, profile)
		}
	}
}

func TestPeopleWhoCannotBe(t *testing.T) {
	t.Parallel()
	x := start(t)
	for name, p := range map[string]twittertest.Person{
		"no ID":              {},
		"a name as the ID":   {ID: "ada"},
		"a leading zero":     {ID: "07"},
		"a sign":             {ID: "+7"},
		"a channel in Extra": {ID: "7", Extra: map[string]any{"a": make(chan int)}},
	} {
		for _, add := range []func(){func() { x.AddPerson(p) }, func() { x.SetPeople(p) }} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: taken", name)
					}
				}()
				add()
			}()
		}
	}
	if len(x.People()) != 4 {
		t.Error("the people changed")
	}
}
