package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to become what a test waits for, on a
// machine that has much else to do.
const patience = 30 * time.Second

// chromium is one browser for the whole test run. Each test has a profile of
// its own in it: a browser context, as a private window has.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func needChromium(t *testing.T) string {
	t.Helper()
	return need(t, "chromium", "chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
}

// launch starts a browser that keeps its profile in a folder, or in one of its
// own that it removes for "".
func launch(path, profile string) (ctx context.Context, stop func(), err error) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Headless,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.DisableGPU,
		// Only pages of this test are opened, and the sandbox needs rights
		// that containers seldom give.
		chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-breakpad", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en"),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("host-resolver-rules", "MAP *.example.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE ::1, EXCLUDE [::1], EXCLUDE localhost"),
		chromedp.WindowSize(1000, 700),
	}
	if profile != "" {
		options = append(options, chromedp.UserDataDir(profile))
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop = func() {
		end, done := context.WithTimeout(ctx, patience)
		defer done()
		chromedp.Cancel(end) // politely, so that it saves its cookies
		cancel()
		free()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("chromium does not start: %w", err)
	}
	return ctx, stop, nil
}

// tab is a tab of a browser at the example, and a record of what went wrong
// in it.
type tab struct {
	*testing.T
	ctx  context.Context
	site *running

	mu       sync.Mutex
	faults   []string // of the console, scripts, policies and cookies
	expected []string // faults that the test provokes
	visited  []visit
	images   []string // addresses of profile images, which are answered here
}

// visit is a document that the tab received.
type visit struct{ url, policy string }

// openTab opens a tab in a new profile of the shared browser.
func openTab(t *testing.T, site *running) *tab {
	t.Helper()
	path := needChromium(t)
	chromium.once.Do(func() { chromium.ctx, chromium.stop, chromium.err = launch(path, "") })
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	return newTab(chromium.ctx, t, site, chromedp.WithNewBrowserContext())
}

// another opens one more tab in the same profile.
func (b *tab) another() *tab {
	b.Helper()
	return newTab(b.ctx, b.T, b.site)
}

func newTab(parent context.Context, t *testing.T, site *running, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{T: t, site: site}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.listen))...)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.report()
		cancel()
	})
	// Two tabs of a profile both act as the one in front.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(b, audits.Enable, cdp.Empty{})
	call(b, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "https://*"}}})
	b.scheme("light") //nolint:contextcheck // the tab has its own
	return b
}

// call is one command of the DevTools protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%v; %s", err, b.look())
	}
}

// listen records what a person would find in the browser's console.
func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.faults = append(b.faults, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelVerbose {
			b.faults = append(b.faults, fmt.Sprintf("%s %s: %s (%s)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *audits.EventIssueAdded:
		details, _ := json.Marshal(e.Issue)
		b.faults = append(b.faults, "issue: "+string(details))
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.visited = append(b.visited, visit{e.Response.URL, header(e.Response.Headers, "Content-Security-Policy")})
		}
	case *network.EventRequestWillBeSent:
		if e.RedirectResponse != nil {
			b.visited = append(b.visited, visit{url: e.RedirectResponse.URL})
		}
	case *fetch.EventRequestPaused:
		go b.answer(e)
	}
}

func header(h network.Headers, name string) string {
	for key, value := range h {
		if strings.EqualFold(key, name) {
			return strings.Trim(fmt.Sprint(value), `"`)
		}
	}
	return ""
}

// onePixel is a PNG of one transparent pixel, through which the initial is seen.
var onePixel = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// answer stands for every https server but the example itself: there is no
// network in these tests.
func (b *tab) answer(e *fetch.EventRequestPaused) {
	if u, err := url.Parse(e.Request.URL); err == nil && strings.HasSuffix(u.Host, ".twimg.com") {
		b.mu.Lock()
		b.images = append(b.images, e.Request.URL)
		b.mu.Unlock()
		chromedp.Call(b.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: 200,
			ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "image/png"}}, Body: onePixel()})
		return
	}
	if strings.HasPrefix(e.Request.URL, b.site.URL) {
		chromedp.Call(b.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	b.mu.Lock()
	b.faults = append(b.faults, "a request to "+e.Request.URL)
	b.mu.Unlock()
	chromedp.Call(b.ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient})
}

// expect says that a fault with this text in it is part of the test.
func (b *tab) expect(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, text)
}

// report fails the test for every fault that was not expected.
func (b *tab) report() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, fault := range b.faults {
		if !slices.ContainsFunc(b.expected, func(text string) bool { return strings.Contains(fault, text) }) {
			b.Errorf("the browser complains: %s", fault)
		}
	}
	b.faults = nil
}

// eval returns a value of the page.
func eval[T any](b *tab, script string, options ...chromedp.EvaluateOption) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, options...))
	if err != nil {
		b.Fatalf("%s: %v; %s", script, err, b.look())
	}
	return value
}

// until waits for the page to become such that the script is true.
func (b *tab) until(script string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		// It fails while one page makes way for the next.
		if is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && is {
			return
		}
		select {
		case <-ctx.Done():
			b.Fatalf("not within %v: %s; %s", patience, script, b.look())
		case <-tick.C:
		}
	}
}

// look describes where the tab is.
func (b *tab) look() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + ": " + document.body?.innerText`))
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("the tab is at %s (%v), with %q", seen, err, b.faults)
}

// open goes to a path of the example, or to any address.
func (b *tab) open(address string) {
	b.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site.URL + address
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if answer, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: address}); err != nil || answer.ErrorText != "" {
		b.Fatalf("%s: %s %v", address, answer.ErrorText, err)
	}
}

// back presses the browser's back button.
func (b *tab) back() {
	b.Helper()
	h := call(b, page.GetNavigationHistory, cdp.Empty{})
	if h.CurrentIndex == 0 {
		b.Fatal("there is no page to go back to")
	}
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex-1].ID})
}

// at waits until the tab is at a path, loaded, with an element in it.
func (b *tab) at(path, selector string) {
	b.Helper()
	b.until(fmt.Sprintf(`location.pathname === %q && document.readyState === "complete" && document.querySelector(%q) !== null`, path, selector))
}

// The pages of the login, each by something that only it has.
func (b *tab) atSignIn()  { b.Helper(); b.at("/", ".signin") }
func (b *tab) atHome()    { b.Helper(); b.at("/", ".person") }
func (b *tab) atMe()      { b.Helper(); b.at("/me", "dl") }
func (b *tab) atConsent() { b.Helper(); b.at("/oauth/authenticate", "button.person") }
func (b *tab) atDevices() { b.Helper(); b.at("/devices", ".devices") }

// atLive waits for the page that stays open to have heard of the server.
func (b *tab) atLive() {
	b.Helper()
	b.at("/live", "#state")
	b.until(`document.querySelector("#state").textContent === "You are signed in."`)
}

// atSignInPage waits for the site's sign-in page, where guarded pages lead.
func (b *tab) atSignInPage() { b.Helper(); b.at("/signin", ".signin") }

// openGuarded opens a page that needs a user, and goes on to X.
func (b *tab) openGuarded(path string) {
	b.Helper()
	b.open(path)
	b.atSignInPage()
	b.click(signInButton)
}

// startAgain goes on to X from an error page of the library.
func (b *tab) startAgain() {
	b.Helper()
	b.click(startAgainLink)
	b.atSignInPage()
	b.click(signInButton)
}

func (b *tab) atCancelled() {
	b.Helper()
	b.at("/auth/twitter/callback", "h1")
	title, heading := eval[string](b, "document.title"), eval[string](b, `document.querySelector("h1").innerText`)
	if heading != "Sign-in cancelled" || !strings.HasPrefix(title, heading) {
		b.Errorf("the page is headed %q and titled %q", heading, title)
	}
}

// Buttons.
const (
	signInButton = "button.twitterauth-button"
	cancelButton = "button.cancel"
	logOutButton = `form[action="/auth/twitter/logout"] button`
	guestButton  = `form[action^="/guest"] button`
	keepCheckbox = `input[name="stayLoggedIn"][type="checkbox"]`

	postButton     = `form[action="/post"] button`
	startAgainLink = "a.twitterauth-button" // to the site's sign-in page
)

const (
	ada  = "6253282"
	noor = "1349129669258448897"
	zoe  = "9007199254740993"
)

// pick signs in as a person on X's page.
func (b *tab) pick(personID string) {
	b.Helper()
	b.until(`location.pathname.startsWith("/oauth/") && document.readyState === "complete" && document.querySelector("button.person") !== null`)
	b.click(fmt.Sprintf("button[value=%q]", personID))
}

// click clicks with the mouse in the middle of an element that can be seen.
func (b *tab) click(selector string) {
	b.Helper()
	point := eval[*struct{ X, Y float64 }](b, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q)
		e?.scrollIntoView({block: "center", behavior: "instant"})
		const r = e?.getBoundingClientRect()
		const x = r?.left + r?.width / 2, y = r?.top + r?.height / 2
		return e && e.contains(document.elementFromPoint(x, y)) ? {x, y} : null
	})()`, selector))
	if point == nil {
		b.Fatalf("there is no %s to click; %s", selector, b.look())
	}
	b.do(chromedp.MouseClickXY(point.X, point.Y))
}

// write types a text into an element.
func (b *tab) write(selector, text string) {
	b.Helper()
	b.click(selector)
	call(b, input.InsertText, input.InsertTextParams{Text: text})
	b.until(fmt.Sprintf(`document.querySelector(%q).value.endsWith(%q)`, selector, text))
}

// scheme makes the system's colours "light" or "dark".
func (b *tab) scheme(name string) {
	b.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
}

// reads checks that a person can read a text on the page.
func (b *tab) reads(text string) {
	b.Helper()
	if all := eval[string](b, "document.body.innerText"); !strings.Contains(all, text) {
		b.Errorf("%q is not on the page: %s", text, all)
	}
}

// callback is the last address that X sent this tab back to.
func (b *tab) callback() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range slices.Backward(b.visited) {
		if strings.Contains(v.url, "/auth/twitter/callback?") {
			return v.url
		}
	}
	b.Fatal("X did not send this tab back")
	return ""
}

// policy is the Content-Security-Policy of the page that the tab is at.
func (b *tab) policy() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.visited) == 0 {
		return ""
	}
	return b.visited[len(b.visited)-1].policy
}

// sessionCookie is the session's cookie as the browser keeps it.
func (b *tab) sessionCookie() *network.Cookie {
	b.Helper()
	found := b.cookies(isSession)
	if len(found) != 1 {
		b.Fatalf("%d session cookies: %+v", len(found), found)
	}
	return found[0]
}

// Kinds of the library's cookies.
func isSession(name string) bool { return strings.HasSuffix(name, "twitterauth_session") }
func isLogin(name string) bool   { return strings.Contains(name, "_login_") }

// cookies returns the site's cookies of a kind.
func (b *tab) cookies(kind func(name string) bool) []*network.Cookie {
	b.Helper()
	all := call(b, network.GetCookies, network.GetCookiesParams{URLs: []string{b.site.URL}}).Cookies
	return slices.DeleteFunc(all, func(c *network.Cookie) bool { return !kind(c.Name) })
}
