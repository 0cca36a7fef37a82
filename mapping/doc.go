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
// "entities.url.urls.0.expanded_url". X has two profile APIs with different
// names for the same things; either name works with either API, and the value
// is the same whichever of them answered.
//
// # What arrives
//
//   - Null and absent are the same: the property is not set, so an update keeps
//     what the app has. Nothing is ever invented.
//   - The empty string is kept, except that of an email, which means none.
//   - Integers are int64 and exact. Account IDs are strings of digits, under
//     both "id" and "id_str".
//   - "created_at" is RFC 3339 in UTC. See [Time] for a time.Time.
//   - Addresses are http or https, those of images https; others, such as
//     "javascript:", are not set.
//   - Everything else is as X sent it: text can hold anything, so escape it.
//
// A [Rule] makes a property required or converts its value.
package mapping
