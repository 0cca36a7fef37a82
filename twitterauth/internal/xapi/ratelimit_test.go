package xapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// answering is a transport that gives the same answer to every call. Unlike a
// server it keeps the spelling of header names, and it needs no network.
type answering func() *http.Response

func (a answering) RoundTrip(*http.Request) (*http.Response, error) { return a(), nil }

func limitedClient(status int, header http.Header) *xapi.Client {
	return xapi.New(xapi.Config{
		APIURL: "https://api.example", CallbackURL: callbackURL, ConsumerKey: "key", ConsumerSecret: "secret", ClientID: "client",
		HTTPClient: &http.Client{Transport: answering(func() *http.Response {
			return &http.Response{StatusCode: status, Header: header, Body: http.NoBody}
		})},
	})
}

const (
	window = "x-rate-limit"
	user   = "x-user-limit-24hour"
	app    = "x-app-limit-24hour"
)

func TestRateLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		headers string // "name: value" lines; a value +N is that many seconds from now
		want    time.Duration
		daily   bool
	}{
		"nothing":                 {"", time.Minute, false},
		"the window":              {window + "-reset: +300", 300 * time.Second, false},
		"the window, one second":  {window + "-reset: +1", time.Second, false},
		"the window, now":         {window + "-reset: +0", time.Minute, false},
		"the window, past":        {window + "-reset: +-60", time.Minute, false},
		"the window, a day":       {window + "-reset: +86400", 15 * time.Minute, false},
		"the window, text":        {window + "-reset: soon", time.Minute, false},
		"the window, empty":       {window + "-reset: ", time.Minute, false},
		"the window, a fraction":  {window + "-reset: 1.5", time.Minute, false},
		"the window, negative":    {window + "-reset: -9223372036854775808", time.Minute, false},
		"the window, huge":        {window + "-reset: 9223372036854775807", 15 * time.Minute, false},
		"the window, beyond":      {window + "-reset: 99999999999999999999", time.Minute, false},
		"the window, white space": {window + "-reset:   +300  ", 300 * time.Second, false},
		"the window, twice":       {window + "-reset: +300\n" + window + "-reset: +300", 300 * time.Second, false},
		"the window, two values":  {window + "-reset: +300\n" + window + "-reset: +400", time.Minute, false},
		"the window, a list":      {window + "-reset: +300, +400", time.Minute, false},
		"the window, upper case":  {strings.ToUpper(window) + "-RESET: +300", 300 * time.Second, false},

		"a user's day":              {user + "-remaining: 0\n" + user + "-reset: +7200", 2 * time.Hour, true},
		"the app's day":             {app + "-remaining: 0\n" + app + "-reset: +7200", 2 * time.Hour, true},
		"a day, and the window":     {user + "-remaining: 0\n" + user + "-reset: +7200\n" + window + "-reset: +840\n" + window + "-remaining: 74", 2 * time.Hour, true},
		"a day that ends sooner":    {user + "-remaining: 0\n" + user + "-reset: +100\n" + window + "-reset: +840\n" + window + "-remaining: 74", 100 * time.Second, true},
		"both are used up":          {user + "-remaining: 0\n" + user + "-reset: +100\n" + window + "-reset: +840\n" + window + "-remaining: 0", 840 * time.Second, true},
		"two days":                  {user + "-remaining: 0\n" + user + "-reset: +7200\n" + app + "-remaining: 0\n" + app + "-reset: +3600", 2 * time.Hour, true},
		"two days, the app's later": {user + "-remaining: 0\n" + user + "-reset: +3600\n" + app + "-remaining: 0\n" + app + "-reset: +7200", 2 * time.Hour, true},
		"one of two days":           {user + "-remaining: 3\n" + user + "-reset: +7200\n" + app + "-remaining: 0\n" + app + "-reset: +3600", time.Hour, true},
		"a whole day":               {user + "-remaining: 0\n" + user + "-reset: +86400", 24 * time.Hour, true},
		"more than a day":           {user + "-remaining: 0\n" + user + "-reset: +86401", 24 * time.Hour, true},
		"a day, no reset":           {user + "-remaining: 0\n" + window + "-reset: +840", time.Minute, true},
		"a day, past":               {user + "-remaining: 0\n" + user + "-reset: +-1\n" + window + "-reset: +840", time.Minute, true},
		"a day, text":               {user + "-remaining: 0\n" + user + "-reset: tomorrow", time.Minute, true},
		"a day, negative":           {user + "-remaining: 0\n" + user + "-reset: -5", time.Minute, true},
		"a day, huge":               {user + "-remaining: 0\n" + user + "-reset: 9223372036854775807", 24 * time.Hour, true},
		"a day, beyond":             {user + "-remaining: 0\n" + user + "-reset: 99999999999999999999", time.Minute, true},
		"a day, two resets":         {user + "-remaining: 0\n" + user + "-reset: +3600\n" + user + "-reset: +7200", time.Minute, true},
		"a day, one reset twice":    {user + "-remaining: 0\n" + user + "-remaining: 0\n" + user + "-reset: +3600\n" + user + "-reset: +3600", time.Hour, true},
		"a day, upper case":         {strings.ToUpper(user) + "-REMAINING: 0\n" + strings.ToUpper(user) + "-RESET: +7200", 2 * time.Hour, true},
		"a day, canonical":          {"X-User-Limit-24hour-Remaining: 0\nX-User-Limit-24hour-Reset: +7200", 2 * time.Hour, true},
		"a day, two spellings":      {user + "-remaining: 0\nX-User-Limit-24hour-Remaining: 0\n" + user + "-reset: +7200", 2 * time.Hour, true},
		"a day, odd zero":           {user + "-remaining: 000 \n" + user + "-reset: +7200", 2 * time.Hour, true},

		"a day that is left":         {user + "-remaining: 1\n" + user + "-reset: +7200\n" + app + "-remaining: 99\n" + app + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, no number":           {user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, an empty number":     {user + "-remaining: \n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, number is text":      {user + "-remaining: none\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, number is negative":  {user + "-remaining: -1\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, number is fraction":  {user + "-remaining: 0.5\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, number is huge":      {user + "-remaining: 99999999999999999999\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, two numbers":         {user + "-remaining: 0\n" + user + "-remaining: 5\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day, a list of numbers":   {user + "-remaining: 5, 0\n" + user + "-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"an hour that X has not":     {"x-user-limit-1hour-remaining: 0\nx-user-limit-1hour-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
		"a day under another's name": {"x-team-limit-24hour-remaining: 0\nx-team-limit-24hour-reset: +7200\n" + window + "-reset: +840", 840 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) { // time stands still
			header := http.Header{}
			for line := range strings.Lines(test.headers) {
				key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
				for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' }) {
					if seconds, err := strconv.Atoi(strings.TrimPrefix(part, "+")); err == nil && part[0] == '+' {
						value = strings.Replace(value, part, strconv.FormatInt(time.Now().Unix()+int64(seconds), 10), 1)
					}
				}
				header[key] = append(header[key], value)
			}
			for step, call := range steps {
				e := asError(t, call(t.Context(), limitedClient(http.StatusTooManyRequests, header)))
				if e.Kind != xapi.RateLimited || e.RetryAfter != test.want || strings.Contains(e.Reason, "24 hours") != test.daily {
					t.Errorf("%s at %s: %v, wait %v, want %v", name, step, e, e.RetryAfter, test.want)
				}
			}
		})
	}
}

// Code 88 means a rate limit whatever the status.
func TestRateLimitByCode(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(user+"-remaining", "0")
		w.Header().Set(user+"-reset", strconv.FormatInt(time.Now().Add(100*time.Hour).Unix(), 10))
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"errors":[{"code":88}]}`))
	})
	for step, call := range steps {
		if e := asError(t, call(t.Context(), u.client(xapi.Config{}))); e.Kind != xapi.RateLimited || e.RetryAfter != 24*time.Hour {
			t.Errorf("%s: %v, wait %v", step, e, e.RetryAfter)
		}
	}
}
