package twitterauth_test

import (
	"encoding/json"
	"testing"
)

// linkAddress returns the address that the app opens in the system browser so
// that its user links an account.
func (s *site) linkAddress(t testing.TB, app *nativeApp, token string) string {
	t.Helper()
	fields := map[string]any{}
	for name, values := range app.request() {
		fields[name] = values[0]
	}
	r := s.postAuthorize(t, fields, "Bearer "+token)
	var answer struct{ URL string }
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.URL == "" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	return answer.URL
}
