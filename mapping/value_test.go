package mapping_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
)

func TestValuesThatArriveOrNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		title, from, profile string
		want                 any // nil: not set
	}{
		{"null", "description", `{"description":null}`, nil},
		{"absent", "description", `{}`, nil},
		{"empty text", "description", `{"description":""}`, ""},
		{"false", "protected", `{"protected":false}`, false},
		{"zero", "followers_count", `{"followers_count":0}`, int64(0)},
		{"fraction", "score", `{"score":1.5}`, 1.5},
		{"number for a name", "name", `{"name":5}`, int64(5)},
		{"text of every sort", "name", `{"name":"\u202eעדה \"<b>Ada</b>\" 🦉 '&"}`, "\u202eעדה \"<b>Ada</b>\" 🦉 '&"},
		{"white space in text", "location", `{"location":"  London\n"}`, "  London\n"},
		{"unknown field", "brand_new", `{"brand_new":"x"}`, "x"},

		{"email", "email", `{"email":"a@example.com"}`, "a@example.com"},
		{"email empty", "email", `{"email":""}`, nil},
		{"email of spaces", "email", `{"email":" \t"}`, nil},
		{"email null", "email", `{"email":null}`, nil},
		{"email absent", "email", `{}`, nil},
		{"email a number", "email", `{"email":5}`, nil},
		{"email a list", "email", `{"email":["a@example.com"]}`, nil},
		{"email false", "email", `{"email":false}`, nil},
		{"confirmed_email empty", "confirmed_email", `{"confirmed_email":""}`, nil},

		{"integer above 2^53", "followers_count", `{"followers_count":9007199254740993}`, int64(9007199254740993)},
		{"largest int64", "n", `{"n":9223372036854775807}`, int64(9223372036854775807)},
		{"smallest int64", "n", `{"n":-9223372036854775808}`, int64(-9223372036854775808)},
		{"beyond int64", "n", `{"n":9223372036854775808}`, json.Number("9223372036854775808")},

		{"id number", "id", `{"id":7}`, "7"},
		{"id number above 2^53", "id", `{"id":9007199254740993}`, "9007199254740993"},
		{"id number beyond int64", "id", `{"id":18446744073709551615}`, "18446744073709551615"},
		{"id text", "id", `{"id":"7"}`, "7"},
		{"id zero", "id", `{"id":0}`, nil},
		{"id zero as text", "id_str", `{"id_str":"0"}`, nil},
		{"id leading zero", "id_str", `{"id_str":"07"}`, nil},
		{"id negative", "id", `{"id":-7}`, nil},
		{"id negative beyond int64", "id", `{"id":-18446744073709551615}`, nil},
		{"id fraction", "id", `{"id":7.5}`, nil},
		{"id exponent", "id", `{"id":1e3}`, nil},
		{"id huge exponent", "id", `{"id":1e999}`, nil},
		{"id empty", "id", `{"id":""}`, nil},
		{"id words", "id", `{"id":"seven"}`, nil},
		{"id white space", "id", `{"id":"7 "}`, nil},
		{"id other digits", "id", `{"id":"٧"}`, nil},
		{"id true", "id", `{"id":true}`, nil},
		{"id list", "id", `{"id":[7]}`, nil},
		{"id object", "id", `{"id":{"id":7}}`, nil},
		{"id null, id_str there", "id", `{"id":null,"id_str":"7"}`, "7"},

		{"date v1.1", "created_at", `{"created_at":"Sat May 09 17:58:22 +0000 2009"}`, "2009-05-09T17:58:22Z"},
		{"date v1.1 elsewhere", "created_at", `{"created_at":"Sat May 09 17:58:22 -0730 2009"}`, "2009-05-10T01:28:22Z"},
		{"date v2", "created_at", `{"created_at":"2013-12-14T04:35:55.000Z"}`, "2013-12-14T04:35:55Z"},
		{"date v2 elsewhere", "created_at", `{"created_at":"2013-12-14T04:35:55+05:00"}`, "2013-12-13T23:35:55Z"},
		{"date empty", "created_at", `{"created_at":""}`, nil},
		{"date a number", "created_at", `{"created_at":5}`, nil},
		{"date an object", "created_at", `{"created_at":{}}`, nil},
		{"date after the last year", "created_at", `{"created_at":"9999-12-31T23:59:59-01:00"}`, nil},
		{"date before the first year", "created_at", `{"created_at":"0000-01-01T00:00:00+01:00"}`, nil},
		{"date that is none", "created_at", `{"created_at":"yesterday"}`, nil},
		{"date of no calendar", "created_at", `{"created_at":"2013-02-30T00:00:00Z"}`, nil},
		{"date of another object", "status.created_at", `{"status":{"created_at":"Sat May 09 17:58:22 +0000 2009"}}`, "2009-05-09T17:58:22Z"},

		{"display_url is text", "entities.url.urls.0.display_url", `{"entities":{"url":{"urls":[{"display_url":"example.com/a…"}]}}}`, "example.com/a…"},
	}
	for _, tt := range tests {
		t.Run(tt.title, func(t *testing.T) {
			t.Parallel()
			if got := one(t, tt.from, read(t, tt.profile)); got != tt.want {
				t.Errorf("got %T %#v, want %T %#v", got, got, tt.want, tt.want)
			}
		})
	}
}

// Addresses that a page must point to under no name.
var hostile = map[string]string{
	"script":                    "javascript:alert(1)",
	"script in capitals":        "JaVaScRiPt:alert(1)",
	"script with a host":        "javascript://example.com/%0aalert(1)",
	"script after a space":      " javascript:alert(1)",
	"script with a tab":         "java\tscript:alert(1)",
	"data":                      "data:text/html,<script>alert(1)</script>",
	"vbscript":                  "vbscript:msgbox(1)",
	"file":                      "file:///etc/passwd",
	"ftp":                       "ftp://example.com/a.png",
	"blob":                      "blob:https://example.com/1",
	"no scheme":                 "//example.com/a.png",
	"relative":                  "/a.png",
	"bare host":                 "example.com/a.png",
	"scheme only":               "https:",
	"a word that is a scheme":   "http",
	"the other word":            "HTTPS",
	"scheme and slashes":        "https://",
	"port alone":                "https://:443/a.png",
	"no host":                   "https:///a.png",
	"opaque":                    "https:example.com/a.png",
	"backslashes":               `https:\\example.com\a.png`,
	"backslash in host":         `https://example.com\@evil.example/`,
	"name and password":         "https://user:pass@example.com/a.png",
	"name that looks like host": "https://pbs.twimg.com@evil.example/a.png",
	"empty userinfo":            "https://@example.com/a.png",
	"leading space":             " https://example.com/a.png",
	"trailing newline":          "https://example.com/a.png\n",
	"space inside":              "https://example.com/a b.png",
	"nul":                       "https://example.com/\x00a.png",
	"delete":                    "https://example.com/\x7fa.png",
	"c1 control":                "https://example.com/\u0085a.png",
	"bad port":                  "https://example.com:port/a.png",
	"bad escape in host":        "https://exa%zzmple.com/",
	"fragment only":             "#",
	"question only":             "?",
}

func TestHostileAddressesAreNotSet(t *testing.T) {
	t.Parallel()
	names := []string{
		"url", "profile_image_url", "profile_image_url_https", "profile_banner_url",
		"profile_background_image_url_https", "status.media_url_https", "status.url", "status.expanded_url",
		"entities.url.urls.0.expanded_url", "entities.url.urls.0.unwound_url",
	}
	for title, address := range hostile {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			p := mapping.Profile{}
			for _, name := range names[:5] {
				p[name] = address
			}
			p["status"] = map[string]any{"media_url_https": address, "url": address, "expanded_url": address}
			p["entities"] = map[string]any{"url": map[string]any{"urls": []any{
				map[string]any{"expanded_url": address, "unwound_url": address},
			}}}
			for _, name := range names {
				if got := one(t, name, p); got != nil {
					t.Errorf("%s = %q", name, got)
				}
			}
			// Nor do they get through inside of an object that is taken whole.
			for _, name := range []string{"status", "entities", "entities.url", "entities.url.urls", "entities.url.urls.0"} {
				if b, err := json.Marshal(one(t, name, p)); err != nil || strings.Contains(string(b), "_url") {
					t.Errorf("%s: %s, %v", name, b, err)
				}
			}
		})
	}
}

func TestAddressesThatAreFine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, address string
		set           bool
	}{
		{"url", "https://t.co/abc", true},
		{"url", "http://example.com", true},
		{"url", "HTTP://EXAMPLE.COM/", true},
		{"url", "https://example.com:8443/a?b=c&d=%20#e", true},
		{"url", "https://пример.рф/я", true},
		{"url", "https://[2001:db8::1]/", true},
		{"url", "https://example.com/100%", true}, // browsers follow
		{"url", "", true},
		{"status.display_url", "example.com/ab…", true},
		{"status.display_url", "", true},
		{"status.display_url", "example.com:8080/ab…", true},
		{"status.display_url", "https://example.com", true},
		{"status.display_url", "javascript:alert(1)", false},
		{"status.display_url", "data:text/html,x", false},
		{"profile_image_url_https", "https://pbs.twimg.com/a_normal.jpg", true},
		{"profile_image_url_https", "", true},
		{"profile_image_url_https", "http://pbs.twimg.com/a_normal.jpg", false},
		{"profile_image_url", "http://pbs.twimg.com/a_normal.jpg", false},
		{"profile_banner_url", "https://pbs.twimg.com/profile_banners/1/2", true},
		{"profile_banner_url", "http://pbs.twimg.com/profile_banners/1/2", false},
		{"status.media_url", "http://pbs.twimg.com/a.jpg", false},
		{"description", "javascript:alert(1)", true}, // text is only text
	}
	for _, tt := range tests {
		t.Run(tt.from+" "+tt.address, func(t *testing.T) {
			t.Parallel()
			p := mapping.Profile{tt.from: tt.address}
			if object, member, ok := strings.Cut(tt.from, "."); ok {
				p = mapping.Profile{object: map[string]any{member: tt.address}}
			}
			got := one(t, tt.from, p)
			if tt.set && got != tt.address {
				t.Errorf("got %v", got)
			}
			if !tt.set && got != nil {
				t.Errorf("got %v, want none", got)
			}
		})
	}
}

func TestWhatIsInAListIsOfItsKind(t *testing.T) {
	t.Parallel()
	p := read(t, `{
		"url": ["https://example.com", "javascript:alert(1)", ["data:,x"]],
		"media_url": ["https://h/a.png"],
		"status": {"url": ["javascript:alert(1)", "http://example.com"], "URL": "javascript:alert(1)"}
	}`)
	for name, want := range map[string]any{
		"url":          []any{"https://example.com", nil, []any{nil}},
		"url.0":        "https://example.com",
		"url.1":        nil,
		"url.2.0":      nil,
		"media_url":    nil, // an image's address is one text
		"media_url.0":  "https://h/a.png",
		"status.url":   []any{nil, "http://example.com"},
		"status.URL":   nil,
		"status":       map[string]any{"url": []any{nil, "http://example.com"}},
		"status.url.1": "http://example.com",
	} {
		if got := one(t, name, p); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", name, got, want)
		}
	}
}

func TestAProfileMadeByHand(t *testing.T) {
	t.Parallel()
	p := mapping.Profile{"id": 7, "followers_count": 12, "list": []any{1}}
	want := mapping.Fields{"id": "7", "followers": int64(12), "list": []any{int64(1)}}
	m := mapping.Must(map[string]string{"id_str": "id", "followers_count": "followers", "list": "list"})
	if got := apply(t, m, p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
}

func TestAnImageIsText(t *testing.T) {
	t.Parallel()
	for _, v := range []string{`5`, `true`, `["https://h/a.png"]`, `{"url":"https://h/a.png"}`, `null`} {
		if got := one(t, "profile_image_url_https", read(t, `{"profile_image_url_https":`+v+`}`)); got != nil {
			t.Errorf("%s: got %v", v, got)
		}
	}
}

func TestAWholeObjectIsCopied(t *testing.T) {
	t.Parallel()
	const text = `{"entities":{
		"list":[1,"a",null,[true,{"deep":2}]],
		"none":null,
		"big":9007199254740993,
		"url":{"urls":[{"url":"https://t.co/a","expanded_url":"javascript:alert(1)","indices":[0,23]}]},
		"created_at":"Sat May 09 17:58:22 +0000 2009",
		"email":""
	}}`
	p := read(t, text)
	m := mapping.Must(map[string]string{"entities": "whole", "entities.list": "list"})
	f := apply(t, m, p)
	want := mapping.Fields{
		"whole": map[string]any{
			"list":       []any{int64(1), "a", nil, []any{true, map[string]any{"deep": int64(2)}}},
			"big":        int64(9007199254740993),
			"url":        map[string]any{"urls": []any{map[string]any{"url": "https://t.co/a", "indices": []any{int64(0), int64(23)}}}},
			"created_at": "2009-05-09T17:58:22Z",
			"email":      "",
		},
		"list": []any{int64(1), "a", nil, []any{true, map[string]any{"deep": int64(2)}}},
	}
	if !reflect.DeepEqual(f, want) {
		t.Fatalf("got  %#v\nwant %#v", f, want)
	}

	if !reflect.DeepEqual(p, read(t, text)) {
		t.Error("Apply changed the profile")
	}
	f["list"].([]any)[3].([]any)[1].(map[string]any)["deep"] = "changed"
	f["whole"].(map[string]any)["url"].(map[string]any)["urls"].([]any)[0] = "changed"
	f["whole"].(map[string]any)["new"] = "changed"
	if !reflect.DeepEqual(p, read(t, text)) {
		t.Error("a change of Fields shows in the profile")
	}
	if again := apply(t, m, p); !reflect.DeepEqual(again, want) {
		t.Errorf("a change of Fields shows in the next: %#v", again)
	}
}

func TestApplyOfNothing(t *testing.T) {
	t.Parallel()
	for title, p := range map[string]mapping.Profile{"nil": nil, "empty": {}, "nulls": {"name": nil, "email": nil}} {
		f, err := mapping.Default().Apply(p)
		if err != nil || f == nil || len(f) != 0 {
			t.Errorf("%s: %#v, %v", title, f, err)
		}
	}
	var zero mapping.Mapping
	if f, err := zero.Apply(read(t, v1Profile)); err != nil || f == nil || len(f) != 0 {
		t.Errorf("zero Mapping: %#v, %v", f, err)
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	want := mapping.Fields{
		"name":         "Ada Lovelace",
		"screenName":   "ada",
		"email":        "ada@example.com",
		"profileImage": "https://pbs.twimg.com/profile_images/1/ada_normal.jpg",
	}
	for _, text := range []string{v1Profile, v2Profile} {
		if got := apply(t, mapping.Default(), read(t, text)); !reflect.DeepEqual(got, want) {
			t.Errorf("got %#v", got)
		}
	}
}
