package interop

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"testing"
	"time"
)

// browser is a person's browser: it keeps cookies, follows redirects and posts
// the consent page's form.
type browser struct {
	*testing.T
	*http.Client
}

func newBrowser(t *testing.T, n *network) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := n.client(jar)
	client.Timeout = time.Minute
	t.Cleanup(client.CloseIdleConnections)
	return browser{t, client}
}

// shown is the page at which a browser has arrived.
type shown struct {
	at     *url.URL
	status int
	body   string
}

func (s shown) String() string { return fmt.Sprintf("%d %s", s.status, s.body) }

func (b browser) shows(resp *http.Response, err error) shown {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return shown{resp.Request.URL, resp.StatusCode, string(body)}
}

func (b browser) open(address string) shown {
	b.Helper()
	return b.shows(b.Get(address))
}

// consentForm is the form of the page by which a person is chosen.
var consentForm = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)">\s*<input type="hidden" name="([^"]+)" value="([^"]+)">\s*<button [^>]*name="person" value="([^"]+)"`)

// consent signs in as that person on the consent page.
func (b browser) consent(page shown, person string) shown {
	b.Helper()
	for _, form := range consentForm.FindAllStringSubmatch(page.body, -1) {
		if form[4] == person {
			action, err := page.at.Parse(html.UnescapeString(form[1]))
			if err != nil {
				b.Fatal(err)
			}
			return b.shows(b.PostForm(action.String(), url.Values{form[2]: {html.UnescapeString(form[3])}, "person": {person}}))
		}
	}
	return page
}

var shownPIN = regexp.MustCompile(`<code>(\d+)</code>`)

// pin is what the consent page shows for the person to type into the app.
func (s shown) pin() string {
	found := shownPIN.FindStringSubmatch(s.body)
	if found == nil {
		return ""
	}
	return found[1]
}
