// Command cli signs in to the example from a command line: a native app that goes
// through the system's browser and gets its answer on a loopback address (RFC 8252,
// section 7.3). It needs nothing but golang.org/x/oauth2.
//
//	go run ./example/cli login
//	go run ./example/cli whoami
//	go run ./example/cli logout
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
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "cli:", err)
		os.Exit(1)
	}
}

// commands are what the program does, by name.
var commands = map[string]func(client, context.Context) error{
	"login":  client.login,
	"whoami": client.whoami,
	"logout": client.logout,
}

func isCommand(name string) bool { return commands[name] != nil }

func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	set, err := readSettings(args)
	if err != nil {
		return err
	}
	c := client{settings: set, http: newHTTPClient(), getenv: getenv, out: out}
	return commands[set.Command](c, ctx)
}
