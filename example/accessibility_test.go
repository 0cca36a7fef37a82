package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twitterlogin.example/twitterauth/twittertest"
)

// wide has the longest name and handle that X allows, in one word.
var wide = twittertest.Person{ID: "7", ScreenName: strings.Repeat("W", 15), Name: strings.Repeat("W", 50),
	Email: strings.Repeat("w", 60) + "@example.com", ProfileImage: "https://pbs.twimg.com/profile_images/7/w_normal.png"}

// eachPage goes through every page that a person may see, by the buttons.
func eachPage(b *tab, personID string, look func(name string)) {
	b.Helper()
	b.expect("status of 403") // of the error page, and X's of a sign-in that has ended
	b.open("/")
	b.atSignIn()
	look("home")

	b.open(elsewhere(b.T, b.site.URL+"/me", b.site.URL+"/auth/twitter/login"))
	b.at("/", "a")
	b.click("a")
	b.atSignInPage()
	look("signin")

	b.click(signInButton)
	b.atConsent()
	consent := eval[string](b, "location.href")
	look("consent")

	b.click(cancelButton)
	b.atCancelled()
	look("cancelled")

	b.open(consent)
	b.at("/oauth/authenticate", "main")
	b.reads("This sign-in has ended")
	look("over")

	b.open("/")
	b.atSignIn()
	b.click(guestButton)
	b.atHome()
	look("guest")

	b.click(`main a[href="/cart"]`)
	b.at(cartPath, `button.quiet`)
	b.click(`input[value="mug"] + button`)
	b.at(cartPath, "dl")
	look("cart")

	b.open("/")
	b.atHome()
	b.click(signInButton) // "Link your X account"
	b.pick(personID)
	b.atHome()
	look("signed-in")

	b.open(welcomePath)
	b.at(welcomePath, "button.quiet")
	look("welcome")

	b.open("/signin?return_to=/me")
	b.atSignInPage()
	look("signin-signed-in")

	b.open("/signin?return_to=/delete-account&reauth=1")
	b.at("/signin", `input[name="reauth"]`)
	look("confirm")

	b.site.change(b.T, `INSERT INTO sessions SELECT 'another', user_id, $1, '2001:db8:85a3:8d3:1319:8a2e:370:7348', stay_logged_in, created, seen - 7200000000, expires FROM sessions`, phoneAgent)
	b.click(`a[href="/devices"]`)
	b.atDevices()
	look("devices")

	b.open("/live")
	b.atLive()
	look("live")

	b.open("/")
	b.atHome()
	b.click(`a[href="/post"]`)
	b.at(postPath, "textarea")
	look("post")

	b.write("textarea", "Good morning, "+personID)
	b.click(postButton)
	b.at(postPath, ".answer blockquote")
	look("posted")

	b.expect("status of 409") // here, and of "refused"
	b.site.change(b.T, `DELETE FROM tokens`)
	b.write("textarea", strings.Repeat("a text that is long and that should not be lost ", 8))
	b.click(postButton)
	b.at(postPath, signInButton)
	look("post-sign-in-again")

	b.click(signInButton)
	b.pick(personID)
	b.at(postPath, "textarea")

	b.click(`a[href="/me"]`)
	b.atMe()
	look("me")

	b.click(`a[href="/delete-account"]`)
	b.at("/delete-account", "button.danger")
	look("delete")

	b.click("button.danger")
	b.atSignIn()
	b.click(signInButton)
	b.pick(personID)
	b.atHome()
	b.click(`a[href="/me"]`)
	b.atMe()
	look("me-with-x-alone")

	b.run(`document.querySelector("main").insertAdjacentHTML("beforeend", '<form method="post" action="/disconnect-x"><button class="quiet" id="stale">Disconnect X</button></form>')`)
	b.click("#stale") // of a page that was open in another tab
	b.at("/disconnect-x", "h1")
	look("refused")
}

// axe is a script that finds what makes a page hard to use for people with
// disabilities.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("browser", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		miss(t, "this test needs axe-core: npm ci --ignore-scripts in example/browser gets it")
	}
	return string(script)
}

// TestBrowserAxe also sees that pages look different in the dark.
func TestBrowserAxe(t *testing.T) {
	t.Parallel()
	needChromium(t)
	script := axe(t)
	b := openTab(t, start(t, nil))
	eachPage(b, noor, func(name string) {
		b.run(script)
		var colours []string
		for _, scheme := range []string{"light", "dark"} {
			b.scheme(scheme)
			for _, violation := range eval[[]string](b, checkAxe, chromedp.EvalAwaitPromise) {
				t.Errorf("%s, %s: %s", name, scheme, violation)
			}
			colours = append(colours, eval[[]string](b, `[document.body, document.querySelector("main")].flatMap(e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color])`)...)
		}
		for i, light := range colours[:len(colours)/2] {
			if dark := colours[len(colours)/2+i]; light == dark {
				t.Errorf("%s has the same colour in the dark: %s", name, dark)
			}
		}
		b.scheme("light")
	})
}

// checkAxe lists what breaks WCAG 2.2 A and AA or good practice, and where axe
// could not tell the contrast, but for the single letters in place of pictures.
const checkAxe = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	preload: false,
}).then(found => {
	if (found.passes.length < 10) throw new Error("axe checked next to nothing")
	const untold = found.incomplete.filter(rule => rule.id === "color-contrast")
	for (const rule of untold) rule.nodes = rule.nodes.filter(node => node.any[0]?.data?.messageKey !== "shortTextContent")
	return [...found.violations, ...untold.filter(rule => rule.nodes.length > 0)].map(
		rule => rule.id + ": " + rule.help + ": " + rule.nodes.map(node => node.html + " " + node.failureSummary).join("; "))
})`

// run runs a script in the page and drops what it returns.
func (b *tab) run(script string) {
	b.Helper()
	answer := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: script + "\n;undefined"})
	if answer.ExceptionDetails != nil {
		b.Fatalf("the script fails: %s", answer.ExceptionDetails.Text)
	}
}

// focus is where the keyboard is.
type focus struct {
	Element  string
	Is       bool    // the one that was looked for
	Outline  float64 // px
	Contrast float64 // of the outline and what is round it
	InView   bool
}

const findFocus = `(() => {
	const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect()
	const channels = c => c.match(/[\d.]+/g).map(Number)
	const luminance = c => channels(c).slice(0, 3).map(v => v / 255)
		.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
	let round = e.parentElement
	while (round && channels(getComputedStyle(round).backgroundColor)[3] === 0) round = round.parentElement
	const [a, b] = [luminance(s.outlineColor), luminance(getComputedStyle(round ?? document.body).backgroundColor)].sort((a, b) => b - a)
	return {
		element: e.outerHTML.slice(0, 100),
		is: e.matches(%q),
		outline: e.matches(":focus-visible") && s.outlineStyle === "solid" ? parseFloat(s.outlineWidth) : 0,
		contrast: (a + 0.05) / (b + 0.05),
		inView: r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth,
	}
})()`

// tabTo presses the tab key until an element has the focus. Each on the way
// must show that it has it.
func (b *tab) tabTo(selector string) {
	b.Helper()
	var seen []string
	for range 12 {
		b.do(chromedp.KeyEvent(kb.Tab))
		at := eval[focus](b, fmt.Sprintf(findFocus, selector))
		seen = append(seen, at.Element)
		if at.Outline < 2 || at.Contrast < 3 || !at.InView {
			b.Errorf("the focus is hard to see: %+v", at)
		}
		if at.Is {
			return
		}
	}
	b.Fatalf("the tab key does not reach %s: %q", selector, seen)
}

func TestBrowserKeyboardAlone(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, start(t, nil))
			b.expect("status of 403")
			b.scheme(scheme)
			press := func(key string) { b.do(chromedp.KeyEvent(key)) }
			b.open("/")
			b.atSignIn()
			b.tabTo(keepCheckbox)
			press(" ")
			b.until(`document.activeElement.checked`)
			b.tabTo(signInButton)
			press(kb.Enter)
			b.atConsent()
			b.tabTo(cancelButton) // past all the people
			press(kb.Enter)
			b.atCancelled()
			b.tabTo(startAgainLink)
			press(kb.Enter)
			b.atSignInPage()
			b.tabTo(keepCheckbox)
			press(" ")
			b.tabTo(signInButton)
			press(kb.Enter)
			b.atConsent()
			b.tabTo(`button[value="` + noor + `"]`)
			press(" ")
			b.atHome()
			b.reads("@noor")
			if b.sessionCookie().Session {
				t.Error("the wish to stay logged in was lost")
			}
			b.tabTo(`main a[href="/me"]`)
			press(kb.Enter)
			b.atMe()
			b.tabTo(`nav a[href="/devices"]`)
			press(kb.Enter)
			b.atDevices()
			b.tabTo(logOutButton)
			press(kb.Enter)
			b.atSignIn()
			b.open("/me")
			b.atSignInPage()
			b.tabTo(guestButton)
			press(kb.Enter)
			b.atMe() // where the guest wanted to go
			b.reads("not linked")
		})
	}
}

// phone makes the tab as small as a small phone.
func (b *tab) phone() {
	b.Helper()
	b.do(chromedp.EmulateViewport(360, 640, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
}

func TestBrowserOnAPhone(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	b := openTab(t, site)
	site.x.AddPerson(wide)
	b.phone()
	eachPage(b, wide.ID, func(name string) {
		if width := eval[int](b, "document.scrollingElement.scrollWidth"); width > 360 {
			t.Errorf("%s is %d wide", name, width)
		}
		for _, small := range eval[[]string](b, findSmall) {
			t.Errorf("%s: a finger misses %s", name, small)
		}
	})
}

// findSmall lists what can be touched and is less than 44 px high or wide.
// Links within a sentence may be.
const findSmall = `[...document.querySelectorAll("a, button, input:not([type=hidden])")]
	.filter(e => !e.matches("p a, [hidden]"))
	.map(e => [e, (e.closest("label") ?? e).getBoundingClientRect()])
	.filter(([e, r]) => r.width < 44 || r.height < 44)
	.map(([e, r]) => e.outerHTML + " " + r.width + "x" + r.height)`

// TestBrowserScreenshots writes a picture of every page into the folder that
// SCREENSHOTS names, and makes sure that each can be taken.
func TestBrowserScreenshots(t *testing.T) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		folder = t.TempDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"desktop", "phone"} {
		site := start(t, nil)
		b := openTab(t, site)
		if size == "phone" {
			b.phone()
		} else {
			b.do(chromedp.EmulateViewport(720, 560))
		}
		eachPage(b, ada, func(name string) {
			for _, scheme := range []string{"light", "dark"} {
				b.scheme(scheme)
				whole := true
				picture := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}).Data
				file := filepath.Join(folder, strings.Join([]string{name, size, scheme}, "-")+".png")
				if err := os.WriteFile(file, picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			b.scheme("light")
		})
	}
}
