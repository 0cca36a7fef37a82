package attempt

import (
	"testing"
	"time"
)

func FuzzAttempt(f *testing.F) {
	f.Add("token", "secret", "/a", "data", true, false, false, []byte{0x20})
	f.Add("state", "verifier", "/a", "data", false, true, false, []byte{0x22})
	f.Add("state", "verifier", "", "", true, true, true, []byte{0x27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add("", "", "", "", false, false, false, []byte{0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add("", "", "", "", false, false, true, []byte{0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, key, secret, returnTo, data string, stay, overOAuth2, less bool, junk []byte) {
		in := Attempt{Started: time.UnixMicro(time.Now().UnixMicro()), Key: key, Secret: secret, ReturnTo: returnTo, Data: data, Stay: stay, WithoutEmail: less, Used: less, Reauth: less, User: UserDigest(data)}
		if less && key != "" {
			in.App = App{RedirectURI: key, Challenge: secret, State: data}
		}
		if overOAuth2 {
			in.Protocol = OAuth2
		}
		if out, err := decode(in.encode()); err != nil || out != in {
			t.Errorf("%+v became %+v, %v", in, out, err)
		}
		_, err := decode(junk) // must not panic
		if err == nil && (len(junk) < 14 || junk[0]&0xe0 != 0x20 && junk[0]&0xe0 != 0x40) {
			t.Errorf("%x is an attempt", junk)
		}
	})
}
