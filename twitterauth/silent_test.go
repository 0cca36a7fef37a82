package twitterauth_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

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
			s := newSiteAt(t, x, func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: toX} })
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
