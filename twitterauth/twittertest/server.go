package twittertest

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Server is a stand-in for X on a loopback address.
type Server struct {
	// URL is its base, such as "http://127.0.0.1:12345": Config.APIURL. A server
	// of [NewUnstartedServer] has none.
	URL string

	// The app's keys at this X. The ConsumerSecret has characters in it that
	// must be encoded, so that a client which does not encode it fails. The
	// ClientSecret has the characters of X's secrets, letters, digits, '-' and
	// '_', which the encoding of RFC 6749, section 2.3.1, leaves alone. An
	// empty ClientSecret, set before the first login, makes the app a public
	// client of OAuth 2.0.
	ConsumerKey, ConsumerSecret string
	ClientID, ClientSecret      string

	http   *httptest.Server // nil: the caller serves Handler
	closed context.Context  // ends hanging answers
	close  context.CancelFunc
	once   sync.Once

	mu          sync.Mutex
	logger      *slog.Logger
	publicURLs  []string
	appBearer   string
	connections int
	state
}

// NewServer starts a stand-in. The caller must close it.
func NewServer() *Server {
	s, err := Listen("127.0.0.1:0")
	if err != nil {
		panic("twittertest: " + err.Error())
	}
	return s
}

// Listen starts a stand-in at an address such as "127.0.0.1:9090", whose port
// stays the same from one run to the next. The error is that of [net.Listen]. The
// caller must close the server. On an address that a network reaches, everybody
// there can be anyone.
func Listen(addr string) (*Server, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := NewUnstartedServer()
	s.serve(l)
	s.http.Start()
	s.URL = "http://" + dialable(l)
	return s, nil
}

// NewTLSServer starts a stand-in over https with HTTP/2. Its certificate is
// trusted by [Server.Client] only, so give that to Config.HTTPClient.
func NewTLSServer() *Server {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic("twittertest: " + err.Error())
	}
	s := NewUnstartedServer()
	s.serve(l)
	s.http.EnableHTTP2 = true
	s.http.StartTLS()
	s.URL = s.http.URL
	return s
}

// NewUnstartedServer returns a stand-in that listens nowhere and has no URL: the
// caller serves its [Server.Handler]. The caller must close it.
func NewUnstartedServer() *Server {
	s := &Server{
		ConsumerKey:    "key" + rand.Text(),
		ConsumerSecret: "s+e/c=r%e&t~ " + rand.Text(),
		ClientID:       "client" + rand.Text(),
		ClientSecret:   rand.Text() + "-_" + rand.Text(),
		appBearer:      "AAAAAAAAAAAAAAAAAAAAA" + newLongToken(),
		state:          newState(),
	}
	s.closed, s.close = context.WithCancel(context.Background())
	return s
}

// maxHeader bounds a request's header, in bytes. It is more than any client needs.
const maxHeader = 64 << 10

// serve makes the server answer at a listener once it is started.
func (s *Server) serve(l net.Listener) {
	s.http = &httptest.Server{Listener: l, Config: &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(io.Discard, "", 0), // failures are on purpose; they do not belong into the output of a caller's test
		ConnState:         s.countConnection,
	}}
}

func (s *Server) countConnection(_ net.Conn, state http.ConnState) {
	if state != http.StateNew {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
}

// dialable is a listener's address, with a loopback address in place of "every
// address of this machine".
func dialable(l net.Listener) string {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsUnspecified() {
		return l.Addr().String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(addr.Port))
}

// Close stops the server and ends every unfinished answer. It may be called
// more than once.
func (s *Server) Close() {
	s.once.Do(func() {
		s.close()
		if s.http != nil {
			s.http.CloseClientConnections()
			s.http.Close()
		}
	})
}

// Client returns a client that trusts the server's certificate.
func (s *Server) Client() *http.Client {
	if s.http == nil {
		return &http.Client{}
	}
	return s.http.Client()
}

// Connections returns how many connections were opened to the server. It does not
// count those of a server that the caller runs with [Server.Handler].
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// SetLatency makes every answer of the API wait that long. Default: 0.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// SetClock makes the server's clock differ from this machine's clock: it refuses
// timestamps more than five minutes away, and its Date header has its time.
func (s *Server) SetClock(offset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clockOffset = offset
}

// RegisterCallbacks sets the callback URLs that the app has registered; others
// are refused with X's code 415, in OAuth 2.0 with a page. Without arguments any
// callback URL is accepted, as at the start.
func (s *Server) RegisterCallbacks(urls ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registered = append([]string(nil), urls...)
}

// SetRequestEmail sets whether the app may ask for people's email addresses
// ("Request email from users" in X's console). Without, OAuth 1.0a
// leaves the field out, and OAuth 2.0 refuses the scope users.email: the
// callback gets error=invalid_scope. Default: true.
func (s *Server) SetRequestEmail(may bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidesEmail = !may
}

// OmitIdentity leaves user_id and screen_name out of access tokens' answers,
// as X may do.
func (s *Server) OmitIdentity(omit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.omitsWho = omit
}

// now is the server's time.
func (s *Server) now() time.Time { return time.Now().Add(s.clockOffset) }
