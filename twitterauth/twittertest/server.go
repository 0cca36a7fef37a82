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
	"sync"
	"time"
)

// Server is a stand-in for X on a loopback address.
type Server struct {
	// URL is its base, such as "http://127.0.0.1:12345": Config.APIURL.
	URL string

	// The app's keys at this X. The ConsumerSecret has characters in it that must
	// be encoded, so that a client which does not encode it fails. The
	// ClientSecret has the characters of X's secrets, letters, digits, '-' and
	// '_', which the encoding of RFC 6749, section 2.3.1, leaves alone. An empty ClientSecret, set before the
	// first login, makes the app a public client of OAuth 2.0.
	ConsumerKey, ConsumerSecret string
	ClientID, ClientSecret      string

	http   *httptest.Server
	closed context.Context // ends hanging answers
	close  context.CancelFunc
	once   sync.Once

	mu          sync.Mutex
	people      []Person
	reply       reply
	registered  []string
	hidesEmail  bool
	omitsWho    bool
	clockOffset time.Duration
	latency     time.Duration
	requests    map[string]*requestToken
	access      map[string]*accessToken

	authorizations map[string]*authorization
	codes          map[string]*code
	bearers        map[string]*grant // by access token
	refreshes      map[string]*grant // by refresh token
	spent          map[string]*grant // by refresh token that was used

	bearerLifetime time.Duration
	reuseEndsGrant bool
	omitsRefresh   bool
	refusedScopes  []string
	withheldScopes []string
	lastPost       int64
	lastPair       map[string]string // access tokens of OAuth 1.0a by person
	appBearer      string
	strict         bool
	logger         *slog.Logger

	nonces      map[string]time.Time
	noncesSwept time.Time
	faults      map[Step]*injected
	record      []Request
	connections int
}

// NewServer starts a stand-in. The caller must close it.
func NewServer() *Server {
	s := newServer()
	s.http.Start()
	s.URL = s.http.URL
	return s
}

// NewTLSServer starts a stand-in over https with HTTP/2. Its certificate is
// trusted by [Server.Client] only, so give that to Config.HTTPClient.
func NewTLSServer() *Server {
	s := newServer()
	s.http.EnableHTTP2 = true
	s.http.StartTLS()
	s.URL = s.http.URL
	return s
}

func newServer() *Server {
	s := &Server{
		ConsumerKey:    "key" + rand.Text(),
		ConsumerSecret: "s+e/c=r%e&t~ " + rand.Text(),
		ClientID:       "client" + rand.Text(),
		ClientSecret:   rand.Text() + "-_" + rand.Text(),
		people:         defaultPeople(),
		requests:       map[string]*requestToken{},
		access:         map[string]*accessToken{},
		authorizations: map[string]*authorization{},
		codes:          map[string]*code{},
		bearers:        map[string]*grant{},
		refreshes:      map[string]*grant{},
		spent:          map[string]*grant{},
		bearerLifetime: bearerLifetime,
		lastPair:       map[string]string{},
		appBearer:      "AAAAAAAAAAAAAAAAAAAAA" + newLongToken(),
		nonces:         map[string]time.Time{},
		faults:         map[Step]*injected{},
	}
	s.closed, s.close = context.WithCancel(context.Background())
	s.http = httptest.NewUnstartedServer(s.handler())
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // faults are meant; a caller's test is no place for them
	s.http.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.connections++
		}
	}
	return s
}

// Close stops the server and ends every answer under way. It may be called
// more than once.
func (s *Server) Close() {
	s.once.Do(func() {
		s.close()
		s.http.CloseClientConnections()
		s.http.Close()
	})
}

// Client returns a client that trusts the server's certificate.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Connections returns how many connections were opened to the server.
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

// SetClock makes the server's clock differ from this machine's: it refuses
// timestamps more than five minutes away, and its Date header tells its time.
func (s *Server) SetClock(offset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clockOffset = offset
}

// RegisterCallbacks says which callback URLs the app has registered; others
// are refused as X does (code 415; in OAuth 2.0 a page). With none, any is
// taken, as at the start.
func (s *Server) RegisterCallbacks(urls ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registered = append([]string(nil), urls...)
}

// SetRequestEmail says whether the app may ask for people's email addresses
// ("Request email address from users" in X's console). Without, OAuth 1.0a
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
