package twitterauth

// Refuse returns an error that turns a person away, as [ErrLoginRefused] does, which
// it wraps, with a text for the person: "You need an invitation." A [UserStore]
// returns it, wrapped or not, from UserForLogin, LinkLogin or SaveSession.
//
// The error page, JSON's message and a native app's error_description have the
// text, before that of [Config.Texts], escaped, in one line and cut to 200
// bytes. Control characters become blanks, and characters that turn the
// direction of what follows are left out. Anyone may read it: do not reveal to
// strangers who has an account. The text "" is the ordinary text.
func Refuse(public string) error { return &refusal{public: oneLine(public, maxPublicLine)} }

// refusal is the error of Refuse.
type refusal struct{ public string }

func (r *refusal) Error() string {
	if r.public == "" {
		return ErrLoginRefused.Error()
	}
	return ErrLoginRefused.Error() + ": " + r.public
}

func (r *refusal) Unwrap() error { return ErrLoginRefused }

// maxPublicLine bounds a text of the app that strangers read, in bytes.
const maxPublicLine = 200
