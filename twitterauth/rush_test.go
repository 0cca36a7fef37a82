package twitterauth_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

var withRushes = flag.Bool("rush", false, "run also the tests that need the whole machine; CI=true in the environment does the same")

// needsTheMachine skips a test that keeps the whole machine busy for seconds, or
// measures it, unless it was asked for.
func needsTheMachine(t *testing.T) {
	t.Helper()
	if !*withRushes && os.Getenv("CI") != "true" {
		t.Skip("it needs the whole machine: give -rush, or set CI=true")
	}
}

// kept is how many connections to X the default HTTPClient opens and keeps.
const kept = 64

// crowd is n, or less where n would take long.
func crowd(n int) int {
	if raceEnabled || testing.Short() {
		return n / 5
	}
	return n
}

// rush calls do from that many goroutines at once.
func rush(n int, do func(i int)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			do(i)
		})
	}
	close(begin)
	all.Wait()
}

// peakHeap returns by how much the heap's objects grew at most meanwhile, in
// bytes. Garbage counts until it is collected.
func peakHeap(meanwhile func()) uint64 {
	objects := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 {
		metrics.Read(objects)
		return objects[0].Value.Uint64()
	}
	runtime.GC()
	before := read()
	peak := before
	over, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				peak = max(peak, read())
			case <-over:
				return
			}
		}
	}()
	meanwhile()
	close(over)
	<-sampled
	return max(peak, read()) - before
}

// usualTransport is what a caller's own client most often has.
func usualTransport(x *twittertest.Server) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = ownTransport(x).TLSClientConfig
	return transport
}

// open counts the connections of a transport that are open, and the most that
// were at once.
type open struct {
	mu        sync.Mutex
	now, most int
}

func (o *open) add(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now += n
	o.most = max(o.most, o.now)
}

func (o *open) atOnce() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.most
}

type countedConn struct {
	net.Conn
	close func() error
}

func (c countedConn) Close() error { return c.close() }

func countOpen(transport *http.Transport) *open {
	o, dial := &open{}, transport.DialContext
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		o.add(1)
		return countedConn{conn, sync.OnceValue(func() error { o.add(-1); return conn.Close() })}, nil
	}
	return o
}

// rushed is a site whose X is 50 ms away, for people to rush at.
type rushed struct {
	*site
	toX, toApp *http.Transport
	open       *open
}

func newRushed(t testing.TB, toX func(*twittertest.Server) *http.Transport, protocol string) *rushed {
	x := twittertest.NewTLSServer()
	x.SetLatency(50 * time.Millisecond)
	r := &rushed{toX: toX(x), toApp: &http.Transport{MaxIdleConnsPerHost: 1000}}
	r.open = countOpen(r.toX)
	if protocol == "HTTP/1" {
		r.toX.Protocols = new(http.Protocols)
		r.toX.Protocols.SetHTTP1(true)
	}
	r.site = newSite(t, atX(x), configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: r.toX, Timeout: 10 * time.Second}
	}))
	t.Cleanup(r.toApp.CloseIdleConnections)
	return r
}

// signIn lets that many people sign in at once, each with a browser of their
// own, and returns the growth of the heap.
func (s *rushed) signIn(t testing.TB, people int) (heap uint64) {
	s.x.ResetRequests()
	heap = peakHeap(func() {
		rush(people, func(int) {
			b := s.browser(t)
			b.http.Transport = s.toApp
			if b.login(ada, nil); !b.hasSession() {
				t.Error("signed in without a session")
			}
		})
	})
	for _, step := range []twittertest.Step{atRequestToken, atAccessToken, atProfile} {
		if n := s.x.Count(step); n != people {
			t.Errorf("X was asked for %s %d times by %d logins", step, n, people)
		}
	}
	return heap
}

// Hundreds of people sign in at the same moment: all of them get in, over few
// connections, which the next rush uses again.
func TestRushOfLogins(t *testing.T) { // not parallel: it measures the heap
	needsTheMachine(t)
	for _, protocol := range []string{"HTTP/1", "HTTP/2"} {
		t.Run(protocol, func(t *testing.T) {
			s := newRushed(t, ownTransport, protocol)
			heap := s.signIn(t, crowd(500))
			opened := s.x.Connections()
			s.signIn(t, 2*kept)
			t.Logf("%d connections, %d after the second rush, %d at once, heap %d MiB", opened, s.x.Connections(), s.open.atOnce(), heap>>20)
			mostAtOnce, mostOpened := kept, kept
			if protocol == "HTTP/2" {
				// Of those opened at once all but a few turn out not to be
				// needed. They are closed, and others opened meanwhile.
				mostAtOnce, mostOpened = 2*kept, kept+crowd(500)/2
			}
			if s.open.atOnce() > mostAtOnce || s.x.Connections() > mostOpened {
				t.Errorf("%d connections, %d at once", s.x.Connections(), s.open.atOnce())
			}
			if heap > 256<<20 {
				t.Errorf("the heap grew by %d MiB", heap>>20)
			}
		})
	}
}

// BenchmarkRushOfLogins compares the default HTTPClient with one like
// http.DefaultClient.
func BenchmarkRushOfLogins(b *testing.B) {
	for _, protocol := range []string{"HTTP/1", "HTTP/2"} {
		for client, toX := range map[string]func(*twittertest.Server) *http.Transport{"own client": ownTransport, "usual client": usualTransport} {
			b.Run(client+"/"+strings.ReplaceAll(protocol, "/", ""), func(b *testing.B) {
				var opened, atOnce, heap float64
				for b.Loop() {
					s := newRushed(b, toX, protocol)
					heap += float64(s.signIn(b, 500))
					opened += float64(s.x.Connections())
					atOnce += float64(s.open.atOnce())
				}
				b.ReportMetric(opened/float64(b.N), "connections/op")
				b.ReportMetric(atOnce/float64(b.N), "connections-at-once/op")
				b.ReportMetric(heap/float64(b.N)/(1<<20), "heap-MiB/op")
			})
		}
	}
}

// More logins than MaxLogins wait, and get in or are told to come again.
func TestRushBeyondMaxLogins(t *testing.T) {
	needsTheMachine(t)
	t.Parallel()
	const logins = 64
	s := newSite(t, configured(func(c *twitterauth.Config) { c.MaxLogins = 4 }))
	s.x.SetLatency(250 * time.Millisecond)
	s.auth.SetBudget(4 * time.Second)
	outcomes := make(chan string, logins)
	turnedAway := func(r reply) bool {
		if r.StatusCode == http.StatusServiceUnavailable && r.code(t) == "overloaded" && seconds(r.Header) > 0 {
			outcomes <- "overloaded"
			return true
		}
		return false
	}
	rush(logins, func(int) {
		b := s.browser(t)
		r := b.do("POST", "/auth/twitter/login", nil)
		switch {
		case turnedAway(r):
			return
		case r.StatusCode != http.StatusSeeOther:
			t.Errorf("login: %d %s", r.StatusCode, r.body)
			return
		}
		switch r = b.get(b.approve(r.location(), ada)); {
		case turnedAway(r):
		case r.StatusCode == http.StatusSeeOther && b.hasSession():
			outcomes <- "signed in"
		default:
			t.Errorf("callback: %d %s", r.StatusCode, r.body)
		}
	})
	close(outcomes)
	count := map[string]int{}
	for outcome := range outcomes {
		count[outcome]++
	}
	if count["signed in"]+count["overloaded"] != logins || count["signed in"] == 0 || count["overloaded"] == 0 {
		t.Errorf("%v", count)
	}
	t.Log(count, s.x.Connections(), "connections")
	if n := s.x.Connections(); n > 4 {
		t.Errorf("%d connections", n)
	}
}

func seconds(h http.Header) int {
	n, _ := strconv.Atoi(h.Get("Retry-After"))
	return n
}

// Ten thousand starts at once open few connections, and are answered each.
func TestRushOfStarts(t *testing.T) { // not parallel: it measures the heap
	needsTheMachine(t)
	starts := crowd(10_000)
	s := newSite(t)
	s.x.SetLatency(20 * time.Millisecond)
	s.auth.SetBudget(time.Minute) // on a busy machine too they wait for each other, not in vain
	statuses := make([]string, starts)
	began := time.Now()
	heap := peakHeap(func() {
		rush(starts, func(i int) {
			w := record(s.auth, newRequest("POST", "/auth/twitter/login"))
			statuses[i] = fmt.Sprint(w.Code)
			pending := len(w.Result().Cookies()) == 1
			location, err := url.Parse(w.Header().Get("Location"))
			ok := err == nil
			switch w.Code {
			case http.StatusSeeOther:
				ok = ok && pending && location.Query().Get("oauth_token") != ""
			case http.StatusServiceUnavailable:
				ok = ok && !pending && seconds(w.Header()) > 0
			default:
				ok = false
			}
			if !ok {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
		})
	})
	count := map[string]int{}
	for _, status := range statuses {
		count[status]++
	}
	t.Logf("%d starts: %v in %v, %d connections, heap %d MiB", starts, count, time.Since(began).Round(time.Millisecond), s.x.Connections(), heap>>20)
	if count["303"] == 0 {
		t.Error("nobody got in")
	}
	if n := s.x.Connections(); n > kept {
		t.Errorf("%d connections", n)
	}
	if heap > 512<<20 {
		t.Errorf("the heap grew by %d MiB", heap>>20)
	}
}
