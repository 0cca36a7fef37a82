package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gomodule/redigo/redis"
	_ "github.com/jackc/pgx/v5/stdlib"

	"twitterlogin.example/internal/services"
)

// Tests against real servers start their own, on free loopback ports, and are
// skipped where the program is missing, except in CI.

// What the stores' module shares with this one.
var (
	need, miss       = services.Need, services.Miss
	freePort, await  = services.FreePort, services.Await
	startPostgres    = services.Postgres
	startOwnPostgres = services.OwnPostgres
)

// process is a server that a test started.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	ended  chan struct{}
}

func startProcess(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // nginx has children
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { cmd.Wait(); close(p.ended) }()
	t.Cleanup(p.kill)
	return p
}

func (p *process) kill() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// await asks until ready says nil. The process must go on meanwhile.
func (p *process) await(t testing.TB, ready func(context.Context) error) {
	t.Helper()
	if err := await(t.Context(), p.ended, ready); err != nil {
		p.kill()
		t.Fatalf("%s does not get ready: %v\n%s", p.cmd.Path, err, p.output.String())
	}
}

// redisServer is a Redis of this test's own, which it may stop.
type redisServer struct {
	*process
	url string
}

func startRedis(t testing.TB) *redisServer {
	t.Helper()
	path := need(t, "redis-server", "redis-server")
	const tries = 5 // another test may take the free port first
	for try := 1; ; try++ {
		port := strconv.Itoa(freePort(t))
		p := startProcess(t, exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()))
		url := "redis://127.0.0.1:" + port
		err := await(t.Context(), p.ended, func(ctx context.Context) error { return pingRedis(ctx, url) })
		if err == nil {
			return &redisServer{p, url}
		}
		p.kill()
		if try == tries || !strings.Contains(p.output.String(), "Address already in use") {
			t.Fatalf("%s does not get ready: %v\n%s", path, err, p.output.String())
		}
	}
}

func pingRedis(ctx context.Context, url string) error {
	c, err := redis.DialURLContext(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Do("PING")
	return err
}

func TestMain(m *testing.M) {
	if job := os.Getenv(tokenJobVariable); job != "" {
		os.Exit(runTokenJob(job)) // this is a process that a test has started
	}
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	services.StopPostgres()
	os.Exit(code)
}

// databases are the kinds of database that users can be kept in.
var databases = map[string]func(*testing.T) []string{
	"sqlite":   func(*testing.T) []string { return nil },
	"postgres": func(t *testing.T) []string { return []string{"-db", startPostgres(t)} },
}
