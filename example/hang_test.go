package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// hangingProxy stands before a server and can stop passing anything on, as a
// machine does that is frozen.
func hangingProxy(t *testing.T, server string) (addr string, hang func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var frozen atomic.Bool
	over := make(chan struct{})
	t.Cleanup(func() { close(over); l.Close() })
	pass := func(to, from net.Conn) {
		defer to.Close()
		defer from.Close()
		b := make([]byte, 4096)
		for {
			n, err := from.Read(b)
			if frozen.Load() {
				<-over
				return
			}
			if err != nil {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", server)
			if err != nil {
				in.Close()
				continue
			}
			go pass(out, in)
			go pass(in, out)
		}
	}()
	return l.Addr().String(), func() { frozen.Store(true) }
}

// A database that hangs costs every page a bounded time, and nobody a session.
func TestDatabasesThatHang(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (args []string, hang func()){
		"postgres": func(t *testing.T) ([]string, func()) {
			u, err := url.Parse(startPostgres(t))
			if err != nil {
				t.Fatal(err)
			}
			addr, hang := hangingProxy(t, u.Host)
			u.Host = addr
			return []string{"-db", u.String()}, hang
		},
		"redis": func(t *testing.T) ([]string, func()) {
			addr, hang := hangingProxy(t, strings.TrimPrefix(startRedis(t).url, "redis://"))
			return []string{"-sessions", "redis://" + addr}, hang
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args, hang := open(t)
			r := start(t, nil, args...)
			c := r.browser(t)
			r.login(t, c, "false")
			if status, me := r.me(t, c); status != http.StatusOK {
				t.Fatalf("%d %v", status, me)
			}
			hang()
			c.Timeout = 4 * statementTimeout // many times what one page may take
			var wg sync.WaitGroup
			for range 30 { // more than there are connections
				wg.Go(func() {
					if status, me := r.me(t, c); status != http.StatusServiceUnavailable || me["code"] != "store_unavailable" {
						t.Errorf("/me: %d %v", status, me)
					}
				})
			}
			wg.Go(func() {
				resp, err := c.Get(r.URL + "/")
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				page, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(page), "Sign in with X") || len(resp.Cookies()) > 0 {
					t.Errorf("/: %d %v", resp.StatusCode, err)
				}
			})
			wg.Wait()
		})
	}
}
