package interop

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestMain(m *testing.M) {
	if name := os.Getenv("GO_CLIENT"); name != "" {
		fmt.Fprintln(os.Stderr, serveGoClient(name))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// identity is what an app answers once somebody has signed in.
type identity struct {
	ID     string `json:"id"`
	Handle string `json:"handle"`
}

// zoe has an ID beyond 2^53.
var zoe = identity{"9007199254740993", "zoe_quotes"}

// Each client signs in at a stand-in that is as it comes, and tries a strict one.
// docs/interop.md has the results.
func TestClients(t *testing.T) {
	rows := make([]row, len(clients))
	t.Run("login", func(t *testing.T) {
		for i, c := range clients {
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				rows[i] = row{client: c, version: version(t, c)}
				a := attempt(t, c, func(x *twittertest.Server) {
					if c.encodesSecret {
						x.ClientSecret = rand.Text()
					}
				})
				if a.who() != zoe {
					t.Errorf("the app shows %v\nX: %+v", a.page, a.requests)
				}
				rows[i].attempt = a
				rows[i].strict = attempt(t, c, func(x *twittertest.Server) {
					x.SetStrict(true)
					if c.encodesSecret {
						x.ClientSecret = rand.Text()
					}
				})
			})
		}
	})
	if !t.Failed() {
		checkTable(t, rows)
	}
}

// X compares HTTP Basic with the secret as it is. The clients that percent-encode
// more than the RFC's unreserved characters fail with a secret as X makes them.
func TestEncodedSecret(t *testing.T) {
	for _, c := range clients {
		if !c.encodesSecret {
			continue
		}
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			version(t, c)
			a := attempt(t, c, func(*twittertest.Server) {})
			r, _ := last(a.requests, twittertest.Token)
			if a.who() == zoe || !strings.Contains(r.Diagnosis, "percent-encoded") {
				t.Errorf("the app shows %v; X's diagnosis is %q", a.page, r.Diagnosis)
			}
		})
	}
}

// result is how a login ended.
type result struct {
	page     shown
	hosts    []string
	requests []twittertest.Request
}

// who is the person that the app has signed in.
func (r result) who() (who identity) {
	if json.Unmarshal([]byte(r.page.body), &who) != nil {
		return identity{}
	}
	return who
}

// attempt signs zoe in to an app with a client.
func attempt(t *testing.T, c client, change func(*twittertest.Server)) result {
	t.Helper()
	x := twittertest.NewUnstartedServer()
	t.Cleanup(x.Close)
	change(x)
	n := lead(t, x)
	a := startApp(t, environment(n, keysOf(x)), c)
	b := newBrowser(t, n)
	page := b.consent(b.open(a.login), zoe.ID)
	if c.typesPIN {
		page = b.open(strings.TrimSuffix(a.login, "/login") + "/callback?oauth_verifier=" + page.pin())
	}
	a.stop()
	return result{page, n.hosts(), x.Requests()}
}
