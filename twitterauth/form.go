package twitterauth

import (
	"html/template"
	"slices"
	"strings"
)

// Form is a form that starts a login, for pages with markup of their own. It is
// always sent by POST, as application/x-www-form-urlencoded.
type Form struct {
	Action string      // the path to post to
	Fields []FormField // in their order
	Label  string      // the button's text

	plain bool // without X's logo
}

// FormField is a field of a [Form].
type FormField struct {
	Name, Value string
	Label       string // "": a hidden field; else a checkbox with that label
}

var formTemplate = template.Must(template.New("form").Parse(
	`<form class="twitterauth" method="post" action="{{.Action}}">` +
		`{{range .Fields}}{{if .Label}}<label class="twitterauth-checkbox"><input type="checkbox" name="{{.Name}}" value="{{.Value}}"> {{.Label}}</label>` +
		`{{else}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">{{end}}{{end}}` +
		`<button type="submit" class="twitterauth-button">{{.Logo}}<span>{{.Label}}</span></button></form>`))

// clone returns a copy that shares nothing with the form.
func (f *Form) clone() *Form {
	if f == nil {
		return nil
	}
	c := *f
	c.Fields = slices.Clone(f.Fields)
	return &c
}

// HTML returns the form with its button. It works with the keyboard and screen
// readers and has no inline style or script; see [ButtonCSS].
func (f Form) HTML() template.HTML {
	data := struct {
		Form
		Logo template.HTML
	}{f, Logo}
	if f.plain {
		data.Logo = ""
	}
	var b strings.Builder
	if err := formTemplate.Execute(&b, data); err != nil {
		panic("twitterauth: the form's template: " + err.Error())
	}
	return template.HTML(b.String()) //nolint:gosec // G203: the template has escaped it
}
