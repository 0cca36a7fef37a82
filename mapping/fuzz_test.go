package mapping_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
)

// wide reads a bit of everything.
var wide = mapping.Must(map[string]string{
	"id":                               "id",
	"id_str":                           "idText",
	"name":                             "name",
	"username":                         "handle",
	"email":                            "email",
	"url":                              "link",
	"followers_count":                  "followers",
	"post_count":                       "posts",
	"created_at":                       "joined",
	"profile_image_url":                "image",
	"profile_image_url_https":          "imageHTTPS",
	"profile_banner_url":               "imageBanner",
	"status":                           "status",
	"entities":                         "entities",
	"entities.url.urls":                "links",
	"entities.url.urls.0":              "linkObject",
	"entities.url.urls.0.expanded_url": "linkExpanded",
	"entities.list.1.2":                "position",
},
	mapping.Rule{From: "profile_image_url", To: "imageBig", Convert: mapping.Image("400x400")},
	mapping.Rule{From: "profile_image_url", To: "imageOriginal", Convert: mapping.Image("")},
	mapping.Rule{From: "created_at", To: "joinedTime", Convert: mapping.Time},
)

func FuzzProfile(f *testing.F) {
	for _, seed := range []string{
		v1Profile, v2Profile, `{}`, `null`, `[]`, `{"id":0}`, `{"id":1.5}`, `{"id":1e30,"id_str":"x"}`, `{"name":5,"email":""}`,
		`{"profile_image_url":"javascript:alert(1)","url":"//evil.example"}`,
		`{"profile_image_url_https":"https://a@b/_normal.jpg","status":{"media_url":"http://h/a.png"}}`,
		`{"entities":{"url":{"urls":[{"expanded_url":"data:,x"}]},"list":[0,[1,2,{"a":[null]}]]}}`,
		`{"created_at":"Sat May 09 17:58:22 +0000 2009"}`, `{"created_at":"9999-12-31T23:59:59-01:00"}`,
		`<html>`, `{"id":1} x`,
		"\t{ \"a\\u0022\\\\\" :\r\n[ true ,false, null ,{ } , [ ] , -0 , 1E+2, 0.1e-1 , \"\\ud800\xff\xc3\xa9\\/,:]}\" ] ,\"a\":{\"\":-9223372036854775809}}\n ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var p, untouched mapping.Profile
		err := p.UnmarshalJSON(body)
		if (err == nil) != (json.Unmarshal(body, &untouched) == nil) {
			t.Fatalf("called by itself and by encoding/json, UnmarshalJSON differs: %v", err)
		}
		if want := decoded(body); !reflect.DeepEqual(p, want) {
			t.Fatalf("got  %#v\nwant %#v", p, want)
		}
		if err != nil {
			return
		}
		fields, err := wide.Apply(p)
		if err != nil {
			t.Fatalf("nothing is required, yet: %v", err)
		}
		if !reflect.DeepEqual(p, untouched) {
			t.Fatal("Apply changed the profile")
		}
		for property, v := range fields {
			if v == nil {
				t.Errorf("%s is there and nil", property)
			}
			text, isText := v.(string)
			switch {
			case strings.HasPrefix(property, "image"):
				if !isText || text != "" && !pointsTo(text, "https") {
					t.Errorf("%s = %#v", property, v)
				}
			case property == "link" || property == "linkExpanded":
				if isText && text != "" && !pointsTo(text, "http", "https") {
					t.Errorf("%s = %#v", property, v)
				}
			case strings.HasPrefix(property, "id"):
				if !isText || text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
					t.Errorf("%s = %#v", property, v)
				}
			case property == "email":
				if !isText || strings.TrimSpace(text) == "" {
					t.Errorf("%s = %#v", property, v)
				}
			case property == "joined":
				at, err := time.Parse(time.RFC3339, text)
				if got, ok := fields["joinedTime"].(time.Time); err != nil || !strings.HasSuffix(text, "Z") || !ok || got.Truncate(time.Second) != at {
					t.Errorf("%s = %#v, joinedTime = %v", property, v, fields["joinedTime"])
				}
			}
			safe(t, property, v)
		}
		var everything struct {
			ID       string         `json:"id"`
			Name     any            `json:"name"`
			Entities map[string]any `json:"entities"`
			Joined   time.Time      `json:"joinedTime"`
		}
		_ = fields.Decode(&everything)
		if everything.ID != "" && everything.ID != fields["id"] {
			t.Errorf("Decode: %q of %v", everything.ID, fields["id"])
		}
	})
}

// pointsTo says by other means than the package whether an address is fit for
// a page.
func pointsTo(address string, schemes ...string) bool {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || rest == "" || strings.ContainsAny(address, "\\ \t\r\n\x00") {
		return false
	}
	host, _, _ := strings.Cut(strings.NewReplacer("?", "/", "#", "/").Replace(rest), "/")
	if host == "" || strings.Contains(host, "@") {
		return false
	}
	for _, s := range schemes {
		if strings.EqualFold(scheme, s) {
			return true
		}
	}
	return false
}

// safe looks for addresses of scripts at any depth.
func safe(t *testing.T, name string, v any) {
	t.Helper()
	switch v := v.(type) {
	case string:
		isURL := name == "url" || strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "_url_https")
		if u, err := url.Parse(v); isURL && err == nil && u.Scheme != "" && !strings.Contains(u.Scheme, ".") && !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
			t.Errorf("%s = %q", name, v)
		}
	case map[string]any:
		for member, value := range v {
			safe(t, member, value)
		}
	case []any:
		for _, value := range v {
			safe(t, name, value)
		}
	}
}

func FuzzNew(f *testing.F) {
	for _, from := range []string{"name", "id", "entities.url.urls.0.expanded_url", "a..b", "0", "list.01", "", "public_metrics.post_count", "imya.имя", "created_at"} {
		f.Add(from, "property", "username", "handle")
	}
	f.Add("name", "", "name", " x")
	f.Add("name", "x", "url", "x")
	f.Add("name", "x", "name", "y")
	v1, v2 := read(f, v1Profile), read(f, v2Profile)
	f.Fuzz(func(t *testing.T, from, to, ruleFrom, ruleTo string) {
		m, err := mapping.New(map[string]string{from: to}, mapping.Rule{From: ruleFrom, To: ruleTo})
		if err != nil {
			if m != nil {
				t.Error("a Mapping came with the error")
			}
			var c *mapping.ConfigError
			if !errors.As(err, &c) || c.Reason == "" {
				t.Errorf("error %#v", err)
			}
			return
		}
		for _, p := range []mapping.Profile{v1, v2, nil} {
			fields, err := m.Apply(p)
			if err != nil {
				t.Fatal(err)
			}
			for property, v := range fields {
				if v == nil || property != to && property != ruleTo {
					t.Errorf("%q = %v", property, v)
				}
			}
		}
		b, err := json.Marshal(m)
		if err != nil {
			if from != ruleFrom || to == ruleTo {
				t.Fatal(err)
			}
			return
		}
		var again mapping.Mapping
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if !reflect.DeepEqual(again.Properties(), m.Properties()) {
			t.Errorf("through JSON: %q, before: %q", again.Properties(), m.Properties())
		}
	})
}
