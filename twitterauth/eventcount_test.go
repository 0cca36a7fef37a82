package twitterauth_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// countedRounds are logins of many people at once, at a site whose X and whose
// store fail now and then. The test counts the logins that it abandons.
type countedRounds struct {
	*site
	t         *testing.T
	p         protocol
	rng       *rand.Rand // of one worker
	begun     *atomic.Int64
	abandoned *atomic.Int64
}

// one is one login, of a random kind with a random end.
func (c countedRounds) one() {
	b := c.browser(c.t)
	switch c.rng.IntN(8) {
	case 0:
		c.tokenLogin(b)
		return
	case 1, 2:
		c.appLogin()
		return
	}
	r := b.do("POST", "/auth/twitter/login", nil)
	if r.StatusCode != http.StatusSeeOther {
		return // failed, which is an end
	}
	c.begun.Add(1)
	switch c.rng.IntN(8) {
	case 0:
		c.abandoned.Add(1)
	case 1:
		address := b.cancel(r.location())
		b.get(address)
		b.get(address)
	case 2:
		c.overlap(b, b.approve(r.location(), ada))
	case 3:
		c.goAway(b, b.approve(r.location(), ada))
	default:
		address := b.approve(r.location(), ada)
		b.get(address)
		if c.rng.IntN(2) == 0 {
			b.get(address)
		}
	}
}

// overlap brings a callback twice at once.
func (c countedRounds) overlap(b *browser, address string) {
	cookies := b.cookies()
	var wg sync.WaitGroup
	for range 2 + c.rng.IntN(2) {
		tab := c.browser(c.t)
		for name, value := range cookies {
			tab.setCookie(name, value)
		}
		wg.Go(func() { tab.get(address) })
	}
	wg.Wait()
}

// goAway brings a callback, leaves at some moment and comes again.
func (c countedRounds) goAway(b *browser, address string) {
	ctx, cancel := context.WithCancel(c.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		c.t.Error(err)
	}
	left, turns := make(chan struct{}), c.rng.IntN(200)
	go func() {
		defer close(left)
		for range turns {
			runtime.Gosched()
		}
		cancel()
	}()
	if resp, err := b.http.Do(req); err == nil {
		resp.Body.Close()
	}
	<-left
	b.get(address)
}

func (c countedRounds) tokenLogin(b *browser) {
	if c.p.oauth2 {
		return
	}
	c.begun.Add(1)
	token, secret := c.x.TokenPair(zoe)
	b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
}

func (c countedRounds) appLogin() {
	app := c.app(c.t, claimedLink)
	r := app.browser.do("POST", "/auth/twitter/authorize", app.request())
	if r.StatusCode != http.StatusSeeOther {
		return
	}
	c.begun.Add(1)
	if c.rng.IntN(4) == 0 {
		app.back(app.browser.visit(app.browser.cancel(r.location())))
		return
	}
	code := app.back(app.browser.visit(app.browser.approve(r.location(), noor))).Get("code")
	if c.rng.IntN(4) == 0 {
		c.abandoned.Add(1)
		return
	}
	for range 1 + c.rng.IntN(3) {
		app.exchange(code)
	}
}

// Whatever fails, and whoever comes twice: what began has finished, has failed, or
// was abandoned.
func TestEventsAddUp(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const workers, rounds = 6, 25
		events := &observed{}
		s := newAppSite(t, p, observing(events), configured(func(c *twitterauth.Config) { c.TokenLogin = c.ConsumerKey != "" }))
		var logins, begun, abandoned atomic.Int64
		s.users.onByID = func(_ context.Context, userID string) (*user, error) { return &user{ID: userID}, nil }
		s.users.onLogin = func(_ context.Context, login twitterauth.Login) (string, error) {
			switch logins.Add(1) % 7 {
			case 1:
				return "", twitterauth.ErrLoginRefused
			case 3:
				return "", twitterauth.ErrStoreUnavailable
			case 5:
				panic("boom")
			}
			return "user of " + login.TwitterID, nil
		}
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		var wg sync.WaitGroup
		for worker := range workers {
			wg.Go(func() {
				c := countedRounds{site: s, t: t, p: p, rng: rand.New(rand.NewPCG(seed, uint64(worker))), begun: &begun, abandoned: &abandoned}
				for range rounds {
					steps := append([]twittertest.Step{twittertest.RequestToken}, p.steps...)
					if c.rng.IntN(3) == 0 {
						faults := []twittertest.Fault{twittertest.HTML(503), twittertest.Reset(), twittertest.RateLimited(time.Minute), twittertest.ErrorCode(401, 32), twittertest.Truncate()}
						s.x.FailNext(steps[c.rng.IntN(len(steps))], 1+c.rng.IntN(2), faults[c.rng.IntN(len(faults))])
					}
					c.one()
				}
			})
		}
		wg.Wait()
		s.Close() // requests of clients that went away have ended too
		count := map[twitterauth.EventKind]int64{}
		for _, e := range events.take() {
			count[e.Kind]++
		}
		t.Logf("%v, %d abandoned", count, abandoned.Load())
		ends := count[twitterauth.EventLoginFinished] + count[twitterauth.EventLoginFailed]
		if count[twitterauth.EventLoginStarted] != ends+abandoned.Load() || count[twitterauth.EventLoginStarted] < begun.Load() {
			t.Errorf("%d began, %d at X; %d ended and %d were abandoned", count[twitterauth.EventLoginStarted], begun.Load(), ends, abandoned.Load())
		}
		if count[twitterauth.EventLoginFinished] == 0 || count[twitterauth.EventLoginFailed] == 0 || abandoned.Load() == 0 {
			t.Error("this test sees too little")
		}
	})
}
