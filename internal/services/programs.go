// Package services starts the servers that tests of this repository need, each on
// a free port of the loopback address. A test whose server is not installed is
// skipped, except in CI.
package services

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Need returns the path of a program, or skips the test. elsewhere are patterns of
// paths where it may be too.
func Need(t testing.TB, program, debian string, elsewhere ...string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, pattern := range elsewhere {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	Miss(t, fmt.Sprintf("this test needs %s: install it to run the test (Debian: apt-get install %s)", program, debian))
	return ""
}

// Miss ends a test that lacks something, with how to get it.
func Miss(t testing.TB, message string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// Ports that are handed out. They lie below the ports that Linux gives to servers that
// ask for any port (ip_local_port_range), so that no such server takes a port between
// FreePort and the start of the program that it is for.
const firstPort, lastPort = 20000, 32000

var handedOut sync.Map

// FreePort returns a port at which no server of this machine listens. It returns each
// port once.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := firstPort + rand.IntN(lastPort-firstPort) //nolint:gosec // G404: any port will do
		if _, taken := handedOut.LoadOrStore(port, true); taken {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)) //nolint:noctx // it waits for nothing
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// Await asks until ready returns nil, for a minute at most. ended, which may be nil,
// is closed when what is waited for has ended.
func Await(ctx context.Context, ended <-chan struct{}, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return errors.New("it ended")
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
