//go:debug x509usefallbackroots=1

package peerbench

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const (
	rushBrowsers = 200
	rushLatency  = 50 * time.Millisecond
)

// trustStandIn makes the whole process trust the stand-in's certificate, as if
// it were one of the system's, so that each library's own client can be
// measured. All stand-ins have the same certificate.
var trustStandIn = sync.OnceFunc(func() {
	x := twittertest.NewTLSServer()
	defer x.Close()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(x.URL, "https://"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	roots := x509.NewCertPool()
	roots.AddCert(conn.ConnectionState().PeerCertificates[0])
	x509.SetFallbackRoots(roots)
})

// rushX is an X over TLS that takes 50 ms for each answer.
type rushX struct {
	url         string
	keys        keys
	approve     func(authorizeURL string) (callbackURL string, err error)
	connections func() int
	close       func()
}

// strictX is the module's stand-in, which checks every signature.
func strictX() rushX {
	x := twittertest.NewTLSServer()
	x.SetLatency(rushLatency)
	return rushX{
		url:         x.URL,
		keys:        keys{x.ConsumerKey, x.ConsumerSecret},
		approve:     func(authorizeURL string) (string, error) { return x.Authorize(authorizeURL, ada) },
		connections: x.Connections,
		close:       x.Close,
	}
}

// lenientX checks nothing, so that every library gets in: goth asks for request
// tokens with GET, which X documents as POST and the stand-in refuses.
func lenientX() rushX {
	var connections atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(rushLatency)
		a, ok := xAnswers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", a.contentType)
		io.WriteString(w, a.body)
	}))
	s.EnableHTTP2 = true
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.StartTLS()
	return rushX{
		url:         s.URL,
		keys:        keys{"key", "secret"},
		approve:     approveAny,
		connections: func() int { return int(connections.Load()) },
		close: func() {
			s.CloseClientConnections()
			s.Close()
		},
	}
}

// defaultTransportTo is [http.DefaultTransport] with its own limits, but for
// the addresses: every host is the stand-in.
func defaultTransportTo(x rushX, h2 bool) *http.Transport {
	was := http.DefaultTransport.(*http.Transport)
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, network, strings.TrimPrefix(x.url, "https://"))
		},
		TLSClientConfig:       &tls.Config{ServerName: "example.com"}, // the certificate's
		ForceAttemptHTTP2:     h2,
		MaxIdleConns:          was.MaxIdleConns,
		IdleConnTimeout:       was.IdleConnTimeout,
		TLSHandshakeTimeout:   was.TLSHandshakeTimeout,
		ExpectContinueTimeout: was.ExpectContinueTimeout,
	}
}

// rushLibs are the libraries with the clients that they come with.
var rushLibs = []struct {
	name string
	app  func(b *testing.B, x rushX) app
}{
	{"twitterauth", func(b *testing.B, x rushX) app {
		return newTwitterauthApp(b, x.keys, func(c *twitterauth.Config) { c.APIURL = x.url })
	}},
	{"twitterauth-identity", func(b *testing.B, x rushX) app {
		return newTwitterauthApp(b, x.keys, func(c *twitterauth.Config) { c.APIURL = x.url; onlyIdentity(c) })
	}},
	{"gologin", func(b *testing.B, x rushX) app { return newGologinApp(x.keys, true) }},
	{"goth", func(b *testing.B, x rushX) app { return newGothApp(x.keys) }},
}

// BenchmarkRush is 200 browsers that log in at once. An operation is the whole
// rush: from a cold start, or warm, right after another one.
func BenchmarkRush(b *testing.B) {
	log.SetOutput(io.Discard) // the servers' lines on connections cut off at the end
	b.Cleanup(func() { log.SetOutput(os.Stderr) })
	trustStandIn()
	for _, with := range []struct {
		x, proto, state string
		start           func() rushX
	}{
		{"lenient", "h2", "cold", lenientX},
		{"lenient", "h2", "warm", lenientX},
		{"lenient", "h1", "cold", lenientX},
		{"lenient", "h1", "warm", lenientX},
		{"twittertest", "h2", "cold", strictX},
		{"twittertest", "h1", "cold", strictX},
	} {
		for _, lib := range rushLibs {
			if with.x == "twittertest" && lib.name == "goth" {
				continue // see lenientX
			}
			b.Run("x="+with.x+"/proto="+with.proto+"/state="+with.state+"/lib="+lib.name, func(b *testing.B) {
				measureRush(b, with.start, with.proto == "h2", with.state == "warm", lib.app)
			})
		}
	}
}

func measureRush(b *testing.B, start func() rushX, h2, warm bool, newApp func(*testing.B, rushX) app) {
	if !h2 { // for our own client, which takes no protocol from outside
		b.Setenv("GODEBUG", os.Getenv("GODEBUG")+",http2client=0")
	}
	was := http.DefaultTransport
	defer func() { http.DefaultTransport = was }()
	var took []time.Duration
	var failed, connections, rushes int
	var firstFailure error
	for b.Loop() {
		b.StopTimer()
		x := start()
		t := defaultTransportTo(x, h2)
		http.DefaultTransport = t
		a := newApp(b, x)
		before := 0
		if warm {
			rush(a, x)
			time.Sleep(100 * time.Millisecond) // what is still dialled arrives
			before = x.connections()
		}
		b.StartTimer()
		each, err := rush(a, x)
		b.StopTimer()
		time.Sleep(100 * time.Millisecond)
		rushes++
		connections += x.connections() - before
		failed += rushBrowsers - len(each)
		took = append(took, each...)
		if firstFailure == nil {
			firstFailure = err
		}
		http.DefaultTransport = was
		t.CloseIdleConnections()
		x.close()
		b.StartTimer()
	}
	if len(took) == 0 {
		b.Fatal(firstFailure)
	}
	if failed > 0 {
		b.Logf("%d logins failed, one with: %v", failed, firstFailure)
	}
	slices.Sort(took)
	at := func(percent int) float64 {
		return float64(took[(len(took)-1)*percent/100]) / float64(time.Millisecond)
	}
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "logins/s")
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(99), "p99-ms")
	b.ReportMetric(float64(connections)/float64(rushes), "conns/op")
	b.ReportMetric(float64(failed)/float64(rushes), "failed/op")
}

// rush returns how long each login took that succeeded, and one error of those
// that did not.
func rush(a app, x rushX) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failure error
	var all sync.WaitGroup
	gate := make(chan struct{})
	for range rushBrowsers {
		all.Go(func() {
			<-gate
			begun := time.Now()
			err := a.login(x.approve)
			d := time.Since(begun)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failure = err
				return
			}
			took = append(took, d)
		})
	}
	close(gate)
	all.Wait()
	return took, failure
}
