//go:build unix

package services

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// driver is the driver of database/sql that the test registers, as
// github.com/jackc/pgx/v5/stdlib does.
const driver = "pgx"

// shared is one cluster for all tests of a process, with a database for each test.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
	mu      sync.Mutex
	used    int
}

// Postgres returns the address of a database of this test's own.
func Postgres(t testing.TB) (url string) {
	t.Helper()
	initdb := needInitdb(t)
	shared.once.Do(func() {
		if shared.cluster, shared.err = newCluster(filepath.Dir(initdb), FreePort(t)); shared.err == nil {
			shared.err = shared.cluster.serve()
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.used++
	name := "test" + strconv.Itoa(shared.used)
	db, err := sql.Open(driver, shared.cluster.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return postgresURL(shared.cluster.Port) + name
}

// StopPostgres ends the cluster of Postgres. TestMain calls it after the tests.
func StopPostgres() {
	if shared.cluster != nil {
		shared.cluster.remove()
	}
}

// OwnPostgres starts a cluster that this test may stop and start again.
func OwnPostgres(t testing.TB) *Cluster {
	t.Helper()
	c, err := newCluster(filepath.Dir(needInitdb(t)), FreePort(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.remove)
	c.Start(t)
	return c
}

func needInitdb(t testing.TB) string {
	t.Helper()
	return Need(t, "initdb", "postgresql", "/usr/lib/postgresql/*/bin/initdb")
}

func postgresURL(port int) string { return fmt.Sprintf("postgres://tester@127.0.0.1:%d/", port) }

// Cluster is a PostgreSQL server with a folder of its own.
type Cluster struct {
	URL  string // of its first database
	Port int

	bin string
	dir string
	as  *syscall.SysProcAttr // PostgreSQL refuses to run as root, who takes the user of Debian's package

	server *exec.Cmd // nil while it is stopped
	ended  chan struct{}
}

func newCluster(bin string, port int) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "example-postgres-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{URL: postgresURL(port) + "postgres", bin: bin, dir: dir, Port: port}
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

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...) //nolint:gosec,noctx // G204: a program of the package that was found; it outlives the test that starts it
	cmd.Dir, cmd.SysProcAttr = c.dir, c.as
	return cmd
}

// serve starts the server and returns when it answers.
func (c *Cluster) serve() error {
	server := c.command("postgres", "-D", c.data(), "-p", strconv.Itoa(c.Port), "-h", "127.0.0.1", "-k", c.dir, "-F")
	var output bytes.Buffer
	server.Stdout, server.Stderr = &output, &output
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	c.server, c.ended = server, ended
	go func() { _ = server.Wait(); close(ended) }()
	db, err := sql.Open(driver, c.URL)
	if err != nil {
		c.Stop()
		return err
	}
	defer db.Close()
	if err := Await(context.Background(), ended, db.PingContext); err != nil {
		c.Stop()
		return fmt.Errorf("postgres does not get ready: %w\n%s", err, output.String())
	}
	return nil
}

// Start starts a cluster that was stopped.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	if err := c.serve(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server at once, with its connections.
func (c *Cluster) Stop() {
	if c.server == nil {
		return
	}
	_ = c.server.Process.Signal(syscall.SIGQUIT) // it may have ended by itself
	<-c.ended
	c.server = nil
}

func (c *Cluster) remove() {
	c.Stop()
	_ = os.RemoveAll(c.dir)
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
