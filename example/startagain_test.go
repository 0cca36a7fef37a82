package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// What the login forms of shop send.
const (
	shopTarget = "/cart?item=a%26b&note=%C3%A9#pay"
	shopData   = `invite "é" <&>`
)

// shop is a site with guests, who can link an X account and keep their cart.
func shop(s *smallSite) http.Handler {
	const form = `<form class="signin" method="post" action="/auth/twitter/login">
		<input type="hidden" name="return_to" value="/cart?item=a%26b&amp;note=%C3%A9#pay">
		<input type="hidden" name="data" value="invite &quot;é&quot; &lt;&amp;&gt;">
		{{if .ID}}<input type="hidden" name="link" value="true">{{end}}
		<label><input type="checkbox" name="stayLoggedIn" value="true"> Keep me logged in</label>
		<button class="start">Go on with X</button></form>`
	mux := http.NewServeMux()
	s.auth.Mount(mux)
	mux.Handle("GET /{$}", s.auth.LoadUser(s.page(`<h1>Shop</h1>`+form+`<form method="post" action="/guest"><button>Guest</button></form>`)))
	mux.Handle("GET /cart", s.auth.RequireUser(s.page(`<h1>Cart</h1><p class="member">@{{.ScreenName}}, {{.ID}}, {{.Data}}</p>`)))
	mux.HandleFunc("POST /guest", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, s.members.guest(), false); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return mux
}

// TestBrowserStartsAgainWithWhatItHad cancels at X, three times, and then goes on
// with the button of the error page.
func TestBrowserStartsAgainWithWhatItHad(t *testing.T) {
	t.Parallel()
	for protocol, change := range map[string]func(*twitterauth.Config, *twittertest.Server){
		"OAuth 1.0a": func(*twitterauth.Config, *twittertest.Server) {},
		"OAuth 2.0":  overOAuth2,
	} {
		for name, test := range map[string]struct {
			guest, stay bool
		}{
			"a guest who links":                       {guest: true},
			"a guest who links, with a ticked box":    {guest: true, stay: true},
			"a person who signs in":                   {},
			"a person who signs in and wants to stay": {stay: true},
		} {
			t.Run(protocol+", "+name, func(t *testing.T) {
				t.Parallel()
				s := startSmallSite(t, shop, change)
				b := openTab(t, s.running)
				b.expect("status of 403")
				b.open("/")
				b.at("/", ".start")
				if test.guest {
					b.click(`form[action="/guest"] button`)
					b.at("/", `input[name="link"]`)
				}
				if test.stay {
					b.click(keepCheckbox)
				}
				b.click(".start")
				for range 3 {
					b.atX()
					b.click(cancelButton)
					b.at("/auth/twitter/callback", signInButton)
					b.carries(test.guest, test.stay)
					b.reload()
					b.at("/auth/twitter/callback", signInButton)
					b.carries(test.guest, test.stay)
					b.click(signInButton)
				}
				b.pickAt(ada)
				b.at("/cart", ".member")
				b.reads("@ada, 1, " + shopData)
				if rest := eval[string](b, "location.search + location.hash"); "/cart"+rest != shopTarget {
					t.Errorf("the login ended at /cart%s", rest)
				}
				if all := s.members.list(); len(all) != 1 {
					t.Errorf("the members are %+v", all)
				}
				// Linking leaves the guest's session as it is.
				var kept []bool
				for _, c := range call(b, network.GetCookies, network.GetCookiesParams{URLs: []string{s.URL}}).Cookies {
					if strings.HasSuffix(c.Name, "_session") {
						kept = append(kept, !c.Session)
					}
				}
				if want := test.stay && !test.guest; len(kept) != 1 || kept[0] != want {
					t.Errorf("the session outlives the browser: %v, want %t", kept, want)
				}
			})
		}
	}
}

// carries checks the form of an error page.
func (b *tab) carries(link, stay bool) {
	b.Helper()
	form := eval[map[string]string](b, `Object.fromEntries(new FormData(document.querySelector("form.twitterauth")))`)
	want := map[string]string{"return_to": shopTarget, "data": shopData, "stayLoggedIn": "false"}
	if stay {
		want["stayLoggedIn"] = "true"
	}
	if link {
		want["link"] = "true"
	}
	if !maps.Equal(form, want) {
		b.Errorf("the form has %q, want %q", form, want)
	}
}
