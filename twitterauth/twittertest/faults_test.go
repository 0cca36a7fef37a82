package twittertest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

const profilePath = "/1.1/account/verify_credentials.json"

// failing starts a server whose profile goes wrong.
func failing(t *testing.T, fault twittertest.Fault) *twittertest.Server {
	t.Helper()
	x := start(t)
	x.Fail(twittertest.VerifyCredentials, fault)
	return x
}

func TestFaultsThatAnswer(t *testing.T) {
	t.Parallel()
	const code7 = `{"errors":[{"code":7,"message":"A message."}]}`
	tests := []struct {
		name        string
		fault       twittertest.Fault
		status      int
		contentType string
		body        string
	}{
		{"Respond", twittertest.Respond(418, "text/plain", "short and stout"), 418, "text/plain", "short and stout"},
		{"ErrorCode", twittertest.ErrorCode(401, 7), 401, jsonType, code7},
		{"XMLErrorCode", twittertest.XMLErrorCode(403, 7), 403, xmlType, `<?xml version='1.0' encoding='UTF-8'?><errors><error code="7">A message.</error></errors>`},
		{"OldXML", twittertest.OldXML(401), 401, xmlType, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  <error>Invalid / expired Token</error>\n  <request>/oauth/access_token</request>\n</hash>\n"},
		{"HTML", twittertest.HTML(503), 503, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>X / ?</title></head><body><h1>Something is technically wrong.</h1></body></html>"},
		{"Empty", twittertest.Empty(), 200, "text/html; charset=utf-8", ""},
		{"RateLimited", twittertest.RateLimited(0), 429, jsonType, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`},
		{"UsageCapped", twittertest.UsageCapped(), 429, problemType,
			`{"detail":"Usage cap exceeded: Monthly product cap","period":"Monthly","scope":"Product","status":429,"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped"}`},
		{"AccessLevel", twittertest.AccessLevel(), 403, jsonType, `{"errors":[{"code":453,"message":"You currently have access to a subset of X API endpoints. You may need a different access level."}]}`},
		{"Problem", twittertest.Problem(402, "https://api.x.com/2/problems/credits", ""), 402, problemType,
			`{"detail":"A message.","status":402,"title":"Payment Required","type":"https://api.x.com/2/problems/credits"}`},
		{"Problem with a reason", twittertest.Problem(403, "https://api.x.com/2/problems/client-forbidden", "client-not-enrolled"), 403, problemType,
			`{"detail":"A message.","reason":"client-not-enrolled","status":403,"title":"Forbidden","type":"https://api.x.com/2/problems/client-forbidden"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := failing(t, tt.fault)
			for range 2 { // a fault can be used again
				answer := get(t, x.Client(), x.URL+profilePath)
				answer.expect(t, tt.status, tt.contentType)
				if answer.body != tt.body {
					t.Errorf("the body is\n%s\nwant\n%s", answer.body, tt.body)
				}
				if answer.Header.Get("x-rate-limit-reset") != "" {
					t.Error("there is a time at which a limit ends")
				}
			}
		})
	}
}

func TestRateLimitedReset(t *testing.T) {
	t.Parallel()
	x := failing(t, twittertest.RateLimited(10*time.Minute))
	seconds, err := strconv.ParseInt(get(t, x.Client(), x.URL+profilePath).Header.Get("x-rate-limit-reset"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(time.Unix(seconds, 0)); ahead < 9*time.Minute || ahead > 10*time.Minute {
		t.Errorf("the limit ends in %v", ahead)
	}
}

// The reset is as far ahead of the answer, by the server's clock, as the fault
// says, however long ago the fault was made.
func TestRateLimitResetIsOfTheAnswer(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Fail(twittertest.UsersMe, twittertest.RateLimited(2*time.Minute))
	s.SetClock(time.Hour)
	resp, err := s.Client().Get(s.URL + "/2/users/me")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	reset, err := strconv.ParseInt(resp.Header.Get("x-rate-limit-reset"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(time.Unix(reset, 0)) - time.Hour; ahead < time.Minute || ahead > 2*time.Minute+time.Second {
		t.Errorf("the reset is %v ahead", ahead)
	}
}

func TestRateLimitedToday(t *testing.T) {
	t.Parallel()
	for _, reset := range []time.Duration{0, 5 * time.Hour} {
		x := failing(t, twittertest.RateLimitedToday(reset))
		x.SetClock(time.Hour)
		for range 2 {
			answer := get(t, x.Client(), x.URL+profilePath)
			answer.expect(t, http.StatusTooManyRequests, problemType)
			if answer.body != `{"detail":"Too Many Requests","status":429,"title":"Too Many Requests","type":"about:blank"}` {
				t.Errorf("the body is %s", answer.body)
			}
			for name, used := range map[string]bool{"x-user-limit-24hour": true, "x-app-limit-24hour": false, "x-rate-limit": false} {
				if left := answer.Header.Get(name + "-remaining"); left == "" || (left == "0") != used {
					t.Errorf("%s: %q are left", name, left)
				}
			}
			seconds, err := strconv.ParseInt(answer.Header.Get("x-user-limit-24hour-reset"), 10, 64)
			if (err == nil) != (reset != 0) {
				t.Fatal(err)
			}
			if ahead := time.Until(time.Unix(seconds, 0)) - time.Hour; reset != 0 && (ahead < reset-time.Minute || ahead > reset) {
				t.Errorf("the limit ends in %v, want %v", ahead, reset)
			}
		}
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 503} {
		x := failing(t, twittertest.Challenge(status))
		answer := get(t, x.Client(), x.URL+profilePath)
		answer.expect(t, status, "text/html; charset=UTF-8")
		if answer.Header.Get("cf-mitigated") != "challenge" || !strings.HasPrefix(answer.body, "<!DOCTYPE html>") {
			t.Errorf("%v %s", answer.Header, answer.body)
		}
	}
}

// A fault's Date header follows the server's clock, by which a client can tell
// that its own is wrong.
func TestFaultDate(t *testing.T) {
	t.Parallel()
	x := failing(t, twittertest.ErrorCode(401, 135))
	for _, offset := range []time.Duration{time.Hour, -time.Hour} {
		x.SetClock(offset)
		date, err := http.ParseTime(get(t, x.Client(), x.URL+profilePath).Header.Get("Date"))
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Until(date) - offset; off.Abs() > time.Minute {
			t.Errorf("with the clock %v off, Date is a further %v off", offset, off)
		}
	}
}

func TestNotConfirmed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault twittertest.Fault
		want  []string
	}{
		{"left out", twittertest.NotConfirmed(), nil},
		{"empty", twittertest.NotConfirmed(""), []string{""}},
		{"false", twittertest.NotConfirmed("false"), []string{"false"}},
		{"twice", twittertest.NotConfirmed("true", "false"), []string{"true", "false"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.Fail(twittertest.RequestToken, tt.fault)
			answer := requestTokenCall(x).sign(x).send(t, x, "")
			answer.expect(t, http.StatusOK, tokenType)
			form, err := url.ParseQuery(answer.body)
			if err != nil {
				t.Fatal(err)
			}
			if !form.Has("oauth_token") || !form.Has("oauth_token_secret") {
				t.Errorf("the answer has no token: %s", answer.body)
			}
			if confirmed := form["oauth_callback_confirmed"]; strings.Join(confirmed, "|") != strings.Join(tt.want, "|") || len(confirmed) != len(tt.want) {
				t.Errorf("the confirmations are %q, want %q", confirmed, tt.want)
			}
		})
	}
}

func TestRedirectTo(t *testing.T) {
	t.Parallel()
	x := failing(t, twittertest.RedirectTo("https://elsewhere.example/?a=b"))
	answer := get(t, stay(x), x.URL+profilePath)
	if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != "https://elsewhere.example/?a=b" {
		t.Errorf("status %d, Location %q", answer.StatusCode, answer.Header.Get("Location"))
	}
}

func TestHugeBody(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 32 << 10, 1<<20 + 1} {
		x := failing(t, twittertest.HugeBody(size))
		answer := get(t, x.Client(), x.URL+profilePath)
		if answer.StatusCode != http.StatusOK || int64(len(answer.body)) != size {
			t.Errorf("status %d, %d bytes, want %d", answer.StatusCode, len(answer.body), size)
		}
	}
}

func TestGzipBomb(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	x := failing(t, twittertest.GzipBomb(size))

	unpacked := get(t, x.Client(), x.URL+profilePath)
	unpacked.expect(t, http.StatusOK, jsonType)
	if !unpacked.Uncompressed || len(unpacked.body) != size {
		t.Errorf("it unpacks to %d bytes, want %d", len(unpacked.body), size)
	}

	r := request(t, http.MethodGet, x.URL+profilePath, nil)
	r.Header.Set("Accept-Encoding", "gzip") // set by hand, it is left packed
	if packed := do(t, x.Client(), r); len(packed.body) > size/100 {
		t.Errorf("packed it has %d bytes", len(packed.body))
	}
}

// These break off after the status, in either version of HTTP.
func TestTruncate(t *testing.T) {
	t.Parallel()
	servers := map[string]func() *twittertest.Server{"HTTP/1": twittertest.NewServer, "HTTP/2": twittertest.NewTLSServer}
	faults := []struct {
		name   string
		fault  twittertest.Fault
		length int64
	}{
		{"Truncate", twittertest.Truncate(), 1000},
		{"TruncateChunked", twittertest.TruncateChunked(), -1},
	}
	for protocol, newServer := range servers {
		for _, f := range faults {
			t.Run(f.name+" "+protocol, func(t *testing.T) {
				t.Parallel()
				x := newServer()
				t.Cleanup(x.Close)
				x.Fail(twittertest.VerifyCredentials, f.fault)
				resp, err := x.Client().Do(request(t, http.MethodGet, x.URL+profilePath, nil))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if resp.StatusCode != http.StatusOK || resp.ContentLength != f.length {
					t.Errorf("status %d, length %d", resp.StatusCode, resp.ContentLength)
				}
				body, err := io.ReadAll(resp.Body)
				if err == nil {
					t.Errorf("the body ends as if it were whole: %s", body)
				}
				if string(body) != `{"id":1,"id_str":"1","screen_` {
					t.Errorf("the body is %q", body)
				}
			})
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	servers := map[string]func() *twittertest.Server{"HTTP/1": twittertest.NewServer, "HTTP/2": twittertest.NewTLSServer}
	for protocol, newServer := range servers {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			x := newServer()
			t.Cleanup(x.Close)
			x.FailNext(twittertest.RequestToken, 1, twittertest.Reset())
			// POST, which a client does not repeat by itself.
			resp, err := x.Client().Do(request(t, http.MethodPost, x.URL+"/oauth/request_token", url.Values{}))
			if err == nil {
				resp.Body.Close()
				t.Fatalf("there was an answer: %d", resp.StatusCode)
			}
			if protocol == "HTTP/1" && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("the error is %v", err)
			}
			begin(t, x)
		})
	}
}

func TestHangUntilTheClientGivesUp(t *testing.T) {
	t.Parallel()
	x := failing(t, twittertest.Hang())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	resp, err := x.Client().Do(request(t, http.MethodGet, x.URL+profilePath, nil).WithContext(ctx))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("there was an answer: %d", resp.StatusCode)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
}

func TestDrip(t *testing.T) {
	t.Parallel()
	x := failing(t, twittertest.Drip(time.Millisecond))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	resp, err := x.Client().Do(request(t, http.MethodGet, x.URL+profilePath, nil).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the status is %d", resp.StatusCode)
	}
	some := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, some); err != nil || string(some) != "     " {
		t.Fatalf("the body begins with %q, %v", some, err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("the body ends with %v", err)
	}
}

// Close ends the answers that never would, and leaves nothing running.
func TestCloseEndsAnswers(t *testing.T) { // not parallel: it counts goroutines
	servers := map[string]func() *twittertest.Server{"HTTP/1": twittertest.NewServer, "HTTP/2": twittertest.NewTLSServer}
	faults := map[string]twittertest.Fault{
		"Hang":                  twittertest.Hang(),
		"Drip":                  twittertest.Drip(time.Millisecond),
		"a body without an end": twittertest.HugeBody(1 << 60),
	}
	for protocol, newServer := range servers {
		for name, fault := range faults {
			t.Run(name+" "+protocol, func(t *testing.T) {
				before := runtime.NumGoroutine()
				x := newServer()
				defer x.Close()
				x.Fail(twittertest.VerifyCredentials, fault)
				const clients = 3
				ended := make(chan error, clients)
				for range clients {
					r := request(t, http.MethodGet, x.URL+profilePath, nil)
					go func() {
						resp, err := x.Client().Do(r)
						if err == nil {
							_, err = io.Copy(io.Discard, resp.Body)
							resp.Body.Close()
						}
						ended <- err
					}()
				}
				for x.Count(twittertest.VerifyCredentials) < clients {
					runtime.Gosched()
				}
				x.Close()
				x.Close() // once more does nothing
				limit := time.After(20 * time.Second)
				for range clients {
					select {
					case err := <-ended:
						if err == nil {
							t.Error("an answer ended as if it were whole")
						}
					case <-limit:
						t.Fatal("an answer goes on after Close")
					}
				}
				tick := time.NewTicker(5 * time.Millisecond)
				defer tick.Stop()
				for runtime.NumGoroutine() > before {
					select {
					case <-tick.C:
					case <-limit:
						stacks := make([]byte, 1<<20)
						t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
					}
				}
			})
		}
	}
}

func TestClosedServerRefusesConnections(t *testing.T) {
	t.Parallel()
	x := twittertest.NewServer()
	address := x.URL
	x.Close()
	resp, err := http.DefaultClient.Do(request(t, http.MethodGet, address, nil))
	if err == nil {
		resp.Body.Close()
		t.Fatal("a closed server answers")
	}
}

func TestUntrustedCertificate(t *testing.T) {
	t.Parallel()
	x := twittertest.NewTLSServer()
	defer x.Close()
	resp, err := http.DefaultClient.Do(request(t, http.MethodGet, x.URL, nil))
	if err == nil {
		resp.Body.Close()
		t.Fatal("the certificate is trusted")
	}
	if resp := get(t, x.Client(), x.URL); resp.ProtoMajor != 2 {
		t.Errorf("the server speaks %s", resp.Proto)
	}
}

func TestFailNext(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3} {
		x := start(t)
		x.FailNext(twittertest.UsersMe, n, twittertest.HTML(503))
		for i := range n + 2 {
			want := http.StatusUnauthorized // no request is signed
			if i < n {
				want = http.StatusServiceUnavailable
			}
			if status := get(t, x.Client(), x.URL+"/2/users/me").StatusCode; status != want {
				t.Errorf("FailNext(%d): request %d is answered %d, want %d", n, i+1, status, want)
			}
		}
	}
}

// Requests at once share the count.
func TestFailNextAtOnce(t *testing.T) {
	t.Parallel()
	x := start(t)
	x.FailNext(twittertest.UsersMe, 5, twittertest.HTML(503))
	statuses := make(chan int, 20)
	var all sync.WaitGroup
	for range cap(statuses) {
		r := request(t, http.MethodGet, x.URL+"/2/users/me", nil)
		all.Go(func() {
			resp, err := x.Client().Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			statuses <- resp.StatusCode
		})
	}
	all.Wait()
	close(statuses)
	failed := 0
	for status := range statuses {
		if status == http.StatusServiceUnavailable {
			failed++
		}
	}
	if failed != 5 {
		t.Errorf("%d requests failed, want 5", failed)
	}
}

func TestFaultIsOfItsStepOnly(t *testing.T) {
	t.Parallel()
	paths := map[twittertest.Step][]string{
		twittertest.RequestToken:      {"/oauth/request_token"},
		twittertest.Consent:           {"/oauth/authenticate", "/oauth/authorize"},
		twittertest.AccessToken:       {"/oauth/access_token"},
		twittertest.VerifyCredentials: {profilePath},
		twittertest.UsersMe:           {"/2/users/me"},
	}
	for step := range paths {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.Fail(step, twittertest.Respond(418, "text/plain", ""))
			for other, list := range paths {
				for _, path := range list {
					status := get(t, x.Client(), x.URL+path).StatusCode
					if (status == 418) != (other == step) {
						t.Errorf("%s is answered %d", path, status)
					}
				}
			}
		})
	}
}

// A fault of the consent page does not keep a person from deciding on a page
// that is open.
func TestConsentFormIsSparedFaults(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, _ := begin(t, x)
	x.Fail(twittertest.Consent, twittertest.HTML(503))
	if answer := post(t, stay(x), x.URL+"/oauth/decide", url.Values{"oauth_token": {token}}); answer.StatusCode != http.StatusFound {
		t.Errorf("the status is %d", answer.StatusCode)
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	x := start(t)
	fail := func() {
		x.Fail(twittertest.VerifyCredentials, twittertest.HTML(503))
		x.FailNext(twittertest.UsersMe, 100, twittertest.HTML(503))
		x.Fail(twittertest.AccessToken, twittertest.HTML(503))
	}
	expect := func(when string, v1, v2, access int) {
		t.Helper()
		for path, want := range map[string]int{profilePath: v1, "/2/users/me": v2} {
			if status := get(t, x.Client(), x.URL+path).StatusCode; status != want {
				t.Errorf("%s: %s is answered %d, want %d", when, path, status, want)
			}
		}
		if status := post(t, x.Client(), x.URL+"/oauth/access_token", nil).StatusCode; status != access {
			t.Errorf("%s: access_token is answered %d, want %d", when, status, access)
		}
	}
	fail()
	expect("all fail", 503, 503, 503)
	x.Recover(twittertest.RequestToken) // has no fault
	expect("another recovers", 503, 503, 503)
	x.Recover(twittertest.VerifyCredentials, twittertest.UsersMe)
	expect("two recover", 400, 401, 503)
	fail()
	x.Recover()
	expect("all recover", 400, 401, 400)
	x.Fail(twittertest.UsersMe, twittertest.HTML(500))
	x.Fail(twittertest.UsersMe, twittertest.HTML(502))
	expect("the last fault counts", 400, 502, 400)
}

// A fault comes as late as an answer would.
func TestLatencyOfAFault(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	x := failing(t, twittertest.Empty())
	x.SetLatency(latency)
	began := time.Now()
	get(t, x.Client(), x.URL+profilePath)
	if took := time.Since(began); took < latency {
		t.Errorf("the fault took only %v", took)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	x := start(t)
	if len(x.Requests()) != 0 {
		t.Error("there are requests before any was made")
	}

	token, secret, _ := approved(t, x, ada)
	c := newCall(x, http.MethodPost, "/oauth/access_token", token, secret)
	c.form = url.Values{"oauth_verifier": {"other"}}
	c.sign(x).send(t, x, "application/json")
	x.Fail(twittertest.UsersMe, twittertest.HTML(503))
	r := request(t, http.MethodGet, x.URL+"/2/users/me?user.fields=url", nil)
	r.Header.Set("Authorization", "OAuth malformed")
	do(t, x.Client(), r)

	// Authorize is no request.
	list := x.Requests()
	if len(list) != 3 {
		t.Fatalf("there are %d requests: %v", len(list), list)
	}
	first, second, third := list[0], list[1], list[2]
	if first.Step != twittertest.RequestToken || first.Method != http.MethodPost || first.Path != "/oauth/request_token" || first.Status != 200 ||
		first.OAuth["oauth_callback"] != appCallback || first.OAuth["oauth_consumer_key"] != x.ConsumerKey {
		t.Errorf("the first is %+v", first)
	}
	if second.Step != twittertest.AccessToken || second.Status != 401 || second.OAuth["oauth_token"] != token ||
		second.Form.Get("oauth_verifier") != "other" || second.Header.Get("Accept") != "application/json" {
		t.Errorf("the second is %+v", second)
	}
	if third.Step != twittertest.UsersMe || third.Status != 0 || third.OAuth != nil || third.Query.Get("user.fields") != "url" || third.Form != nil {
		t.Errorf("the third is %+v", third)
	}

	for step, want := range map[twittertest.Step]int{
		twittertest.RequestToken: 1, twittertest.AccessToken: 1, twittertest.UsersMe: 1, twittertest.Consent: 0, twittertest.VerifyCredentials: 0,
	} {
		if n := x.Count(step); n != want {
			t.Errorf("%d requests of %s, want %d", n, step, want)
		}
	}

	x.ResetRequests()
	if len(x.Requests()) != 0 || x.Count(twittertest.RequestToken) != 0 {
		t.Error("ResetRequests left some")
	}
	if len(list) != 3 || list[0].Step != twittertest.RequestToken {
		t.Error("ResetRequests changed what was handed out")
	}
}

// A redirect takes the client to another server; the record shows that it went.
func TestRedirectToAnotherServer(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.Path }))
	t.Cleanup(other.Close)
	x := failing(t, twittertest.RedirectTo(other.URL+"/landing"))
	get(t, x.Client(), x.URL+profilePath)
	if path := <-reached; path != "/landing" || x.Count(twittertest.VerifyCredentials) != 1 {
		t.Errorf("the client came to %s", path)
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
