package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/security"
)

// Hosts below example.test, which the browser of these tests finds on this
// machine. Browsers see them as two hosts of one site.
const (
	appHost     = "app.example.test"
	siblingHost = "evil.example.test"
)

// serveTLSAt gives a server that name and starts it on https. wrap, if it is
// not nil, is put around the server's handler.
func serveTLSAt(server *httptest.Server, host string, wrap func(http.Handler) http.Handler) {
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if wrap != nil {
		server.Config.Handler = wrap(server.Config.Handler)
	}
	server.StartTLS()
	server.URL = originAt(server, host)
}

func originAt(server *httptest.Server, host string) string {
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return "https://" + net.JoinHostPort(host, port)
}

// startTLSAt runs the example on https under that name.
func startTLSAt(t *testing.T, host string, wrap func(http.Handler) http.Handler) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	env := map[string]string{"TWITTER_CALLBACK_URL": originAt(server, host) + "/auth/twitter/callback"}
	return startOn(t, server, func() { serveTLSAt(server, host, wrap) }, nil, env)
}

// trusting makes the tab accept the certificates of these tests.
func (b *tab) trusting() *tab {
	b.Helper()
	call(b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	return b
}

// browserAt is running.browser for a site that startTLSAt runs.
func (r *running) browserAt(t *testing.T) *http.Client {
	t.Helper()
	transport := r.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com" // as in httptest's certificate
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, appHost) {
			address = r.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	c := r.browser(t)
	c.Transport = transport
	t.Cleanup(c.CloseIdleConnections)
	return c
}
