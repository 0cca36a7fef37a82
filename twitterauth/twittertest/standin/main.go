// Command standin is a stand-in for X on a fixed port, for apps and tests in any
// language: package twittertest as a program.
//
//	go run ./twitterauth/twittertest/standin -addr 127.0.0.1:9090 -people people.json
//
// It prints the app's keys, as shell lines that set environment variables, and
// a curl line that signs a person in. Keys made at start are others at each
// start; -consumer-key, -consumer-secret, -client-id and -client-secret set
// them. Without -people there are the four people of package
// [twitterlogin.example/twitterauth/twittertest]. -public-url names an address
// by which others know it, and -tls-addr with -ca-file serves https too. -help
// lists the flags.
//
// Tests steer it by JSON below /_control/: who signs in, which step fails and
// how, what was asked. docs/standin.md in the repository has the routes, the
// failures, and arrangements with containers and under X's own names.
//
// Anyone can be anyone there, so it listens on loopback addresses only unless
// -public is given.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns the exit code: 2 for flags that do not go.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	set, err := parseSettings(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "standin:", err)
		return 2
	}
	site, err := open(ctx, set, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "standin:", err)
		return 1
	}
	site.announce(stdout)
	if err := site.serve(ctx); err != nil {
		fmt.Fprintln(stderr, "standin:", err)
		return 1
	}
	return 0
}
