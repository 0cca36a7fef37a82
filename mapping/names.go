package mapping

// field is one thing that X knows of a person, under all of its names: those
// of v1.1 (docs.x.com, data dictionary, "User object") and of v2 (docs.x.com,
// "GET /2/users/me"). The first name is the canonical one.
type field struct {
	kind  kind
	names []string
}

// fields are those that have more than one name or a form of their own.
// v2's counters work with and without the object that they stand in. An
// image's https name comes first: what v1.1 has under the other is http.
var fields = []field{
	{accountID, []string{"id_str", "id"}},
	{plain, []string{"screen_name", "username"}},
	{email, []string{"email", "confirmed_email"}},
	{image, []string{"profile_image_url_https", "profile_image_url"}},
	{image, []string{"profile_background_image_url_https", "profile_background_image_url"}},
	{date, []string{"created_at"}},
	{plain, []string{"followers_count", "public_metrics.followers_count"}},
	{plain, []string{"friends_count", "public_metrics.following_count", "following_count"}},
	{plain, []string{"statuses_count", "public_metrics.tweet_count", "public_metrics.post_count", "tweet_count", "post_count"}},
	{plain, []string{"listed_count", "public_metrics.listed_count"}},
	{plain, []string{"favourites_count", "public_metrics.like_count", "like_count"}},
	{plain, []string{"media_count", "public_metrics.media_count"}},
}

// byName finds a field by any of its names.
var byName = func() map[string]*field {
	m := map[string]*field{}
	for i := range fields {
		for _, name := range fields[i].names {
			m[name] = &fields[i]
		}
	}
	return m
}()

// canonical returns the name that stands for all names of the same field.
func canonical(name string) string {
	if f := byName[name]; f != nil {
		return f.names[0]
	}
	return name
}

// aliases returns the other names of a field.
func aliases(name string) (others []string) {
	f := byName[name]
	if f == nil {
		return nil
	}
	for _, other := range f.names {
		if other != name {
			others = append(others, other)
		}
	}
	return others
}
