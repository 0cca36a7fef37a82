package twittertest

import (
	"strconv"
	"testing"
	"time"
)

// A rush that outruns every lifetime is bounded too, and costs no more a
// request than a quiet day.
func TestRushIsBounded(t *testing.T) {
	t.Parallel()
	s := newServer()
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

// The reset is as far ahead of the answer, by the server's clock, as the fault
// says, however long ago the fault was made.
func TestRateLimitResetIsOfTheAnswer(t *testing.T) {
	t.Parallel()
	s := NewServer()
	defer s.Close()
	s.Fail(UsersMe, RateLimited(2*time.Minute))
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
