package interop

import (
	"os"

	"twitterlogin.example/twitterauth/twittertest"
)

// keys are an app's at the stand-in.
type keys struct {
	consumerKey, consumerSecret string
	clientID, clientSecret      string
}

func keysOf(x *twittertest.Server) keys {
	return keys{x.ConsumerKey, x.ConsumerSecret, x.ClientID, x.ClientSecret}
}

// environment hands the keys to an app.
func (k keys) environment() []string {
	return []string{
		"CONSUMER_KEY=" + k.consumerKey, "CONSUMER_SECRET=" + k.consumerSecret,
		"CLIENT_ID=" + k.clientID, "CLIENT_SECRET=" + k.clientSecret,
	}
}

func keysFromEnvironment() keys {
	return keys{os.Getenv("CONSUMER_KEY"), os.Getenv("CONSUMER_SECRET"), os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET")}
}
