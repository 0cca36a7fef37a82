package twittertest

import "time"

// state is what [Server.Reset] brings back to the start.
type state struct {
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
	strict         bool

	nonces      map[string]time.Time
	noncesSwept time.Time
	faults      map[Step]*injected
	record      []recorded
	recordBytes int // of all of it
}

func newState() state {
	return state{
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
		nonces:         map[string]time.Time{},
		faults:         map[Step]*injected{},
	}
}

// Reset makes the server as it was at the start: the four people, every setting at
// its default, no token, no pending login, no failure, an empty record. The app's
// keys, the addresses ([Server.SetPublicURL]), the logger and the number of
// connections stay. Requests that hang go on to hang.
func (s *Server) Reset() {
	fresh := newState()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = fresh
}
