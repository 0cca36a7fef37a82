package mapping_test

import (
	"encoding/json"
	"testing"

	"twitterlogin.example/mapping"
)

// The same person, as each of X's APIs tells of her.
const (
	v1Profile = `{
		"id": 1234567890123456789,
		"id_str": "1234567890123456789",
		"name": "Ada Lovelace",
		"screen_name": "ada",
		"email": "ada@example.com",
		"location": null,
		"description": "Notes on engines, see t.co/x",
		"url": "https://t.co/abc",
		"protected": false,
		"verified": true,
		"followers_count": 9007199254740993,
		"friends_count": 12,
		"statuses_count": 340,
		"listed_count": 5,
		"favourites_count": 78,
		"created_at": "Sat Dec 14 05:35:55 +0100 2013",
		"profile_image_url": "http://pbs.twimg.com/profile_images/1/ada_normal.jpg",
		"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/ada_normal.jpg",
		"profile_banner_url": "https://pbs.twimg.com/profile_banners/1/2",
		"entities": {
			"url": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.com/ada", "display_url": "example.com/ada", "indices": [0, 23]}]},
			"description": {"urls": []}
		}
	}`
	v2Profile = `{
		"id": "1234567890123456789",
		"name": "Ada Lovelace",
		"username": "ada",
		"confirmed_email": "ada@example.com",
		"description": "Notes on engines, see t.co/x",
		"url": "https://t.co/abc",
		"protected": false,
		"verified": true,
		"created_at": "2013-12-14T04:35:55.000Z",
		"profile_image_url": "https://pbs.twimg.com/profile_images/1/ada_normal.jpg",
		"public_metrics": {"followers_count": 9007199254740993, "following_count": 12, "tweet_count": 340, "listed_count": 5, "like_count": 78},
		"entities": {"url": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.com/ada", "display_url": "example.com/ada", "start": 0, "end": 23}]}}
	}`
)

// read decodes a profile, or ends the test.
func read(tb testing.TB, text string) mapping.Profile {
	tb.Helper()
	var p mapping.Profile
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		tb.Fatalf("Unmarshal(%s): %v", text, err)
	}
	return p
}

// apply maps a profile, or ends the test.
func apply(tb testing.TB, m *mapping.Mapping, p mapping.Profile) mapping.Fields {
	tb.Helper()
	f, err := m.Apply(p)
	if err != nil {
		tb.Fatalf("Apply: %v", err)
	}
	return f
}

// one maps a single field and returns its value, nil when it is not set.
func one(tb testing.TB, from string, p mapping.Profile) any {
	tb.Helper()
	m, err := mapping.New(map[string]string{from: "p"})
	if err != nil {
		tb.Fatalf("New(%q): %v", from, err)
	}
	f := apply(tb, m, p)
	v, ok := f["p"]
	if ok && v == nil {
		tb.Errorf("%s: the property is there and nil", from)
	}
	return v
}

func TestEveryNameWorksWithEitherAPI(t *testing.T) {
	t.Parallel()
	groups := []struct {
		want  any
		names []string
	}{
		{"1234567890123456789", []string{"id", "id_str"}},
		{"ada", []string{"screen_name", "username"}},
		{"ada@example.com", []string{"email", "confirmed_email"}},
		{"https://pbs.twimg.com/profile_images/1/ada_normal.jpg", []string{"profile_image_url_https", "profile_image_url"}},
		{"2013-12-14T04:35:55Z", []string{"created_at"}},
		{int64(9007199254740993), []string{"followers_count", "public_metrics.followers_count"}},
		{int64(12), []string{"friends_count", "public_metrics.following_count", "following_count"}},
		{int64(340), []string{"statuses_count", "public_metrics.tweet_count", "public_metrics.post_count", "tweet_count", "post_count"}},
		{int64(5), []string{"listed_count", "public_metrics.listed_count"}},
		{int64(78), []string{"favourites_count", "public_metrics.like_count", "like_count"}},
		{"Ada Lovelace", []string{"name"}},
		{"Notes on engines, see t.co/x", []string{"description"}},
		{"https://t.co/abc", []string{"url"}},
		{false, []string{"protected"}},
		{true, []string{"verified"}},
		{"https://example.com/ada", []string{"entities.url.urls.0.expanded_url"}},
	}
	v1, v2 := read(t, v1Profile), read(t, v2Profile)
	for _, g := range groups {
		for _, name := range g.names {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if got := one(t, name, v1); got != g.want {
					t.Errorf("v1.1: got %T %v, want %T %v", got, got, g.want, g.want)
				}
				if got := one(t, name, v2); got != g.want {
					t.Errorf("v2: got %T %v, want %T %v", got, got, g.want, g.want)
				}
			})
		}
	}
}

func TestCountersUnderTheirNewerNames(t *testing.T) {
	t.Parallel()
	profiles := map[string]string{
		"post_count in public_metrics": `{"public_metrics":{"post_count":340}}`,
		"post_count on its own":        `{"post_count":340}`,
		"tweet_count on its own":       `{"tweet_count":340}`,
		"statuses_count":               `{"statuses_count":340}`,
	}
	names := []string{"statuses_count", "public_metrics.tweet_count", "public_metrics.post_count", "tweet_count", "post_count"}
	for title, text := range profiles {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			p := read(t, text)
			for _, name := range names {
				if got := one(t, name, p); got != int64(340) {
					t.Errorf("%s: got %v", name, got)
				}
			}
		})
	}
}

func TestTheNamedFieldWinsOverItsOtherNames(t *testing.T) {
	t.Parallel()
	p := mapping.Profile{"screen_name": "old", "username": "new", "followers_count": int64(1),
		"public_metrics": map[string]any{"followers_count": int64(0)}}
	for name, want := range map[string]any{
		"screen_name":                    "old",
		"username":                       "new",
		"followers_count":                int64(1),
		"public_metrics.followers_count": int64(0), // zero is a value
	} {
		if got := one(t, name, p); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestAnUnusableNameGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from    string
		profile mapping.Profile
		want    any
	}{
		{"email", mapping.Profile{"email": "", "confirmed_email": "a@example.com"}, "a@example.com"},
		{"email", mapping.Profile{"email": nil, "confirmed_email": "a@example.com"}, "a@example.com"},
		{"id_str", mapping.Profile{"id_str": "x", "id": int64(7)}, "7"},
		{"profile_image_url", mapping.Profile{"profile_image_url": "http://h/a.png", "profile_image_url_https": "https://h/a.png"}, "https://h/a.png"},
		{"screen_name", mapping.Profile{"screen_name": nil, "username": "ada"}, "ada"},
	}
	for _, tt := range tests {
		if got := one(t, tt.from, tt.profile); got != tt.want {
			t.Errorf("%s of %v: got %v, want %v", tt.from, tt.profile, got, tt.want)
		}
	}
}
