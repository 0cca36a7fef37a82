package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
	"golang.org/x/oauth2"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// Native apps with OAuth clients that are not ours sign in through Chromium, over
// both protocols, by each kind of redirect.

// The redirect URIs that the small site takes. A loopback redirect has a port too.
const (
	privateScheme = "com.example.app:/signed-in"
	claimedLink   = "https://app.example.com/app/signed-in"
	loopback4     = "http://127.0.0.1/signed-in"
	loopback6     = "http://[::1]/signed-in"
)

// nativeApp is an app with some OAuth client.
type nativeApp interface {
	// open is what the app's button does; it returns what the browser gets.
	open(t *testing.T) (address string)
	// opened is the system's call with the redirect, except on loopback.
	opened(t *testing.T, redirect string)
	// result is how the sign-in ended in the app.
	result(t *testing.T) appResult
}

type appResult struct {
	AccessToken, TokenType string
	ExpiresIn              float64
	Again                  string // what a second exchange of the code gives
	Error                  string
}

// clients are the OAuth clients, with what each makes of a refused code.
var clients = map[string]struct {
	start func(t *testing.T, site *running, redirectURI string) nativeApp
	again string
	kinds []string
}{
	"golang.org/x/oauth2": {newGoApp, "invalid_grant", []string{privateScheme, claimedLink}}, // on loopback: TestBrowserCLI
	"AppAuth-JS":          {nodeApp("appauth.js"), "Bad Request", []string{privateScheme, claimedLink, loopback4}},
	"oauth4webapi":        {nodeApp("oauth4webapi.mjs"), "invalid_grant", []string{privateScheme, claimedLink, loopback4, loopback6}},
}

// goApp is an app with golang.org/x/oauth2, as it comes: it finds out how to send
// the client's ID by trying HTTP Basic first.
type goApp struct {
	config          oauth2.Config
	verifier, state string
	got             appResult
}

func newGoApp(t *testing.T, site *running, redirectURI string) nativeApp {
	routes := site.URL + "/auth/twitter/"
	return &goApp{
		config:   oauth2.Config{ClientID: "any", RedirectURL: redirectURI, Endpoint: oauth2.Endpoint{AuthURL: routes + "authorize", TokenURL: routes + "token"}},
		verifier: oauth2.GenerateVerifier(), state: oauth2.GenerateVerifier(),
	}
}

func (a *goApp) open(*testing.T) string {
	return a.config.AuthCodeURL(a.state, oauth2.S256ChallengeOption(a.verifier))
}

func (a *goApp) opened(t *testing.T, redirect string) {
	u, err := url.Parse(redirect)
	if err != nil || u.Query().Get("state") != a.state {
		t.Fatalf("the app is opened with %s", redirect)
	}
	if a.got.Error = u.Query().Get("error"); a.got.Error != "" {
		return
	}
	token, err := a.exchange(t.Context(), u.Query().Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	a.got.AccessToken, a.got.TokenType, a.got.ExpiresIn = token.AccessToken, token.TokenType, float64(token.ExpiresIn)
	var refusal *oauth2.RetrieveError
	if _, err := a.exchange(t.Context(), u.Query().Get("code")); errors.As(err, &refusal) {
		a.got.Again = refusal.ErrorCode
	}
}

func (a *goApp) exchange(ctx context.Context, code string) (*oauth2.Token, error) {
	return a.config.Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
}

func (a *goApp) result(*testing.T) appResult { return a.got }

// scriptApp is a script of the folder nativeclients, run by Node.js.
type scriptApp struct {
	cmd     *exec.Cmd
	browser <-chan string
	stdin   *os.File
	wait    <-chan error
	output  bytes.Buffer
}

func needNode(t *testing.T) string {
	t.Helper()
	node := need(t, "node", "nodejs npm")
	if _, err := os.Stat(filepath.Join("nativeclients", "node_modules", "oauth4webapi")); err != nil {
		miss(t, "this test needs OAuth clients from npm: npm ci --ignore-scripts in example/nativeclients gets them")
	}
	return node
}

func nodeApp(script string) func(*testing.T, *running, string) nativeApp {
	return func(t *testing.T, site *running, redirectURI string) nativeApp {
		program := browserProgram(t)
		folder := filepath.Dir(program)
		for _, name := range []string{"xdg-open", "open"} { // of Linux and of macOS
			if err := os.Symlink(program, filepath.Join(folder, name)); err != nil {
				t.Fatal(err)
			}
		}
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close(); out.Close() })
		a := &scriptApp{cmd: exec.CommandContext(t.Context(), needNode(t), script), browser: openedAddress(t, "BROWSER="+program), stdin: out}
		a.cmd.Dir, a.cmd.Stdin = "nativeclients", in
		a.cmd.Stdout, a.cmd.Stderr = &a.output, &a.output
		a.cmd.Env = []string{"PATH=" + folder, "ROUTES=" + site.URL + "/auth/twitter", "REDIRECT_URI=" + redirectURI}
		if site.TLS != nil {
			a.cmd.Env = append(a.cmd.Env, "NODE_EXTRA_CA_CERTS="+certificateFile(t, site))
		}
		return a
	}
}

func certificateFile(t *testing.T, site *running) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func (a *scriptApp) open(t *testing.T) string {
	t.Helper()
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.cmd.Wait() }()
	t.Cleanup(func() { a.cmd.Process.Kill() })
	a.wait = ended
	select {
	case address := <-a.browser:
		return address
	case err := <-ended:
		t.Fatalf("the app ends without opening the browser: %v\n%s", err, a.output.String())
		return ""
	}
}

func (a *scriptApp) opened(t *testing.T, redirect string) {
	t.Helper()
	if _, err := a.stdin.WriteString(redirect + "\n"); err != nil {
		t.Fatal(err)
	}
}

func (a *scriptApp) result(t *testing.T) (got appResult) {
	t.Helper()
	err := <-a.wait
	_, result, _ := strings.Cut(a.output.String(), "RESULT ")
	if err != nil || json.Unmarshal([]byte(result), &got) != nil {
		t.Fatalf("the app ends without a result: %v\n%s", err, a.output.String())
	}
	return got
}

// redirects records where a tab wants to go that no browser can open.
func (b *tab) redirects() <-chan *page.EventFrameRequestedNavigation {
	b.Helper()
	seen := make(chan *page.EventFrameRequestedNavigation, 16)
	err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*page.EventFrameRequestedNavigation); ok && strings.HasPrefix(e.URL, privateScheme) {
			seen <- e
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	return seen
}

// next waits for the next redirect.
func (b *tab) next(redirects <-chan *page.EventFrameRequestedNavigation) *page.EventFrameRequestedNavigation {
	b.Helper()
	select {
	case e := <-redirects:
		return e
	case <-time.After(patience):
		b.Fatalf("the tab does not go to the app; %s", b.look())
		return nil
	}
}

// appSite is a small site with apps of each kind.
func appSite(t *testing.T, protocol string) *smallSite {
	t.Helper()
	changes := []func(*twitterauth.Config, *twittertest.Server){withApps(privateScheme, claimedLink, loopback4, loopback6)}
	if protocol == "OAuth 2.0" {
		changes = append(changes, overOAuth2)
	}
	return startSmallSite(t, func(s *smallSite) http.Handler {
		mux := http.NewServeMux()
		s.auth.Mount(mux)
		return mux
	}, changes...)
}

// withPort gives a loopback redirect a free port.
func withPort(t *testing.T, redirectURI string) string {
	t.Helper()
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		if path, ok := strings.CutPrefix(redirectURI, host+"/"); ok {
			return fmt.Sprintf("%s:%d/%s", host, freePort(t), path)
		}
	}
	return redirectURI
}

func TestBrowserNativeClients(t *testing.T) {
	t.Parallel()
	needChromium(t)
	for name, client := range clients {
		for _, protocol := range []string{"OAuth 1.0a", "OAuth 2.0"} {
			for _, kind := range client.kinds {
				scheme, _, _ := strings.Cut(kind, "/signed-in")
				t.Run(name+"/"+protocol+"/"+scheme, func(t *testing.T) {
					t.Parallel()
					site := appSite(t, protocol)
					redirectURI := withPort(t, kind)
					app := client.start(t, site.running, redirectURI)
					b := openTab(t, site.running)
					throughChromium(b, app, redirectURI, func() { b.pickAt(ada) })
					if len(b.cookies(isSession)) != 0 {
						t.Error("the browser has a session")
					}
					got := app.result(t)
					if !strings.EqualFold(got.TokenType, "bearer") || !strings.HasPrefix(got.AccessToken, "twa_") || got.ExpiresIn < 23*3600 || got.Again != client.again || got.Error != "" {
						t.Fatalf("the app has %+v", got)
					}
					site.signedInAs(t, got.AccessToken, "1")
				})
			}
		}
	}
}

// throughChromium signs in, or cancels, in a tab of Chromium, and opens the app with
// the redirect.
func throughChromium(b *tab, app nativeApp, redirectURI string, decide func()) {
	b.Helper()
	redirects := b.redirects()
	b.expect("Failed to launch '" + privateScheme)      // no app has that scheme here
	b.expect("Not allowed to launch '" + privateScheme) // by itself, without a tap
	b.expect("a request to " + claimedLink)             // no app claims that link here
	b.expect("net::ERR_BLOCKED_BY_CLIENT")
	b.expect("BounceTrackingIssue") // a page that leads to a private scheme by itself
	// Of the pages that the apps show on loopback.
	b.expect("QuirksModeIssue")
	b.expect("/favicon.ico")
	b.open(app.open(b.T))
	if redirectURI != claimedLink {
		b.at("/auth/twitter/authorize", signInButton)
		b.click(signInButton)
	}
	decide()
	switch redirectURI {
	case privateScheme:
		byRefresh := b.next(redirects)
		b.at("/auth/twitter/callback", `a[href^="`+privateScheme+`"]`)
		b.takePicture("back to the app")
		b.click(`a[href^="` + privateScheme + `"]`) // what a person does where the browser wants a tap
		byTap := b.next(redirects)
		if byRefresh.Reason != page.ClientNavigationReasonHTTPHeaderRefresh || byTap.Reason != page.ClientNavigationReasonAnchorClick || byRefresh.URL != byTap.URL {
			b.Errorf("the page leads to %v and %v", byRefresh, byTap)
		}
		app.opened(b.T, byTap.URL)
	case claimedLink:
		app.opened(b.T, b.claimed())
	default:
		b.until(`location.pathname === "/signed-in" && document.readyState === "complete"`)
	}
}

// claimed waits until the tab asks for the claimed link, which is not answered.
func (b *tab) claimed() (address string) {
	b.Helper()
	b.until(`location.protocol === "chrome-error:" || location.href.startsWith("` + claimedLink + `")`)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, fault := range b.faults {
		if at, ok := strings.CutPrefix(fault, "a request to "); ok && strings.HasPrefix(at, claimedLink) {
			return at
		}
	}
	b.Fatal("the tab did not ask for the claimed link")
	return ""
}

// signedInAs checks whose session a token is.
func (r *running) signedInAs(t *testing.T, token, userID string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.URL+"/auth/twitter/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := r.Client().Do(req)
	if status, body := text(t, resp, err); status != http.StatusOK || !strings.Contains(body, `"userId":"`+userID+`"`) {
		t.Errorf("the session of the token: %d %s", status, body)
	}
}

// Where X approves at once, the post of the button is redirected up to the app, and
// Chromium checks each redirect against the page's form-action.
func TestBrowserNativeClientsAtOnce(t *testing.T) {
	t.Parallel()
	needChromium(t)
	client := clients["oauth4webapi"]
	for _, kind := range []string{privateScheme, loopback4, loopback6} { // a claimed link has no button
		scheme, _, _ := strings.Cut(kind, "/signed-in")
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			site := appSite(t, "OAuth 1.0a")
			site.x.SignInAs(ada)
			redirectURI := withPort(t, kind)
			app := client.start(t, site.running, redirectURI)
			throughChromium(openTab(t, site.running), app, redirectURI, func() {})
			if got := app.result(t); !strings.HasPrefix(got.AccessToken, "twa_") {
				t.Errorf("the app has %+v", got)
			}
		})
	}
}

// Over https nothing has to be allowed in the client, and the browser goes from
// https to plain http on loopback.
func TestBrowserNativeClientOverHTTPS(t *testing.T) {
	t.Parallel()
	needChromium(t)
	site := startTLS(t)
	site.x.SignInAs(ada)
	redirectURI := withPort(t, loopback4)
	app := clients["oauth4webapi"].start(t, site, redirectURI)
	b := openTab(t, site)
	call(b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	throughChromium(b, app, redirectURI, func() {})
	site.signedInAs(t, app.result(t).AccessToken, "1")
}

// A person who cancels at X is back in the app.
func TestBrowserNativeClientsCancel(t *testing.T) {
	t.Parallel()
	needChromium(t)
	for name, client := range clients {
		for _, kind := range client.kinds {
			scheme, _, _ := strings.Cut(kind, "/signed-in")
			t.Run(name+"/"+scheme, func(t *testing.T) {
				t.Parallel()
				site := appSite(t, "OAuth 2.0")
				redirectURI := withPort(t, kind)
				app := client.start(t, site.running, redirectURI)
				b := openTab(t, site.running)
				throughChromium(b, app, redirectURI, func() { b.atX(); b.click(cancelButton) })
				if got := app.result(t); got.Error != "access_denied" {
					t.Errorf("the app has %+v", got)
				}
				if len(site.members.list()) != 0 {
					t.Error("there is a user")
				}
			})
		}
	}
}
