package twitterauth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/internal/xapi"
	"twitterlogin.example/twitterauth/twittertest"
)

// protocolsOfX start an X that speaks that version.
var protocolsOfX = map[string]func() *twittertest.Server{"HTTP/1": twittertest.NewServer, "HTTP/2": twittertest.NewTLSServer}

// ownTransport is that of the default HTTPClient, which trusts a stand-in's
// certificate.
func ownTransport(x *twittertest.Server) *http.Transport {
	transport := xapi.NewHTTPClient().Transport.(*http.Transport)
	if trusting := x.Client().Transport.(*http.Transport).TLSClientConfig; trusting != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: trusting.RootCAs}
	}
	return transport
}

// dialInstead makes a transport connect to that address, whatever the URL.
func dialInstead(transport *http.Transport, addr net.Addr) {
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, addr.Network(), addr.String())
	}
}

func toNobody(t testing.TB, toX *http.Transport) {
	closed := httptest.NewServer(nil)
	closed.Close()
	dialInstead(toX, closed.Listener.Addr())
}

func toStranger(_ testing.TB, toX *http.Transport) {
	toX.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
}

func toPlainText(t testing.TB, toX *http.Transport) {
	plain := twittertest.NewServer()
	t.Cleanup(plain.Close)
	u, err := url.Parse(plain.URL)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := net.ResolveTCPAddr("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	dialInstead(toX, addr)
}

func TestLoginOverTLS(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		x := twittertest.NewTLSServer()
		trusts := newSite(t, over(p), atX(x), configured(func(c *twitterauth.Config) { c.HTTPClient = x.Client() }))
		if b := trusts.browser(t); b.login(zoe, nil).location() != "/" || b.whoami() != "user u1 @zoe_quotes" {
			t.Errorf("signed in as %s", b.whoami())
		}
	})
}

func TestXCannotBeReached(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		s.x.Close()
		if r := b.get(callback); r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || b.hasSession() {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
	})
}

// A connection that X drops is no reason to send a code or a verifier again,
// not even one that was kept from an earlier login, where net/http makes
// idempotent calls twice.
func TestExchangeIsNotRepeatedOnAKeptConnection(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := newSite(t, over(p))
		s.browser(t).login(ada, nil)
		for name, fault := range map[string]twittertest.Fault{"reset": twittertest.Reset(), "cut off": twittertest.Truncate(), "503": twittertest.HTML(503), "empty": twittertest.Empty(), "429": twittertest.RateLimited(0)} {
			b := s.browser(t)
			callback := b.approve(b.start(nil), zoe)
			s.x.ResetRequests()
			s.x.FailNext(p.exchange, 1, fault)
			if r := b.get(callback); r.StatusCode < 500 || s.x.Count(p.exchange) != 1 || s.x.Count(p.profile) != 0 || b.hasSession() {
				t.Errorf("%s: %d after %d calls", name, r.StatusCode, s.x.Count(p.exchange))
			}
		}
	})
}

// router is on the way to X. It can forget the connections it knows: nothing
// gets to X on them any more, and neither side is told.
type router struct {
	mu    sync.Mutex
	known chan struct{} // closed when the connections of this time are forgotten
}

func (r *router) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.known)
	r.known = make(chan struct{})
}

func (r *router) connect(conn net.Conn) net.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return routedConn{conn, r.known}
}

type routedConn struct {
	net.Conn
	forgotten chan struct{}
}

func (c routedConn) Write(b []byte) (int, error) {
	select {
	case <-c.forgotten:
		return len(b), nil
	default:
		return c.Conn.Write(b)
	}
}

// A connection that died unnoticed fails one login at most. Over HTTP/2 all of
// them share it, so it has to be noticed.
func TestConnectionDiesUnnoticed(t *testing.T) {
	t.Parallel()
	for protocol, newX := range protocolsOfX {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			x, way := newX(), &router{known: make(chan struct{})}
			toX := ownTransport(x)
			dial := toX.DialContext
			toX.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := dial(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return way.connect(conn), nil
			}
			// Time passes ten times as fast.
			toX.HTTP2.SendPingTimeout /= 10
			toX.HTTP2.PingTimeout /= 10
			s := newSite(t, atX(x), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: toX} }))
			b := s.browser(t)
			b.login(ada, nil)

			s.auth.SetBudget(time.Second)
			way.forget()
			if r := b.do("POST", "/auth/twitter/login", nil); r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusGatewayTimeout {
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
			s.auth.SetBudget(10 * time.Second)
			b.login(ada, nil)
		})
	}
}
