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
	for _, name := range []string{"home.html", "me.html"} {
		p.byName[name] = template.Must(template.ParseFS(web, "web/layout.html", "web/"+name))
	}
	return p
}

// view is what the templates see.
type view struct {
	User    *User
	Guest   bool
	Initial string
	StandIn bool
	// AuthPath is where the library's routes live: CallbackURL's folder.
	AuthPath string
}

func (a *app) view(user *User) view {
	v := view{User: user, StandIn: a.standIn, AuthPath: a.authPath}
	if user != nil {
		v.Guest = user.TwitterID == ""
		if r, _ := utf8.DecodeRuneInString(user.Name); r != utf8.RuneError {
			v.Initial = string(r)
		}
	}
	return v
}

func (p *pages) text(name string, v view) string {
	var b strings.Builder
	if err := p.byName[name].ExecuteTemplate(&b, "layout.html", v); err != nil {
		panic(err) // a fault of the templates, which tests render
	}
	return b.String()
}

func (p *pages) render(w http.ResponseWriter, name string, v view) {
	page := p.text(name, v)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Each page says who is signed in, or that nobody is: after a login the
	// back button must not show one from the browser's memory.
	w.Header().Set("Cache-Control", "private, no-store")
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
