package twitterauth

// Texts is everything that a visitor reads, in one language; see [Config.Texts]. An
// empty text is the English text, of which [EnglishTexts] returns a copy. Package
// [twitterlogin.example/twitterauth/texts] has translations.
//
// Texts are plain text of one line: markup is escaped, control characters and
// those that change the direction of what follows (U+202A to U+202E, U+2066 to
// U+2069) are removed, and what is longer than 1,024 bytes is cut. In SignInMessage,
// LogOutMessage and AppMessage {site} is the site's host name, in OtherHost {origin}
// is its origin.
type Texts struct {
	// Lang is the language as an HTML lang attribute has it (BCP 47), such as "de"
	// or "zh-Hant". Default: "en", also in place of an invalid tag.
	Lang string
	// Dir is the direction of the writing, "ltr" or "rtl". Default: "rtl" where Lang
	// has a script that is written from right to left, or no script and a language
	// that is (Arabic, Hebrew, Persian, Urdu and others); else "ltr".
	Dir string

	// Messages are the messages of errors by their codes, such as [CodeAccessDenied].
	// They are on the error pages, in [Error.Message], and in JSON. The part of an
	// English message that is for the client's developer (which field is wrong) is then
	// in JSON's detail, and in the log as ever.
	Messages map[string]string
	// Titles are the titles of error pages by code.
	Titles map[string]string
	// OtherTitle is the title of error pages whose code has none.
	OtherTitle string

	// The page before a login that the person has not asked for on this site, and
	// its button, which error pages have too.
	SignInTitle   string
	SignInMessage string // {site}
	SignInButton  string
	// The button where an account is linked to the user who is signed in.
	LinkButton string
	// The checkbox of [StayLoggedInCheckbox] without a label.
	StayLoggedIn string
	// The links of error pages to [Config.LoginPage] and back to the site.
	LoginPageLink string
	HomeLink      string

	// The page of GET logout.
	LogOutTitle   string
	LogOutMessage string // {site}
	LogOutButton  string

	// The page before a native app's login.
	AppTitle   string
	AppMessage string // {site}
	// The page that leads back to a native app.
	BackToAppTitle   string
	BackToAppMessage string
	BackToAppLink    string

	// Messages of errors in particular situations.
	AppAddressUsed      string // login_expired: an app's address is used up
	AppLoginUsed        string // login_expired: an app's login was finished already
	WrongCallback       string // bad_request: X sends no person back to this address
	OtherHost           string // bad_request: the site was opened under another loopback name; {origin}
	LinkElsewhere       string // login_mismatch: the person began to connect X in another browser
	LinkOrLoginMismatch string // login_mismatch: the same, or a login
	LinkSignedOut       string // login_mismatch: signed out while X was being connected
	LinkOtherUser       string // login_mismatch: another user has signed in meanwhile
	ConfirmSignedOut    string // login_mismatch: signed out before the confirmation
	ConfirmOtherUser    string // login_mismatch: another user has signed in meanwhile
	ConfirmOtherAccount string // login_mismatch: confirmed with another X account
}

// phrase picks a text.
type phrase func(*Texts) string

// messageOf picks the message of an error code.
func messageOf(code string) phrase {
	return func(t *Texts) string { return t.Messages[code] }
}

// titleOf picks the title of an error page.
func titleOf(code string) phrase {
	return func(t *Texts) string { return t.Titles[code] }
}

// untranslated picks nothing.
func untranslated(*Texts) string { return "" }

func otherTitle(t *Texts) string          { return t.OtherTitle }
func signInTitle(t *Texts) string         { return t.SignInTitle }
func signInMessage(t *Texts) string       { return t.SignInMessage }
func signInButton(t *Texts) string        { return t.SignInButton }
func linkButton(t *Texts) string          { return t.LinkButton }
func stayLoggedIn(t *Texts) string        { return t.StayLoggedIn }
func loginPageLink(t *Texts) string       { return t.LoginPageLink }
func homeLink(t *Texts) string            { return t.HomeLink }
func logOutTitle(t *Texts) string         { return t.LogOutTitle }
func logOutMessage(t *Texts) string       { return t.LogOutMessage }
func logOutButton(t *Texts) string        { return t.LogOutButton }
func appTitle(t *Texts) string            { return t.AppTitle }
func appMessage(t *Texts) string          { return t.AppMessage }
func backToAppTitle(t *Texts) string      { return t.BackToAppTitle }
func backToAppMessage(t *Texts) string    { return t.BackToAppMessage }
func backToAppLink(t *Texts) string       { return t.BackToAppLink }
func appAddressUsed(t *Texts) string      { return t.AppAddressUsed }
func appLoginUsed(t *Texts) string        { return t.AppLoginUsed }
func wrongCallback(t *Texts) string       { return t.WrongCallback }
func otherHost(t *Texts) string           { return t.OtherHost }
func linkElsewhere(t *Texts) string       { return t.LinkElsewhere }
func linkOrLoginMismatch(t *Texts) string { return t.LinkOrLoginMismatch }
func linkSignedOut(t *Texts) string       { return t.LinkSignedOut }
func linkOtherUser(t *Texts) string       { return t.LinkOtherUser }
func confirmSignedOut(t *Texts) string    { return t.ConfirmSignedOut }
func confirmOtherUser(t *Texts) string    { return t.ConfirmOtherUser }
func confirmOtherAccount(t *Texts) string { return t.ConfirmOtherAccount }
