package twitterauth

import (
	"net/http"

	"twitterlogin.example/internal/cookieheader"
)

// signedOutMark is a cookie which remembers that a session has ended in this
// browser. While it is there, a visit to login shows the page with the button,
// because X would otherwise sign the person in again at once. It holds nothing
// secret, so it is not sealed, and it ends with the browser.
type signedOutMark struct {
	name   string
	secure bool
}

// markValue is the cookie's content, which is never read.
const markValue = "1"

func (m signedOutMark) set(w http.ResponseWriter) {
	cookieheader.Set(w, m.name, markValue, 0, m.secure)
}

func (m signedOutMark) isSet(r *http.Request) bool {
	for range cookieheader.Values(r.Header, m.name) {
		return true
	}
	return false
}

// clear deletes the mark where the browser has it.
func (m signedOutMark) clear(w http.ResponseWriter, r *http.Request) {
	if m.isSet(r) {
		cookieheader.Set(w, m.name, "", -1, m.secure)
	}
}
