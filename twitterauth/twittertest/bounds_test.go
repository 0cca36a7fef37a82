package twittertest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A stand-in that runs for days must not keep everything it ever saw.

func TestRecordIsBounded(t *testing.T) {
	t.Parallel()
	s := NewServer()
	defer s.Close()
	s.record = make([]recorded, maxRecord+spareRecord)
	s.record[0].Path = "/oldest"
	s.record[len(s.record)-1].Path = "/newest"
	resp, err := s.Client().Get(s.URL + "/next")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	list := s.Requests()
	if n := len(list); n < maxRecord || n > maxRecord+spareRecord {
		t.Fatalf("the record has %d requests", n)
	}
	if list[0].Path == "/oldest" {
		t.Error("the oldest is still there")
	}
	if last := list[len(list)-2:]; last[0].Path != "/newest" || last[1].Path != "/next" || last[1].Status != http.StatusNotFound {
		t.Errorf("the last are %+v", last)
	}
}

// Requests can be large: a page that a developer visits may send any.
func TestRecordIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	ask := func(path string, form url.Values, header int) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Large", strings.Repeat("h", header))
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	large := url.Values{"a": {strings.Repeat("a", maxRequest-2)}}
	const header = 1 << 20
	for range maxRecordBytes/(header+maxRequest) + 10 {
		ask("/large", large, header)
	}
	kept, bytes := 0, 0
	for _, r := range s.Requests() {
		kept++
		bytes += len(r.Form.Get("a")) + len(r.Header.Get("Large"))
	}
	if bytes > maxRecordBytes || bytes < maxRecordBytes-spareRecordBytes-2*(header+maxRequest) {
		t.Errorf("%d requests of %d bytes are kept", kept, bytes)
	}
	ask("/next", nil, 0)
	if list := s.Requests(); list[len(list)-1].Path != "/next" {
		t.Errorf("the last is %s", list[len(list)-1].Path)
	}
	s.ResetRequests()
	if ask("/after", nil, 0); s.recordBytes > 1000 {
		t.Errorf("after a reset %d bytes are counted", s.recordBytes)
	}
}

func TestOldNoncesAreForgotten(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	oauth := func(i int) map[string]string {
		return map[string]string{"oauth_timestamp": "1", "oauth_token": "t", "oauth_nonce": strconv.Itoa(i)}
	}
	const many = 10_001
	for i := range many {
		if !s.freshNonce(oauth(i)) {
			t.Fatalf("nonce %d was not fresh", i)
		}
	}
	s.SetClock(2*timestampWindow - time.Minute)
	if s.freshNonce(oauth(0)) {
		t.Error("a nonce was forgotten while its timestamp may still be good")
	}
	s.SetClock(2*timestampWindow + time.Minute)
	s.freshNonce(oauth(many))
	if n := len(s.nonces); n != 1 {
		t.Errorf("%d nonces are kept, want 1", n)
	}
}

func TestOldRequestTokensAreForgotten(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	now := time.Now()
	for i := range maxRequestTokens {
		s.requests[strconv.Itoa(i)] = &requestToken{made: now.Add(-requestTokenLifetime - time.Minute)}
	}
	s.requests["0"].made = now
	s.dropOldTokens()
	if len(s.requests) != 1 || s.requests["0"] == nil {
		t.Errorf("%d tokens are kept, want the one that is not over", len(s.requests))
	}
}

// A rush that outruns every lifetime is bounded too, and costs no more a
// request than a quiet day.
func TestRushIsBounded(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	now := time.Now()
	for i := range maxRequestTokens {
		s.requests[strconv.Itoa(i)] = &requestToken{made: now.Add(time.Duration(i) * time.Millisecond)}
		s.access[strconv.Itoa(i)] = &accessToken{made: now.Add(time.Duration(i) * time.Millisecond)}
	}
	s.dropOldTokens()
	s.issue("42", false)
	newest := strconv.Itoa(maxRequestTokens - 1)
	if len(s.requests) != maxRequestTokens*9/10 || s.requests["0"] != nil || s.requests[newest] == nil {
		t.Errorf("%d request tokens are kept", len(s.requests))
	}
	if len(s.access) != maxAccessTokens*9/10+1 || s.access["0"] != nil || s.access[newest] == nil {
		t.Errorf("%d access tokens are kept", len(s.access))
	}
	for i := range maxNonces {
		s.nonces[strconv.Itoa(i)] = now.Add(time.Hour)
	}
	s.freshNonce(map[string]string{})
	if len(s.nonces) != 1 {
		t.Errorf("%d nonces are kept", len(s.nonces))
	}
}

// The same for what OAuth 2.0 leaves behind.
func TestOAuth2RushIsBounded(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	now := time.Now()
	for i := range maxCodes {
		at := now.Add(time.Duration(i) * time.Millisecond)
		s.authorizations[strconv.Itoa(i)] = &authorization{made: at}
		s.codes[strconv.Itoa(i)] = &code{made: at}
		s.bearers[strconv.Itoa(i)] = &grant{made: at, until: at.Add(bearerLifetime)}
		s.refreshes[strconv.Itoa(i)] = &grant{made: at}
		s.spent[strconv.Itoa(i)] = &grant{made: at}
	}
	page := s.authorizePage(&call{Request: &http.Request{URL: &url.URL{RawQuery: url.Values{
		"response_type": {"code"}, "client_id": {s.ClientID}, "redirect_uri": {"https://app.example/cb"}, "scope": {readUsers}, "state": {"s"},
		"code_challenge": {strings.Repeat("A", 43)}, "code_challenge_method": {"S256"},
	}.Encode()}}})
	if page.status != http.StatusOK {
		t.Fatalf("the page is %s", page.body)
	}
	s.newCode(&authorization{}, "42")
	g := &grant{scopes: []string{offlineAccess}}
	s.renew(g)
	s.renew(g)
	for name, n := range map[string]int{
		"authorizations": len(s.authorizations), "codes": len(s.codes), "access tokens": len(s.bearers), "refresh tokens": len(s.refreshes), "spent refresh tokens": len(s.spent),
	} {
		if n != maxCodes*9/10+1 {
			t.Errorf("%d %s are kept", n, name)
		}
	}
	if s.codes["0"] != nil || s.codes[strconv.Itoa(maxCodes-1)] == nil {
		t.Error("the oldest code is kept, or the newest is not")
	}
}

// Codes and access tokens that are over go first, and alone if that is enough.
func TestOldCodesAndBearersAreForgotten(t *testing.T) {
	t.Parallel()
	s := NewUnstartedServer()
	defer s.Close()
	now := time.Now()
	for i := range maxCodes {
		s.codes[strconv.Itoa(i)] = &code{made: now.Add(-codeLifetime - time.Minute)}
		s.bearers[strconv.Itoa(i)] = &grant{made: now.Add(-bearerLifetime - time.Minute), until: now.Add(-time.Minute)}
	}
	s.codes["0"].made, s.bearers["0"].until = now, now.Add(bearerLifetime)
	s.newCode(&authorization{}, "42")
	s.renew(&grant{})
	if len(s.codes) != 2 || s.codes["0"] == nil || len(s.bearers) != 2 || s.bearers["0"] == nil {
		t.Errorf("%d codes and %d access tokens are kept", len(s.codes), len(s.bearers))
	}
}
