package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// "make soak" runs 30,000 rounds on each set of databases; every other run a few.
const (
	soakRounds  = 300
	soakWorkers = 8
	soakPeople  = linked + 1 // of each worker, so that no other worker changes who they are
)

// What may be left after many rounds and is not there after a few. A kibibyte
// that each round leaves behind is 29 MiB after 30,000.
const (
	soakHeap       = 8 << 20
	soakGoroutines = 16
)

func soakLength(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SOAK_ROUNDS")
	if text == "" {
		return soakRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("SOAK_ROUNDS is %q and must be a number of rounds", text)
	}
	return n
}

// Many people sign in and out, cancel, open each other's callbacks, delete their
// accounts and come back while X fails now and then. Nobody is ever somebody
// else, no person is two users, and nothing piles up.
func TestSoak(t *testing.T) {
	for name, args := range map[string]func(*testing.T) []string{
		"SQLite":               func(*testing.T) []string { return nil },
		"PostgreSQL and Redis": func(t *testing.T) []string { return []string{"-db", startPostgres(t), "-sessions", startRedis(t).url} },
	} {
		t.Run(name, func(t *testing.T) { // one after the other: the heap is the process's
			s := newSoak(t, args(t)...)
			rounds := soakLength(t)
			begun := time.Now()
			s.run(max(rounds/10, 2*soakWorkers))
			heap, goroutines := s.settle()
			s.run(rounds)
			endHeap, endGoroutines := s.settle()
			s.checkUsers()
			t.Logf("%d rounds in %v: %d logins, %d of them refused because X failed; heap %.1f MiB after the warm-up and %.1f at the end, %d goroutines and %d",
				rounds, time.Since(begun).Round(time.Second), s.logins.Load(), s.failed.Load(),
				float64(heap)/(1<<20), float64(endHeap)/(1<<20), goroutines, endGoroutines)
			if endHeap > heap+soakHeap {
				t.Errorf("the heap grew from %d to %d bytes", heap, endHeap)
			}
			if endGoroutines > goroutines+soakGoroutines {
				t.Errorf("%d goroutines became %d", goroutines, endGoroutines)
			}
		})
	}
}

// soak is the example under load.
type soak struct {
	t         *testing.T
	site      *running
	x         *replaceableX
	transport *http.Transport // of all browsers
	logins    atomic.Int64
	failed    atomic.Int64
}

func newSoak(t *testing.T, args ...string) *soak {
	t.Helper()
	x := newReplaceableX(t)
	env := map[string]string{"TWITTER_API_URL": x.front.URL, "TWITTER_CONSUMER_KEY": x.now.ConsumerKey, "TWITTER_CONSUMER_SECRET": x.now.ConsumerSecret}
	s := &soak{t: t, site: start(t, env, args...), x: x, transport: &http.Transport{MaxIdleConnsPerHost: 4 * soakWorkers}}
	t.Cleanup(s.transport.CloseIdleConnections)
	return s
}

// replaceableX is X at one address, behind which the stand-in is replaced from
// time to time: it remembers tokens, and only what the app keeps is measured.
type replaceableX struct {
	front *httptest.Server
	now   *twittertest.Server
}

func newReplaceableX(t *testing.T) *replaceableX {
	t.Helper()
	x := &replaceableX{}
	x.replace()
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			target, err := url.Parse(x.now.URL)
			if err != nil {
				panic(err)
			}
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is part of what is signed
		},
		// A connection that the stand-in cuts is cut here too.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	x.front = httptest.NewServer(proxy)
	t.Cleanup(func() { x.front.Close(); x.now.Close() })
	return x
}

// replace is called between two runs, when no login is pending.
func (x *replaceableX) replace() {
	next := twittertest.NewServer()
	if x.now != nil {
		next.ConsumerKey, next.ConsumerSecret = x.now.ConsumerKey, x.now.ConsumerSecret
		x.now.Close()
	}
	for worker := range soakWorkers {
		for i := range soakPeople {
			next.AddPerson(twittertest.Person{ID: soakID(worker, i), ScreenName: "p" + soakID(worker, i), Name: "P"})
		}
	}
	x.now = next
}

func soakID(worker, i int) string { return strconv.Itoa(1_000_000 + worker*soakPeople + i) }

// run goes through that many rounds, with all workers.
func (s *soak) run(rounds int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for id := range soakWorkers {
		w := &worker{soak: s, id: id, random: rand.New(rand.NewPCG(uint64(rounds), uint64(id))), lastID: map[string]int64{}}
		wg.Go(func() {
			for !s.t.Failed() && next.Add(1) <= int64(rounds) {
				w.round()
			}
		})
	}
	wg.Wait()
}

// settle closes what may be closed and returns what is left.
func (s *soak) settle() (heap uint64, goroutines int) {
	s.t.Helper()
	s.x.replace()
	s.x.front.CloseClientConnections()
	s.transport.CloseIdleConnections()
	least, same := runtime.NumGoroutine(), 0
	if err := await(s.t.Context(), nil, func(context.Context) error {
		if now := runtime.NumGoroutine(); now < least {
			least, same = now, 0
		}
		if same++; same < 20 {
			return errors.New("connections are ending")
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, least
}

// checkUsers looks for a person who is two users.
func (s *soak) checkUsers() {
	s.t.Helper()
	var users, people int
	err := s.site.app.users.db.QueryRow(`SELECT count(twitter_id), count(DISTINCT twitter_id) FROM users`).Scan(&users, &people)
	if err != nil || users != people || people > soakWorkers*soakPeople {
		s.t.Errorf("%d users of %d people, %v", users, people, err)
	}
}

// worker plays its own people, one round after the other.
type worker struct {
	*soak
	id     int
	random *rand.Rand
	lastID map[string]int64 // the user ID that each person had last
}

// Who of a worker's people does what: some keep their user, one is forgotten
// after each first login, and one is linked to guests.
const (
	regulars = 4
	newcomer = regulars
	linked   = regulars + 1
)

func (w *worker) person() string { return soakID(w.id, w.random.IntN(regulars)) }

func (w *worker) round() {
	if w.random.IntN(40) == 0 {
		w.spoilX()
	}
	switch w.random.IntN(8) {
	case 0, 1:
		w.visit()
	case 2:
		w.changePerson()
	case 3:
		w.openForeignCallback()
	case 4:
		w.cancel()
	case 5:
		w.firstLoginsAtOnce()
	case 6:
		w.guest()
	case 7:
		w.callbackTwice()
	}
}

// spoilX makes one of the next calls of anybody fail.
func (w *worker) spoilX() {
	steps := []twittertest.Step{twittertest.RequestToken, twittertest.AccessToken, twittertest.VerifyCredentials}
	faults := []twittertest.Fault{twittertest.HTML(503), twittertest.HTML(500), twittertest.Reset(), twittertest.RateLimited(time.Second)}
	w.x.now.FailNext(steps[w.random.IntN(len(steps))], 1, faults[w.random.IntN(len(faults))])
}

// visit signs in, looks at pages and signs out.
func (w *worker) visit() {
	b, person := w.browser(), w.person()
	if !b.signIn(person) {
		return
	}
	b.is(person)
	if page := b.get("/"); !strings.Contains(page, "@p"+person) {
		w.t.Errorf("the first page is not %s's: %s", person, page)
	}
	if w.random.IntN(2) == 0 {
		b.post("/logout-everywhere", nil)
	} else {
		b.post("/auth/twitter/logout", nil)
	}
	b.is("")
}

// changePerson signs in as one person and then, in the same browser, another.
func (w *worker) changePerson() {
	b := w.browser()
	first, second := soakID(w.id, 0), soakID(w.id, 1)
	if !b.signIn(first) {
		return
	}
	if b.signIn(second) {
		b.is(second)
	} else {
		b.is(first) // a login that failed ends no session
	}
}

// openForeignCallback opens the end of a login in a browser where it did not begin.
func (w *worker) openForeignCallback() {
	victim, attacker := w.browser(), w.browser()
	mine, theirs := soakID(w.id, 2), soakID(w.id, 3)
	signedIn := w.random.IntN(2) == 0 && victim.signIn(mine)
	callback, ok := attacker.begin(theirs)
	if !ok {
		return
	}
	status, body := victim.open("GET", callback, nil)
	switch {
	case signedIn && (status == http.StatusForbidden || status == http.StatusSeeOther): // as the back button leads to it
		victim.is(mine)
	case !signedIn && status == http.StatusForbidden:
		victim.is("")
	default:
		w.t.Errorf("the callback of another browser: %d %s", status, body)
	}
	if attacker.finish(callback) {
		attacker.is(theirs)
	}
}

func (w *worker) cancel() {
	b := w.browser()
	location, ok := b.ask()
	if !ok {
		return
	}
	callback, err := w.x.now.Cancel(location)
	if err != nil {
		w.t.Error(err)
		return
	}
	if status, body := b.open("GET", callback, nil); status != http.StatusForbidden || !strings.Contains(body, "access_denied") {
		w.t.Errorf("cancelled: %d %s", status, body)
	}
	b.is("")
}

// firstLoginsAtOnce signs a person in whom the app does not know, in several
// browsers at once, and deletes their account again.
func (w *worker) firstLoginsAtOnce() {
	person := soakID(w.id, newcomer)
	var callbacks [4]string
	var browsers [4]*soakBrowser
	for i := range browsers {
		browsers[i] = w.browser()
		var ok bool
		if callbacks[i], ok = browsers[i].begin(person); !ok {
			return
		}
	}
	var wg sync.WaitGroup
	var finished [4]bool
	for i, b := range browsers {
		wg.Go(func() { finished[i] = b.finish(callbacks[i]) })
	}
	wg.Wait()
	var user string
	for i, b := range browsers {
		if !finished[i] {
			continue
		}
		id := b.is(person)
		if user != "" && id != user {
			w.t.Errorf("%s is the users %s and %s", person, user, id)
		}
		user = id
	}
	w.forget(person, user, browsers[:])
}

// forget deletes the person's user, of whom every browser then knows nothing.
func (w *worker) forget(person, user string, browsers []*soakBrowser) {
	if user == "" {
		return
	}
	id, err := strconv.ParseInt(user, 10, 64)
	if err != nil || id <= w.lastID[person] {
		w.t.Errorf("the user ID %s of %s after %d: %v", user, person, w.lastID[person], err)
	}
	w.lastID[person] = id
	for _, b := range browsers {
		b.post("/delete-account", url.Values{"user": {user}})
	}
	for _, b := range browsers {
		b.is("")
	}
}

// guest signs in as a guest, links an account and disconnects it.
func (w *worker) guest() {
	b, person := w.browser(), soakID(w.id, linked)
	b.post("/guest", nil)
	guest := b.is("guest")
	location, ok := b.askWith(url.Values{"link": {"true"}})
	if !ok {
		return
	}
	callback, err := w.x.now.Authorize(location, person)
	if err != nil {
		w.t.Error(err)
		return
	}
	if b.finish(callback) {
		if id := b.is(person); id != guest {
			w.t.Errorf("the guest %s became %s", guest, id)
		}
		b.post("/disconnect-x", nil)
		if id := b.is("guest"); id != guest {
			w.t.Errorf("the guest %s became %s", guest, id)
		}
	}
	b.post("/delete-account", url.Values{"user": {guest}})
	b.is("")
}

// callbackTwice opens the end of a login twice at once, as a double click does.
func (w *worker) callbackTwice() {
	b, person := w.browser(), w.person()
	callback, ok := b.begin(person)
	if !ok {
		return
	}
	var wg sync.WaitGroup
	var finished [2]bool
	for i := range finished {
		wg.Go(func() {
			status, body := b.open("GET", callback, nil)
			finished[i] = status == http.StatusSeeOther
			if !finished[i] && status != http.StatusForbidden && status/100 != 5 {
				w.t.Errorf("a callback twice: %d %s", status, body)
			}
		})
	}
	wg.Wait()
	if finished[0] || finished[1] {
		w.logins.Add(1)
		b.is(person)
	} else {
		b.is("")
	}
}

// soakBrowser follows no redirect by itself.
type soakBrowser struct {
	*worker
	client *http.Client
}

func (w *worker) browser() *soakBrowser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Error(err)
	}
	return &soakBrowser{w, &http.Client{Transport: w.transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *soakBrowser) open(method, address string, form url.Values) (status int, body string) {
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Error(err)
		return 0, ""
	}
	req.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Error(err)
	}
	return resp.StatusCode, string(text)
}

func (b *soakBrowser) get(path string) string {
	status, page := b.open("GET", b.site.URL+path, nil)
	if status != http.StatusOK {
		b.t.Errorf("%s: %d %s", path, status, page)
	}
	return page
}

// post posts a form of the app's pages, or logs out. A person whose user is gone
// meanwhile is told so.
func (b *soakBrowser) post(path string, form url.Values) {
	if status, body := b.open("POST", b.site.URL+path, form); status/100 > 3 && status != http.StatusUnauthorized {
		b.t.Errorf("%s: %d %s", path, status, body)
	}
}

func (b *soakBrowser) ask() (location string, ok bool) { return b.askWith(url.Values{}) }

// askWith starts a login and returns X's address. It is not ok where X failed.
func (b *soakBrowser) askWith(form url.Values) (location string, ok bool) {
	form.Set("return_to", "/me")
	form.Set("stayLoggedIn", strconv.FormatBool(b.random.IntN(2) == 0))
	status, body := b.open("POST", b.site.URL+"/auth/twitter/login", form)
	if b.xFailed(status, body) {
		return "", false
	}
	var answer struct{ URL string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		b.t.Errorf("the start of a login: %d %s", status, body)
		return "", false
	}
	return answer.URL, true
}

// begin goes as far as where X sends the browser back.
func (b *soakBrowser) begin(person string) (callback string, ok bool) {
	location, ok := b.ask()
	if !ok {
		return "", false
	}
	callback, err := b.x.now.Authorize(location, person)
	if err != nil {
		b.t.Error(err)
		return "", false
	}
	return callback, true
}

func (b *soakBrowser) finish(callback string) bool {
	status, body := b.open("GET", callback, nil)
	if b.xFailed(status, body) {
		return false
	}
	if status != http.StatusSeeOther {
		b.t.Errorf("a callback: %d %s", status, body)
		return false
	}
	b.logins.Add(1)
	return true
}

func (b *soakBrowser) signIn(person string) bool {
	callback, ok := b.begin(person)
	return ok && b.finish(callback)
}

// xFailed reports whether a login ended because X was made to fail.
func (b *soakBrowser) xFailed(status int, body string) bool {
	for _, code := range []string{"provider_unavailable", "provider_timeout", "rate_limited"} {
		if status/100 == 5 && strings.Contains(body, code) {
			b.failed.Add(1)
			return true
		}
	}
	return false
}

// is checks who the browser is, "" for a browser without a user and "guest" for a user without an
// X account, and returns the user's ID.
func (b *soakBrowser) is(person string) (userID string) {
	status, body := b.open("GET", b.site.URL+"/me", nil)
	var me User
	if err := json.Unmarshal([]byte(body), &me); err != nil {
		b.t.Errorf("/me: %d %s: %v", status, body, err)
		return ""
	}
	who := me.TwitterID
	switch {
	case status == http.StatusUnauthorized:
		who = ""
	case status == http.StatusOK && who == "":
		who = "guest"
	case status != http.StatusOK:
		who = fmt.Sprint(status, " ", body)
	}
	if who != person {
		b.t.Errorf("%q is %q", person, who)
	}
	return me.ID
}
