package twitterauth

// Page is a page of the library as [Config.Page] gets it. All texts are plain text, in
// the visitor's language, and must be escaped, as html/template does.
type Page struct {
	Status  int    // the HTTP status, which the library sends
	Code    string // of an error, such as [CodeAccessDenied]; "": the page is no error
	Title   string
	Message string
	Lang    string // for <html lang>
	Dir     string // for <html dir>, "ltr" or "rtl"

	// Form is the page's form: to sign in, to start again or to log out. Its HTML has
	// classes of [ButtonCSS]. It leads to X, so where the app's pages have a
	// Content-Security-Policy with form-action, it must name X's origin. nil: none.
	Form *Form
	// LoginPage is [Config.LoginPage] with the redirect target, where the person starts
	// again better than with Form; LoginPageLink is the link's text. "": none.
	LoginPage     string
	LoginPageLink string
	// Home leads back to the site; HomeLink is the link's text.
	Home     string
	HomeLink string
}
