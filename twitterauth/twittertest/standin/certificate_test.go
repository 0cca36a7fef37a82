package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startTLS starts the command with TLS as well and returns its address there.
func startTLS(t *testing.T, args ...string) (c *command, addr, caFile string) {
	t.Helper()
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	c = start(t, append([]string{"-tls-addr", "127.0.0.1:0", "-ca-file", caFile}, args...)...)
	for _, line := range c.lines {
		if rest, ok := strings.CutPrefix(line, "and at https://"); ok {
			addr, _, _ = strings.Cut(rest, ",")
		}
	}
	if addr == "" {
		t.Fatalf("the address of https is not printed: %q", c.lines)
	}
	return c, addr, caFile
}

func TestTLS(t *testing.T) {
	t.Parallel()
	c, addr, caFile := startTLS(t, "-public-url", "https://api.x.com", "-public-url", "https://API.twitter.com:8443", "-public-url", "http://standin:9090")
	ca, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		t.Fatalf("the file is %s", ca)
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	for host, ok := range map[string]bool{
		"api.x.com": true, "api.twitter.com:8443": true, "standin": true, "localhost": true, "127.0.0.1:9443": true, "[::1]": true,
		"x.com": false, "sub.api.x.com": false, "127.0.0.2": false, "evil.example": false,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/2/users/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != ok || ok && (resp.StatusCode != 401 || resp.ProtoMajor != 2) {
			t.Errorf("%s: %v", host, err)
		}
	}
	// The same stand-in, steered at either address.
	if requests := list[request](t, c, "requests"); len(requests) != 6 {
		t.Errorf("there are %d requests", len(requests))
	}
}

// The CA can sign for no other site, and its key is in no file.
func TestCAIsLimited(t *testing.T) {
	t.Parallel()
	_, _, caFile := startTLS(t, "-public-url", "https://api.x.com")
	text, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		t.Fatalf("the file is %s", text)
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.IsCA || !ca.MaxPathLenZero || !ca.PermittedDNSDomainsCritical || strings.Join(ca.PermittedDNSDomains, " ") != "api.x.com localhost" || len(ca.PermittedIPRanges) != 2 || ca.KeyUsage != x509.KeyUsageCertSign {
		t.Errorf("the CA is %+v", ca)
	}
	names, err := os.ReadDir(filepath.Dir(caFile))
	if err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	if info, err := os.Stat(caFile); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// As tests in containers do it, with curl in place of a network's names.
func TestCurlByX(t *testing.T) {
	t.Parallel()
	needPrograms(t, "curl")
	_, addr, caFile := startTLS(t, "-public-url", "https://api.x.com")
	out, err := exec.CommandContext(t.Context(), "curl", "--silent", "--show-error", "--max-time", "60", "--cacert", caFile,
		"--connect-to", "api.x.com:443:"+addr, "https://api.x.com/2/users/me").CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"status":401`) {
		t.Errorf("%v: %s", err, out)
	}
	out, err = exec.CommandContext(t.Context(), "curl", "--silent", "--show-error", "--max-time", "60", "--cacert", caFile,
		"--connect-to", "x.com:443:"+addr, "https://x.com/2/users/me").CombinedOutput()
	if err == nil {
		t.Errorf("a name that was not given: %s", out)
	}
}
