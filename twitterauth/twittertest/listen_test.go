package twittertest_test

import (
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestListen(t *testing.T) {
	t.Parallel()
	first, err := twittertest.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Close)
	addr := strings.TrimPrefix(first.URL, "http://")
	if second, err := twittertest.Listen(addr); err == nil {
		second.Close()
		t.Error("a port that is in use is taken again")
	}
	if _, _, err := consumer(first).RequestToken(); err != nil {
		t.Error(err)
	}
	first.Close()

	again, err := twittertest.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	if again.URL != first.URL || again.ConsumerKey == first.ConsumerKey {
		t.Errorf("the second server is at %s with the key %s", again.URL, again.ConsumerKey)
	}
	if _, _, err := consumer(again).RequestToken(); err != nil {
		t.Error(err)
	}
}

// A server at every address of the machine has a URL that a client can dial.
func TestListenEverywhere(t *testing.T) {
	t.Parallel()
	x, err := twittertest.Listen(":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	if host, _, err := net.SplitHostPort(strings.TrimPrefix(x.URL, "http://")); err != nil || host != "127.0.0.1" {
		t.Errorf("the URL is %s", x.URL)
	}
	if _, _, err := consumer(x).RequestToken(); err != nil {
		t.Error(err)
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	x := twittertest.NewUnstartedServer()
	t.Cleanup(x.Close)
	own := httptest.NewTLSServer(x.Handler())
	t.Cleanup(own.Close)
	app := consumer(x)
	app.HTTPClient, app.Endpoint.RequestTokenURL = own.Client(), own.URL+"/oauth/request_token"
	if _, _, err := app.RequestToken(); err != nil || x.URL != "" || x.Count(twittertest.RequestToken) != 1 || x.Client() == nil {
		t.Errorf("%v, the URL %q", err, x.URL)
	}
	x.Close()
	if resp, err := own.Client().Get(own.URL + "/2/users/me"); err == nil {
		resp.Body.Close()
		t.Errorf("a closed server answers %s", resp.Status)
	}
}
