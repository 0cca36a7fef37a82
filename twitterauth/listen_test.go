package twitterauth_test

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// The ports of the sites and of their X. They are below the range from which systems
// choose a port themselves, which begins at 32768 on Linux. The tests start thousands
// of servers, whose closed connections keep the servers' ports for a minute. If those
// ports were in that range, Linux would need milliseconds to find a free port.
const (
	firstPort = 16000
	ports     = 16000
)

// nextPort begins at random, because two runs may go on at the same time.
var nextPort atomic.Uint32

func init() { nextPort.Store(rand.Uint32N(ports)) }

// onFreePort calls listen with one loopback address after another until one is free.
func onFreePort[L any](t testing.TB, listen func(addr string) (L, error)) L {
	t.Helper()
	for tries := 0; ; tries++ {
		port := firstPort + int(nextPort.Add(1)%ports)
		l, err := listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		switch {
		case err == nil:
			return l
		case tries == 200:
			t.Fatal(err)
		}
	}
}

func newListener(t testing.TB) net.Listener {
	t.Helper()
	return onFreePort(t, func(addr string) (net.Listener, error) {
		var config net.ListenConfig
		return config.Listen(context.Background(), "tcp", addr)
	})
}

// newX starts an X, as [twittertest.NewServer] does.
func newX(t testing.TB) *twittertest.Server {
	t.Helper()
	return onFreePort(t, twittertest.Listen)
}
