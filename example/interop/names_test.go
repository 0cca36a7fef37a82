package interop

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// namesOfX are the hosts that clients have for X. A client reaches the stand-in by
// these names and nothing else outside of this machine.
var namesOfX = []string{"api.twitter.com", "api.x.com", "twitter.com", "x.com"}

// network leads the names of X to a stand-in, over https with a certificate of an
// authority that the test makes.
type network struct {
	proxy     string // address of a proxy that takes CONNECT
	https     string // address of a server that answers as X, for programs without a proxy
	authority string // file with the authority's certificate
	roots     *x509.CertPool

	mu    sync.Mutex
	asked []string // hosts, in the order of the first request
}

// lead makes a network of a stand-in.
func lead(t *testing.T, x *twittertest.Server) *network {
	t.Helper()
	certificate, authority := newCertificate(t)
	n := &network{roots: x509.NewCertPool(), authority: filepath.Join(t.TempDir(), "authority.pem")}
	n.roots.AddCert(authority)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})
	if err := os.WriteFile(n.authority, block, 0o600); err != nil {
		t.Fatal(err)
	}
	edge := httptest.NewUnstartedServer(n.noting(x.Handler()))
	edge.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	edge.Config.ErrorLog = log.New(io.Discard, "", 0) // the client's own error is in its answer
	edge.StartTLS()
	t.Cleanup(edge.Close)
	n.https = edge.Listener.Addr().String()
	proxy := httptest.NewServer(http.HandlerFunc(n.connect))
	t.Cleanup(proxy.Close)
	n.proxy = proxy.URL
	return n
}

// noting records the hosts by which X is asked.
func (n *network) noting(x http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.note(r.Host)
		x.ServeHTTP(w, r)
	})
}

func (n *network) note(host string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Contains(n.asked, host) {
		n.asked = append(n.asked, host)
	}
}

// hosts are the names by which X was asked.
func (n *network) hosts() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.asked)
}

// connect is a proxy that knows the way to X alone.
func (n *network) connect(w http.ResponseWriter, r *http.Request) {
	host, found := strings.CutSuffix(r.Host, ":443")
	if r.Method != http.MethodConnect || !found || !slices.Contains(namesOfX, host) {
		http.Error(w, "This proxy takes CONNECT to X alone.", http.StatusForbidden)
		return
	}
	server, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", n.https)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	ended := make(chan struct{}, 2)
	go func() { io.Copy(server, buffered); ended <- struct{}{} }()
	go func() { io.Copy(client, server); ended <- struct{}{} }()
	<-ended
}

// client is an http.Client in that network.
func (n *network) client(jar http.CookieJar) *http.Client {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: n.roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, found := strings.CutSuffix(address, ":443"); found && slices.Contains(namesOfX, host) {
				address = n.https
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	return &http.Client{Transport: transport, Jar: jar}
}

// newCertificate makes an authority and a certificate of it for X's names.
func newCertificate(t *testing.T) (tls.Certificate, *x509.Certificate) {
	t.Helper()
	authority, authorityKey := sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Authority of a test"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	leaf, key := sign(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: namesOfX[0]}, DNSNames: namesOfX, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, authority, authorityKey)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}, authority
}

// sign makes a certificate and its key, signed by the authority or by itself.
func sign(t *testing.T, template, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if authority == nil {
		authority, authorityKey = template, key
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	raw, err := x509.CreateCertificate(rand.Reader, template, authority, &key.PublicKey, authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}
