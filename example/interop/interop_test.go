package interop

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
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

func TestClients(t *testing.T) {
	for _, c := range clients {
		t.Run(c.name+"/"+c.protocol, func(t *testing.T) {
			t.Parallel()
			x := twittertest.NewUnstartedServer()
			t.Cleanup(x.Close)
			if c.encodesSecret {
				x.ClientSecret = rand.Text()
			}
			n := lead(t, x)
			page := login(t, n, c, keysOf(x))
			var got identity
			if err := json.Unmarshal([]byte(page.body), &got); err != nil || got != zoe {
				t.Errorf("the app has %v", page)
				for _, r := range x.Requests() {
					t.Log(r)
				}
			}
		})
	}
}

// login signs zoe in to an app with a client, and returns the last page.
func login(t *testing.T, n *network, c client, k keys) shown {
	t.Helper()
	env, program, args := environment(n, k), c.command[0], c.command[1:]
	if c.from == goModule {
		env, program = append(env, "GO_CLIENT="+program), os.Args[0]
	}
	a := startApp(t, env, program, args...)
	b := newBrowser(t, n)
	page := b.open(a.login)
	return b.consent(page, zoe.ID)
}
