package twitterauth_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
)

// markedTexts returns texts each of which is a number and the placeholders of the
// English text, and the names of the texts by their numbers.
func markedTexts() (texts *twitterauth.Texts, names []string) {
	texts = twitterauth.EnglishTexts()
	mark := func(name, english string) string {
		names = append(names, name)
		return fmt.Sprintf("<%d> %s", len(names)-1, strings.Join(placeholder.FindAllString(english, -1), " "))
	}
	v := reflect.ValueOf(texts).Elem()
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch {
		case name == "Lang" || name == "Dir":
		case field.Kind() == reflect.Map:
			for _, code := range field.MapKeys() {
				field.SetMapIndex(code, reflect.ValueOf(mark(name+" "+code.String(), field.MapIndex(code).String())))
			}
		default:
			field.SetString(mark(name, field.String()))
		}
	}
	texts.Lang, texts.Dir = "", ""
	return texts, names
}

var (
	placeholder  = regexp.MustCompile(`\{[a-z]*\}`)
	marker       = regexp.MustCompile(`<(\d+)>`)
	stylesheet   = regexp.MustCompile(`(?s)<style>.*?</style>`)
	tag          = regexp.MustCompile(`<[^<>]*>`)
	anyLetter    = regexp.MustCompile(`\p{L}+`)
	readableAttr = regexp.MustCompile(`\s(?:title|alt|placeholder|aria-label|aria-description)=`)
)

// textOf returns what a person reads on a page.
func textOf(page string) string {
	return html.UnescapeString(tag.ReplaceAllString(stylesheet.ReplaceAllString(page, ""), " "))
}

// reading collects the numbers of the marked texts that pages show.
type reading struct {
	t     *testing.T
	texts *twitterauth.Texts
	seen  map[int]bool
}

// use gives a site the marked texts.
func (rd *reading) use(c *twitterauth.Config) {
	c.Texts = func(*http.Request) *twitterauth.Texts { return rd.texts }
}

// on is a site that has the marked texts.
func (rd *reading) on(configure func(*twitterauth.Config)) siteOption {
	return configured(func(c *twitterauth.Config) {
		rd.use(c)
		if configure != nil {
			configure(c)
		}
	})
}

// page looks at a page, on which everything must be marked except for the site's
// name and origin.
func (rd *reading) page(what string, s *site, r reply) {
	rd.t.Helper()
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !slices.Contains(r.Header["Vary"], "Accept-Language") {
		rd.t.Errorf("%s: no page: %d %v %s", what, r.StatusCode, r.Header, r.body)
	}
	if readableAttr.MatchString(r.body) {
		rd.t.Errorf("%s: a text in an attribute: %s", what, r.body)
	}
	rd.text(what, strings.NewReplacer(s.URL, "", "127.0.0.1", "").Replace(textOf(r.body)))
}

func (rd *reading) text(what, text string) {
	rd.t.Helper()
	for _, m := range marker.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			rd.t.Fatal(err)
		}
		rd.seen[n] = true
	}
	if left := anyLetter.FindAllString(marker.ReplaceAllString(text, ""), -1); len(left) > 0 || placeholder.MatchString(text) {
		rd.t.Errorf("%s: not from Config.Texts: %q in %q", what, left, text)
	}
}

// Everything that a visitor reads is in Config.Texts, and everything in Config.Texts
// is read somewhere.
func TestEveryTextCanBeTranslated(t *testing.T) {
	t.Parallel()
	texts, names := markedTexts()
	rd := &reading{t: t, texts: texts, seen: map[int]bool{}}
	rd.codes()
	rd.loginPages()
	rd.appPages()
	rd.linkPages(oauth1)
	rd.linkPages(oauth2)
	rd.confirmPages()
	for n, name := range names {
		if !rd.seen[n] {
			t.Errorf("no page shows %s", name)
		}
	}
}

// codes looks at the error page of each code.
func (rd *reading) codes() {
	code := ""
	s := newSite(rd.t, rd.on(func(c *twitterauth.Config) {
		c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
			e.Code, e.Message = code, ""
			twitterauth.WriteError(w, r, e)
		}
	}))
	b := s.browser(rd.t)
	for code = range rd.texts.Messages {
		rd.page(code, s, b.visit("/auth/twitter/token"))
	}
}

func (rd *reading) loginPages() {
	s := newSite(rd.t, rd.on(nil))
	b := s.browser(rd.t)
	rd.page("login from elsewhere", s, b.get("/auth/twitter/login", "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "cross-site"))
	rd.page("logout", s, b.visit("/auth/twitter/logout"))
	rd.page("callback without anything", s, b.visit("/auth/twitter/callback"))
	rd.page("callback that cannot be read", s, b.visit("/auth/twitter/callback?state=1&state=2"))
	rd.page("401", s, b.get("/auth/twitter/session", "Accept", "text/html"))
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	rd.page("another loopback name", s, b.do("POST", "/auth/twitter/login", url.Values{"data": {"1"}}, "Accept", "text/html", "Host", "localhost:"+port))
	form := s.auth.SignInForm("", twitterauth.Carry(newRequest("GET", "/")), twitterauth.StayLoggedInCheckbox(""))
	rd.text("the form of the app's page", form.Label+form.Fields[1].Label)

	s = newSite(rd.t, rd.on(func(c *twitterauth.Config) { c.LoginPage = "/signin" }))
	rd.page("an error, with a login page", s, s.browser(rd.t).visit("/auth/twitter/callback"))
}

func (rd *reading) appPages() {
	s := newAppSite(rd.t, oauth1, rd.on(nil))
	app := s.app(rd.t, privateScheme)
	rd.page("before an app's login", s, app.browser.visit("/auth/twitter/authorize?"+app.request().Encode()))
	rd.page("an app's address that is used up", s, app.browser.visit("/auth/twitter/authorize?request=x"))
	rd.page("an app's request that is malformed", s, app.browser.visit("/auth/twitter/authorize"))
	callback := app.browser.approve(app.open("/auth/twitter/authorize?"+app.request().Encode()), ada)
	rd.page("back to the app", s, app.browser.visit(callback))
	rd.page("an app's login that was finished", s, app.browser.visit(callback))
	s.x.Close()
	rd.page("an app's login that cannot begin", s, app.browser.do("POST", "/auth/twitter/authorize", app.request(), "Accept", "text/html"))
}

func (rd *reading) linkPages(p protocol) {
	link := url.Values{"link": {"true"}}
	s, b := newLinkingSite(rd.t, p, rd.on(nil))
	callback, err := s.x.Cancel(b.start(link))
	if err != nil {
		rd.t.Fatal(err)
	}
	rd.page("a link that was cancelled", s, b.visit(callback))
	callback = b.approve(b.start(link), ada)
	rd.page("a link in another browser", s, s.browser(rd.t).visit(callback))
	s.signInWithoutX(rd.t, b, "other")
	rd.page("a link of another user", s, b.visit(callback))
	callback = b.approve(b.start(link), ada)
	b.do("POST", "/auth/twitter/logout", nil)
	rd.page("a link after a logout", s, b.visit(callback))
}

func (rd *reading) confirmPages() {
	reauth := url.Values{"reauth": {"true"}}
	s := newSite(rd.t, rd.on(nil))
	b := s.browser(rd.t)
	b.login(ada, nil)
	rd.page("another account", s, b.visit(b.approve(b.start(reauth), zoe)))
	callback := b.approve(b.start(reauth), ada)
	b.login(noor, nil)
	rd.page("another user", s, b.visit(callback))
	callback = b.approve(b.start(reauth), noor)
	b.do("POST", "/auth/twitter/logout", nil)
	rd.page("a confirmation after a logout", s, b.visit(callback))

	s, sessions := newConfirmingSite(rd.t, oauth1, rd.use)
	b = s.browser(rd.t)
	b.login(ada, nil)
	sessions.age = time.Hour
	rd.page("confirm that it is you", s, b.visit("/danger"))
}

// Each code has a status and a message.
func TestEveryCodeHasAMessage(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	english, count := twitterauth.EnglishTexts(), 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		count++
		w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			twitterauth.WriteError(w, r, &twitterauth.Error{Code: code})
		}), newRequest("GET", "/"))
		want := strconv.Itoa(w.Code) + ": "
		if line := lineOf(t, "codes.go", `"`+code+`"`); english.Messages[code] == "" || !strings.Contains(line, "// "+want) {
			t.Errorf("%s: message %q, status %d, documented as %s", code, english.Messages[code], w.Code, line)
		}
		return true
	})
	if count != len(english.Messages) {
		t.Errorf("%d codes and %d messages", count, len(english.Messages))
	}
}

func lineOf(t *testing.T, file, text string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(source)) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// EnglishTexts returns a copy.
func TestEnglishTextsCanBeChanged(t *testing.T) {
	t.Parallel()
	texts := twitterauth.EnglishTexts()
	texts.SignInButton, texts.Messages[twitterauth.CodeNotFound], texts.Titles[twitterauth.CodeNotFound] = "Go", "Nope", "Nope"
	if again := twitterauth.EnglishTexts(); again.SignInButton != "Sign in with X" || again.Messages[twitterauth.CodeNotFound] == "Nope" || again.Titles[twitterauth.CodeNotFound] == "Nope" {
		t.Errorf("%+v", again)
	}
}

// The words of the visitor reach JSON and ErrorHandler. What is for the client's
// developer stays in English, in detail and in the log.
func TestMessagesInTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	german := &twitterauth.Texts{Lang: "de", Messages: map[string]string{
		twitterauth.CodeBadRequest: "Die Anfrage ist fehlerhaft.", twitterauth.CodeNotFound: "Hier ist nichts.",
	}}
	for name, test := range map[string]struct {
		texts           *twitterauth.Texts
		path            string
		message, detail string
	}{
		"German":                       {german, "/auth/twitter/token", "Hier ist nichts.", ""},
		"German, for a developer":      {german, "/auth/twitter/login?stayLoggedIn=maybe", "Die Anfrage ist fehlerhaft.", "The field stayLoggedIn must be true or false."},
		"not in German":                {german, "/auth/twitter/session", "Please sign in first.", ""},
		"nil":                          {nil, "/auth/twitter/login?stayLoggedIn=maybe", "The field stayLoggedIn must be true or false.", ""},
		"empty":                        {&twitterauth.Texts{}, "/auth/twitter/login?stayLoggedIn=maybe", "The field stayLoggedIn must be true or false.", ""},
		"no callback":                  {&twitterauth.Texts{WrongCallback: "Falsch."}, "/auth/twitter/callback", "Falsch.", "The address lacks what X adds to it after a login. Please start again."},
		"no callback, no such message": {german, "/auth/twitter/callback", "The address lacks what X adds to it after a login. Please start again.", ""},
	} {
		handled := ""
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.Texts = func(*http.Request) *twitterauth.Texts { return test.texts }
			c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
				handled = e.Message
				twitterauth.WriteError(w, r, e)
			}
		}))
		r := s.browser(t).get(test.path)
		var answer struct{ Message, Detail string }
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.Message != test.message || answer.Detail != test.detail || handled != test.message {
			t.Errorf("%s: %s; the handler got %q", name, r.body, handled)
		}
		if !slices.Contains(r.Header["Vary"], "Accept-Language") {
			t.Errorf("%s: Vary %q", name, r.Header["Vary"])
		}
		if test.detail != "" && !strings.Contains(s.log.String(), test.detail) {
			t.Errorf("%s: the log has no %q: %s", name, test.detail, s.log)
		}
	}
}

// Without Config.Texts no answer depends on the language; with it no answer without
// words does.
func TestVaryByLanguage(t *testing.T) {
	t.Parallel()
	for _, translated := range []bool{false, true} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			if translated {
				c.Texts = func(*http.Request) *twitterauth.Texts { return nil }
			}
		}))
		b := s.browser(t)
		b.login(ada, nil)
		for path, hasWords := range map[string]bool{
			"/account": false, "/auth/twitter/session": false, "/auth/twitter/login": false,
			"/auth/twitter/logout": true, "/auth/twitter/token": true, "/auth/twitter/callback": true,
		} {
			h := http.Header{}
			for _, value := range b.visit(path).Header["Vary"] {
				h.Add("Vary", value)
			}
			if got := strings.Contains(strings.Join(h["Vary"], ","), "Accept-Language"); got != (hasWords && translated) {
				t.Errorf("%s, translated %t: Vary %q", path, translated, h["Vary"])
			}
		}
		w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Accept-Encoding, Accept-Language")
			s.auth.ServeHTTP(w, r)
		}), newRequest("GET", "/auth/twitter/nothing"))
		if got := w.Header()["Vary"]; len(got) != 1 {
			t.Errorf("Vary %q", got)
		}
	}
}
