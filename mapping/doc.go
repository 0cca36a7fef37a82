// Package mapping copies fields of a Twitter profile into properties of the
// app's own users, by a table that the app gives:
//
//	m, err := mapping.New(map[string]string{
//		"email":           "email",
//		"screen_name":     "handle",
//		"followers_count": "followers",
//	})
//
// A key is a field of X's profile, or a dotted path to one, such as
// "entities.url.urls.0.expanded_url"; a number in a path is a position in a
// list. X has two profile APIs with different names for the same things
// (docs.x.com: the data dictionary's "User object" for v1.1, "GET /2/users/me"
// for v2). Either name works with either API, and the value is the same
// whichever API answered. Where a profile has both fields, the field that the
// table names is preferred.
//
// [Mapping.Apply] makes [Fields] of a [Profile]. Package
// [twitterlogin.example/twitterauth] does so at each login, with its
// Config.Mapping, and hands both to the app's store:
//
//	handle, ok := login.Fields.String("handle") // ok is false for one not set
//	err := login.Fields.Decode(&user)           // by json tags, over what is there
//
// # What arrives
//
//   - Null and absent are the same: the property is not set, so an update keeps
//     what the app has. Nothing is ever invented: a field whose form differs from
//     the next lines counts as absent.
//   - The empty string is kept, except that of an email, an ID or a date, where it
//     counts as absent.
//   - Integers are int64 and exact. Account IDs are strings of digits, under
//     both "id" and "id_str".
//   - "created_at" is RFC 3339 in UTC, to the second. See [Time] for a
//     time.Time.
//   - Addresses ("url", "…_url", "…_url_https") are absolute, http or https,
//     and https alone where they are of images. Other addresses, such as
//     "javascript:", "//host" or an address with a password, are not set.
//   - Objects and lists are copies, and the same rules apply to what is in them.
//     Which members a whole object has depends on the API, so name the member.
//   - Everything else is as X sent it: text can hold anything, so escape it,
//     and a name that is a number in X's answer is a number here.
//
// # Rules
//
// A [Rule] makes a property required or converts its value. See [Image] for
// pictures larger than X's 48 pixels:
//
//	mapping.Must(map[string]string{"email": "email"},
//		mapping.Rule{From: "email", To: "email", Required: true},
//		mapping.Rule{From: "profile_image_url_https", To: "avatar", Convert: mapping.Image("400x400")},
//	)
//
// A table that is part of a configuration file is read by
// [Mapping.UnmarshalJSON]. A table of "id" and "screen_name" alone needs no
// profile call over OAuth 1.0a.
//
// # Errors
//
// [New] returns all errors of a table at once, each a [ConfigError] with what
// to do; [Must] panics with them. Apply returns an [Error] for each property
// that is required and missing ([ErrRequired]) or that Convert refused. Their
// texts quote nothing of the profile and may be logged.
package mapping
