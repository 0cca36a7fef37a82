package xapi

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// rewriter is a transport that changes the headers of the request it is given, as
// some do.
type rewriter struct{ got http.Header }

func (x *rewriter) RoundTrip(req *http.Request) (*http.Response, error) {
	x.got = maps.Clone(req.Header)
	for name := range req.Header {
		req.Header.Add(name, "rewritten")
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// A request is sent with two more headers and with the caller's context, and the
// request that was given stays as it was.
func TestOutgoing(t *testing.T) {
	t.Parallel()
	x := &rewriter{}
	ctx := context.WithValue(t.Context(), x, "the caller's")
	for range 2 {
		given, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.x.com/oauth/request_token", nil)
		if err != nil {
			t.Fatal(err)
		}
		given.Header = http.Header{"Authorization": {"OAuth …"}, "User-Agent": {"another"}}
		before := given.Header.Clone()
		k, cancel := (&Client{base: x}).start(ctx, StepRequestToken, maxTokenAnswer, func([]byte) bool { return true })
		t.Cleanup(cancel)
		if sent := k.outgoing(given); sent.Context().Value(x) != "the caller's" {
			t.Error("the context is another")
		}
		if _, err := k.RoundTrip(given); err != nil { //nolint:bodyclose // its body is in memory
			t.Fatal(err)
		}
		if !maps.EqualFunc(given.Header, before, slices.Equal) {
			t.Errorf("the request was changed: %v", given.Header)
		}
		want := http.Header{"Authorization": {"OAuth …"}, "User-Agent": {"twitterlogin"}, "Accept": {"application/json"}}
		if !maps.EqualFunc(x.got, want, slices.Equal) {
			t.Errorf("sent %v", x.got)
		}
	}
}
