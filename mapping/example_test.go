package mapping_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"twitterlogin.example/mapping"
)

func Example() {
	m, err := mapping.New(map[string]string{
		"screen_name":                      "handle",
		"email":                            "email",
		"followers_count":                  "followers",
		"entities.url.urls.0.expanded_url": "website",
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// What the newer of X's APIs answers; the older one's names work as well.
	var profile mapping.Profile
	err = json.Unmarshal([]byte(`{
		"id": "1234567890123456789",
		"username": "ada",
		"public_metrics": {"followers_count": 1815},
		"entities": {"url": {"urls": [{"expanded_url": "https://example.com/ada"}]}}
	}`), &profile)
	if err != nil {
		fmt.Println(err)
		return
	}

	fields, err := m.Apply(profile)
	if err != nil {
		fmt.Println(err)
		return
	}
	handle, _ := fields.String("handle")
	followers, _ := fields.Int("followers")
	website, _ := fields.String("website")
	_, hasEmail := fields.String("email")
	fmt.Println(handle, followers, website, hasEmail)
	// Output: ada 1815 https://example.com/ada false
}

func ExampleNew_errors() {
	_, err := mapping.New(map[string]string{
		"entities..url": "website",
		"name":          "label",
		"screen_name":   "label",
	})
	fmt.Println(err)

	var wrong *mapping.ConfigError
	fmt.Println(errors.As(err, &wrong), wrong.From)
	// Output:
	// mapping: "entities..url" → "website": the Twitter field has a dot at its start or end, or two together
	// mapping: "screen_name" → "label": two fields, this and name, are for the same property: leave one out
	// true entities..url
}

func ExampleRule() {
	m := mapping.Must(
		map[string]string{"name": "name", "email": "email"},
		mapping.Rule{From: "email", To: "email", Required: true, Convert: func(v any) (any, error) {
			return strings.ToLower(v.(string)), nil // an email is always text
		}},
	)

	fields, err := m.Apply(mapping.Profile{"name": "Ada", "email": "Ada@Example.com"})
	fmt.Println(fields, err)

	_, err = m.Apply(mapping.Profile{"name": "Ada", "email": nil})
	fmt.Println(errors.Is(err, mapping.ErrRequired), err)
	// Output:
	// map[email:ada@example.com name:Ada] <nil>
	// true mapping: email (from email): X gave no value for a required property
}

func ExampleImage() {
	m := mapping.Must(nil,
		mapping.Rule{From: "profile_image_url_https", To: "thumbnail"},
		mapping.Rule{From: "profile_image_url_https", To: "picture", Convert: mapping.Image("400x400")},
		mapping.Rule{From: "profile_image_url_https", To: "original", Convert: mapping.Image("")},
	)
	fields, err := m.Apply(mapping.Profile{
		"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/ada_normal.jpg",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, property := range m.Properties() {
		fmt.Println(property, fields[property])
	}
	// Output:
	// original https://pbs.twimg.com/profile_images/1/ada.jpg
	// picture https://pbs.twimg.com/profile_images/1/ada_400x400.jpg
	// thumbnail https://pbs.twimg.com/profile_images/1/ada_normal.jpg
}

func ExampleTime() {
	m := mapping.Must(
		map[string]string{"created_at": "joinedText"},
		mapping.Rule{From: "created_at", To: "joined", Convert: mapping.Time},
	)
	fields, err := m.Apply(mapping.Profile{"created_at": "Sat May 09 17:58:22 +0000 2009"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%T %v\n", fields["joinedText"], fields["joinedText"])
	fmt.Printf("%T %v\n", fields["joined"], fields["joined"])
	// Output:
	// string 2009-05-09T17:58:22Z
	// time.Time 2009-05-09 17:58:22 +0000 UTC
}

func ExampleFields_Decode() {
	m := mapping.Must(map[string]string{
		"name":            "name",
		"email":           "email",
		"followers_count": "followers",
		"created_at":      "joined",
	})
	fields, err := m.Apply(mapping.Profile{
		"name":            "Ada Lovelace",
		"email":           nil, // X does not say this time
		"followers_count": int64(9007199254740993),
		"created_at":      "2013-12-14T04:35:55.000Z",
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	type User struct {
		Name      string    `json:"name"`
		Email     string    `json:"email"`
		Followers int64     `json:"followers"`
		Joined    time.Time `json:"joined"`
	}
	user := User{Name: "Ada Byron", Email: "ada@example.com"} // as the app has it
	if err := fields.Decode(&user); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.Name, user.Email, user.Followers, user.Joined.Year())
	// Output: Ada Lovelace ada@example.com 9007199254740993 2013
}

func ExampleMapping_UnmarshalJSON() {
	var config struct {
		Profile *mapping.Mapping `json:"profile"`
	}
	err := json.Unmarshal([]byte(`{"profile": {"screen_name": "handle", "email": "email"}}`), &config)
	fmt.Println(config.Profile.Properties(), err)

	table, err := json.Marshal(config.Profile)
	fmt.Println(string(table), err)

	err = json.Unmarshal([]byte(`{"profile": {"email": "email", "email": "mail"}}`), &config)
	fmt.Println(err)
	// Output:
	// [email handle] <nil>
	// {"email":"email","screen_name":"handle"} <nil>
	// mapping: "email" → "": the field is in the table twice: leave one out
}

func ExampleMapping_With() {
	m := mapping.Default()
	forThisLogin, err := m.With(map[string]string{"description": "bio", "username": "name"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Properties())
	fmt.Println(forThisLogin.Properties())
	// Output:
	// [email name profileImage screenName]
	// [bio email name profileImage screenName]
}

func ExampleDefault() {
	fields, err := mapping.Default().Apply(mapping.Profile{
		"id_str":                  "6253282",
		"name":                    "Ada Lovelace",
		"screen_name":             "ada",
		"profile_image_url_https": "https://pbs.twimg.com/profile_images/1/ada_normal.jpg",
	})
	fmt.Println(fields, err)
	// Output: map[name:Ada Lovelace profileImage:https://pbs.twimg.com/profile_images/1/ada_normal.jpg screenName:ada] <nil>
}

// The getters tell a property that is not set from one that is empty or zero.
func ExampleFields() {
	m := mapping.Must(map[string]string{
		"location":        "city",
		"description":     "bio",
		"followers_count": "followers",
		"protected":       "private",
		"created_at":      "joined",
	})
	fields, err := m.Apply(mapping.Profile{
		"location":        "",  // empty
		"description":     nil, // not set
		"followers_count": int64(0),
		"protected":       false,
		"created_at":      "2013-12-14T04:35:55.000Z",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	city, ok := fields.String("city")
	fmt.Printf("%q %t\n", city, ok)
	bio, ok := fields.String("bio")
	fmt.Printf("%q %t\n", bio, ok)
	fmt.Println(fields.Int("followers"))
	fmt.Println(fields.Bool("private"))
	fmt.Println(fields.Time("joined"))
	// Output:
	// "" true
	// "" false
	// 0 true
	// false true
	// 2013-12-14 04:35:55 +0000 UTC true
}

// The errors of Apply are joined: one for each property.
func ExampleError() {
	m := mapping.Must(nil,
		mapping.Rule{From: "email", To: "email", Required: true},
		mapping.Rule{From: "location", To: "city", Required: true},
	)
	_, err := m.Apply(mapping.Profile{"name": "Ada"})
	fmt.Println(err)

	var wrong *mapping.Error
	fmt.Println(errors.As(err, &wrong), wrong.Property, errors.Is(err, mapping.ErrRequired))
	// Output:
	// mapping: city (from location): X gave no value for a required property
	// mapping: email (from email): X gave no value for a required property
	// true city true
}

// A mapping tells what it needs from X: with ID and handle alone a login over
// OAuth 1.0a makes no profile call.
func ExampleMapping_OnlyIdentity() {
	identity := mapping.Must(map[string]string{"id": "twitterId", "username": "handle"})
	fmt.Println(identity.OnlyIdentity(), identity.NeedsEmail())
	fmt.Println(mapping.Default().OnlyIdentity(), mapping.Default().NeedsEmail())
	// Output:
	// true false
	// false true
}
