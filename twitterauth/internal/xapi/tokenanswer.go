package xapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits on what a token answer may say.
const (
	maxBearer   = 4096                      // in bytes, more than any token of OAuth 2.0 at X
	maxLifetime = 10 * 365 * 24 * time.Hour // a longer lifetime is nonsense, and counts as missing
)

// tokenAnswer is the answer of RFC 6749, section 5.1.
type tokenAnswer struct {
	AccessToken  string  `json:"access_token"`
	TokenType    string  `json:"token_type"`
	RefreshToken string  `json:"refresh_token"`
	Scope        *string `json:"scope"`
	Error        string  `json:"error"`

	ExpiresIn json.RawMessage `json:"expires_in"` // of use to the app only: no login fails over it
}

func (a tokenAnswer) ok() bool {
	return printable(a.AccessToken, maxBearer) && strings.EqualFold(a.TokenType, "bearer") &&
		(a.RefreshToken == "" || printable(a.RefreshToken, maxBearer)) && a.Error == ""
}

// expiry is the end of a token that was made now, or zero when the answer has no
// number of seconds. Some providers write it as a string.
func (a tokenAnswer) expiry(now time.Time) time.Time {
	seconds, err := strconv.ParseFloat(strings.Trim(string(a.ExpiresIn), `"`), 64)
	if err != nil || !(seconds >= 1 && seconds <= maxLifetime.Seconds()) { // so that NaN fails too
		return time.Time{}
	}
	return now.Add(time.Duration(seconds) * time.Second)
}

// restated hands x/oauth2 an answer that was accepted with no more in it than
// it must have: x/oauth2 fails an exchange over an expires_in that it cannot
// read, and parses an answer of type text as a form.
type restated struct {
	client *Client
	k      *call
	said   *tokenAnswer
}

func (t restated) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	t.client.authenticate(req) // x/oauth2 has percent-encoded the credentials
	resp, err := t.k.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]string{"access_token": t.said.AccessToken, "token_type": "bearer"})
	if err != nil {
		return nil, err
	}
	resp.Header = http.Header{"Content-Type": {"application/json"}}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
