package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	_ "github.com/jackc/pgx/v5/stdlib"
)

// Tests against real servers start their own, on free loopback ports, and are
// skipped where the program is missing, except in CI.

// need returns the path of a program, or skips the test.
func need(t testing.TB, program, debian string, elsewhere ...string) string {
	t.Helper()
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, pattern := range elsewhere {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	miss(t, fmt.Sprintf("this test needs %s: install it to run the test (Debian: apt-get install %s)", program, debian))
	return ""
}

// miss ends a test that lacks something, with how to get it.
func miss(t testing.TB, message string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(message)
	}
	t.Skip(message)
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

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

func await(ctx context.Context, ended <-chan struct{}, ready func(context.Context) error) error {
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

// postgres is one cluster for the whole test run, with a database a test.
var postgres struct {
	once sync.Once
	url  string
	err  error
	stop func()
	used int
	mu   sync.Mutex
}

func TestMain(m *testing.M) {
	if job := os.Getenv(tokenJobVariable); job != "" {
		os.Exit(runTokenJob(job)) // this is a process that a test has started
	}
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	if postgres.stop != nil {
		postgres.stop()
	}
	os.Exit(code)
}

// startPostgres returns the address of a database of this test's own.
func startPostgres(t testing.TB) string {
	t.Helper()
	initdb := need(t, "initdb", "postgresql", "/usr/lib/postgresql/*/bin/initdb")
	postgres.once.Do(func() {
		port := freePort(t)
		postgres.url = postgresURL(port)
		var c *cluster
		if c, postgres.err = newCluster(filepath.Dir(initdb), port); postgres.err == nil {
			postgres.stop, postgres.err = c.remove, c.serve()
		}
	})
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	postgres.mu.Lock()
	defer postgres.mu.Unlock()
	postgres.used++
	name := "test" + strconv.Itoa(postgres.used)
	db, err := sql.Open("pgx", postgres.url+"postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return postgres.url + name
}

// startOwnPostgres starts a cluster that this test may stop and start again.
func startOwnPostgres(t testing.TB) *cluster {
	t.Helper()
	initdb := need(t, "initdb", "postgresql", "/usr/lib/postgresql/*/bin/initdb")
	c, err := newCluster(filepath.Dir(initdb), freePort(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.remove)
	c.start(t)
	return c
}

func postgresURL(port int) string { return fmt.Sprintf("postgres://tester@127.0.0.1:%d/", port) }

// cluster is a PostgreSQL server with a folder of its own.
type cluster struct {
	url  string // of its first database
	bin  string
	dir  string
	port int
	as   *syscall.SysProcAttr // PostgreSQL refuses to run as root, who takes the user of Debian's package

	server *exec.Cmd // nil while it is stopped
	ended  chan struct{}
}

func newCluster(bin string, port int) (*cluster, error) {
	dir, err := os.MkdirTemp("", "example-postgres-")
	if err != nil {
		return nil, err
	}
	c := &cluster{url: postgresURL(port) + "postgres", bin: bin, dir: dir, port: port}
	if os.Geteuid() == 0 {
		if c.as, err = asUser("postgres", dir); err != nil {
			c.remove()
			return nil, err
		}
	}
	if out, err := c.command("initdb", "-D", c.data(), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync").CombinedOutput(); err != nil {
		c.remove()
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c, nil
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, c.as
	return cmd
}

// serve starts the server and returns when it answers.
func (c *cluster) serve() error {
	server := c.command("postgres", "-D", c.data(), "-p", strconv.Itoa(c.port), "-h", "127.0.0.1", "-k", c.dir, "-F")
	var output bytes.Buffer
	server.Stdout, server.Stderr = &output, &output
	if err := server.Start(); err != nil {
		return err
	}
	c.server, c.ended = server, make(chan struct{})
	go func() { server.Wait(); close(c.ended) }()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := await(context.Background(), c.ended, db.PingContext); err != nil {
		c.stop()
		return fmt.Errorf("postgres does not get ready: %w\n%s", err, output.String())
	}
	return nil
}

func (c *cluster) start(t testing.TB) {
	t.Helper()
	if err := c.serve(); err != nil {
		t.Fatal(err)
	}
}

// stop ends the server at once, with its connections.
func (c *cluster) stop() {
	if c.server == nil {
		return
	}
	c.server.Process.Signal(syscall.SIGQUIT)
	<-c.ended
	c.server = nil
}

func (c *cluster) remove() {
	c.stop()
	os.RemoveAll(c.dir)
}

// asUser makes a command run as that user, who gets the folder.
func asUser(name, dir string) (*syscall.SysProcAttr, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// databases are the kinds of database that users can be kept in.
var databases = map[string]func(*testing.T) []string{
	"sqlite":   func(*testing.T) []string { return nil },
	"postgres": func(t *testing.T) []string { return []string{"-db", startPostgres(t)} },
}
