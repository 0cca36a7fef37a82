package xapi_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// profileWith is a profile with one more member.
func profileWith(path, member string) string {
	profile := `{"id":6253282,"id_str":"6253282","username":"xapi","more":` + member + `}`
	if path == "/2/users/me" {
		return `{"data":` + profile + `}`
	}
	return profile
}

// filled repeats a part up to a size in bytes.
func filled(open, part, end string, size int) string {
	return open + strings.TrimSuffix(strings.Repeat(part, size/len(part)), ",") + end
}

const almostTooLarge = 1<<20 - 200

// costly are profiles that are small in bytes and large in memory.
var costly = map[string]string{
	"empty lists":      filled("[", "[],", "]", almostTooLarge),
	"empty objects":    filled("[", "{},", "]", almostTooLarge),
	"small objects":    filled("[", `{"a":1},`, "]", almostTooLarge),
	"numbers":          filled("[", "1,", "]", almostTooLarge),
	"empty strings":    filled("[", `"",`, "]", almostTooLarge),
	"nulls":            filled("[", "null,", "]", almostTooLarge),
	"one name":         filled("{", `"a":1,`, "}", almostTooLarge),
	"nested lists":     strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
	"nested a little":  strings.Repeat("[", 70) + strings.Repeat("]", 70),
	"nested objects":   strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000),
	"behind a string":  filled(`["\\\"[",`, "[],", "]", almostTooLarge),
	"after a backsl.":  filled(`["\\",`, "[],", "]", almostTooLarge),
	"lists in objects": filled("[", `{"a":[]},`, "]", almostTooLarge),
}

func TestCostlyProfiles(t *testing.T) {
	t.Parallel()
	for name, member := range costly {
		for _, step := range []xapi.Step{xapi.StepVerifyCredentials, xapi.StepUsersMe} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, profileWith(r.URL.Path, member)) })
			e := asError(t, steps[step](t.Context(), u.client(xapi.Config{})))
			if e.Kind != xapi.Unavailable || !strings.Contains(e.Reason, "too large") || u.calls.Load() != 1 {
				t.Errorf("%s at %s: %v after %d calls", name, step, e, u.calls.Load())
			}
		}
	}
}

// What real profiles hold many times over is read, and so is one long text.
func TestLargeProfiles(t *testing.T) {
	t.Parallel()
	for name, member := range map[string]string{
		"a thousand objects": filled("[", `{"url":"https://t.co/abcdefghij"},`, "]", 1000*36),
		"8,000 numbers":      filled("[", "1,", "]", 2*8000),
		"50 levels":          strings.Repeat("[", 50) + strings.Repeat("]", 50),
		"a long text":        `"` + strings.Repeat("x", almostTooLarge) + `"`,
		"text of brackets":   `"` + strings.Repeat(`[{,\"`, almostTooLarge/5) + `"`,
		"text of backsl.":    `"` + strings.Repeat(`\\`, almostTooLarge/2) + `"`,
	} {
		for _, step := range []xapi.Step{xapi.StepVerifyCredentials, xapi.StepUsersMe} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, profileWith(r.URL.Path, member)) })
			if err := steps[step](t.Context(), u.client(xapi.Config{})); err != nil {
				t.Errorf("%s at %s: %v", name, step, err)
			}
		}
	}
}

// The longest profile that is read takes a bounded amount of memory, however
// much there is in it.
func TestMemoryOfProfiles(t *testing.T) { // not parallel: it counts allocations
	const values = 8100
	for name, member := range map[string]string{
		"empty lists":   filled("[", "[],", "]", 3*values/2),
		"empty objects": filled("[", "{},", "]", 3*values/2),
		"small objects": filled("[", `{"a":1},`, "]", 8*values/2),
		"numbers":       filled("[", "1,", "]", 2*values),
		"long strings":  filled("[", `"`+strings.Repeat("x", 120)+`",`, "]", almostTooLarge),
		"a long text":   `"` + strings.Repeat("x", almostTooLarge) + `"`,
		"a long escape": `"` + strings.Repeat(`\u0001`, almostTooLarge/6) + `"`,
	} {
		body := []byte(profileWith("", member))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var profile mapping.Profile
		if err := profile.UnmarshalJSON(body); err != nil {
			t.Fatal(name, err)
		}
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d KiB of JSON take %d KiB", name, len(body)>>10, allocated>>10)
		if allocated > 6<<20 {
			t.Errorf("%s: %d KiB", name, allocated>>10)
		}
		runtime.KeepAlive(profile)
	}
}

// An error's body is held to the same bound.
func TestCostlyErrors(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, filled(`{"errors":[`, `{"code":64},`, `]}`, 40<<10))
	})
	for step, call := range steps {
		if e := asError(t, call(t.Context(), u.client(xapi.Config{}))); e.Code != 64 { // 3,400 are few enough
			t.Errorf("%s: %v", step, e)
		}
	}
	u = newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, filled(`{"errors":[{"code":64},`, `{},`, `]}`, 60<<10))
	})
	for step, call := range steps {
		if e := asError(t, call(t.Context(), u.client(xapi.Config{}))); e.Code != 0 {
			t.Errorf("%s: %v", step, e)
		}
	}
}
