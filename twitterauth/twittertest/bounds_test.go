package twittertest

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// A stand-in that runs for days must not keep everything it ever saw.

func TestRecordIsBounded(t *testing.T) {
	t.Parallel()
	s := NewServer()
	defer s.Close()
	s.record = make([]Request, maxRecord+spareRecord)
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

func TestOldNoncesAreForgotten(t *testing.T) {
	t.Parallel()
	s := newServer()
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
	s := newServer()
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
