// Package xapi talks to X: it signs, sends, reads within limits and returns typed
// errors. It knows nothing of cookies, users or pages.
//
// The protocol is OAuth 1.0a (RFC 5849) as X speaks it, signed by
// github.com/dghubble/oauth1. That package leaves time limits, body limits and
// redirects to its HTTP client, so each call gets a client of its own whose
// transport sets them: see call.go.
package xapi
