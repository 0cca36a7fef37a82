package mapping

// Rule refines the pair From → To of a table, or adds it. A rule may spell the
// field otherwise than the table does: "username" refines "screen_name".
type Rule struct {
	From string // Twitter field or dotted path
	To   string // property

	// Required refuses a login without a value. An empty string, list or
	// object counts as missing.
	Required bool

	// Convert, if not nil, turns a value into another. It is called for values
	// that are there, in the form that the package's comment gives, and by
	// several logins at once. What it returns is the property; nil leaves it
	// unset and an error refuses the login. A panic is not caught. See [Image]
	// and [Time].
	Convert func(any) (any, error)
}
