package main

import (
	"embed"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"unicode/utf8"

	"twitterlogin.example/twitterauth"
)

//go:embed web
var web embed.FS

// pages renders the site's templates.
type pages struct{ byName map[string]*template.Template }

func newPages() *pages {
	p := &pages{byName: map[string]*template.Template{}}
	for _, name := range []string{"home.html", "me.html", "signin.html", "devices.html", "live.html", "delete.html", "refused.html", "post.html", "welcome.html", "cart.html", "library.html"} {
		p.byName[name] = template.Must(template.ParseFS(web, "web/layout.html", "web/"+name))
	}
	return p
}

// view is what the templates see.
type view struct {
	Lang, Dir string
	User      *User
	Guest     bool
	Initial   string
	Picture   string // the address of the person's picture, "" for none
	StandIn   bool
	Logo      template.HTML // X's
	SignIn    template.HTML // the sign-in form
	Link      template.HTML // the form by which a guest links an X account
	Script    template.JS   // of live.html
	// AuthPath is where the library's routes live: CallbackURL's folder.
	AuthPath string
	// MayDisconnect is whether the user has another way to be here than X.
	MayDisconnect bool
	// ReturnTo is where the sign-in page leads, and Confirming whether it asks the
	// user who is signed in.
	ReturnTo   string
	Confirming bool
	// Devices are of devices.html.
	Devices []device
	// Title and Message are of refused.html.
	Title, Message string
	// Post is of post.html.
	Post post
	// Cart is of cart.html.
	Cart cart
	// Page is of library.html.
	Page twitterauth.Page
}

func (a *app) view(user *User) view {
	v := view{
		Lang:     "en",
		Dir:      "ltr",
		User:     user,
		StandIn:  a.standIn,
		Logo:     twitterauth.Logo,
		Script:   template.JS(liveScript), //nolint:gosec // G203: a file of this program
		AuthPath: a.authPath,
	}
	if user != nil {
		v.Guest = user.isGuest()
		v.MayDisconnect = user.mayDisconnect()
		v.Picture = a.picture(user)
		if r, _ := utf8.DecodeRuneInString(user.Name); r != utf8.RuneError {
			v.Initial = string(r)
		}
	}
	return v
}

// imageHosts are where X keeps the pictures of people.
var imageHosts = []string{"https://pbs.twimg.com", "https://abs.twimg.com"}

// picture returns the address of a person's picture. The stand-in's people have
// addresses at X's hosts as real people have, but nothing is there: their initial
// is drawn instead, and the page asks for nothing elsewhere.
func (a *app) picture(user *User) string {
	if a.standIn {
		return ""
	}
	return user.ProfileImage
}

func (p *pages) text(name string, v view) string {
	var b strings.Builder
	if err := p.byName[name].ExecuteTemplate(&b, "layout.html", v); err != nil {
		panic(err) // a defect of the templates, which tests render
	}
	return b.String()
}

func (p *pages) render(w http.ResponseWriter, status int, name string, v view) {
	page := p.text(name, v)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Each page shows whether somebody is signed in, and who: after a login the
	// back button must not show one from the browser's memory.
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	io.WriteString(w, page)
}

// static serves the stylesheet, the library's for its button included.
func static() http.Handler {
	files, err := fs.Sub(web, "web/static")
	if err != nil {
		panic(err)
	}
	css, err := fs.ReadFile(files, "style.css")
	if err != nil {
		panic(err)
	}
	style := append([]byte(twitterauth.ButtonCSS), css...)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/style.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		w.Write(style)
	})
	return mux
}
