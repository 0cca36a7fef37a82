package twittertest

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// The signatures that X's documentation and RFC 5849 publish.
func TestSignatureOfPublishedRequests(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		baseURL        string
		header         []parameter
		query, form    url.Values
		consumerSecret string
		tokenSecret    string
		want           string
	}{
		{
			name:    "X, request token",
			baseURL: "https://api.twitter.com/oauth/request_token",
			header: []parameter{
				{"oauth_callback", "http://localhost/sign-in-with-twitter/"},
				{"oauth_consumer_key", "cChZNFj6T5R0TigYB9yd1w"},
				{"oauth_nonce", "ea9ec8429b68d6b77cd5600adbbb0456"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "1318467427"},
				{"oauth_version", "1.0"},
			},
			consumerSecret: "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg",
			want:           "F1Li3tvehgcraF8DMJ7OyxO4w9Y=",
		},
		{
			name:    "X, access token with the verifier in the body",
			baseURL: "https://api.twitter.com/oauth/access_token",
			header: []parameter{
				{"oauth_consumer_key", "cChZNFj6T5R0TigYB9yd1w"},
				{"oauth_nonce", "a9900fe68e2573b27a37f10fbad6a755"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "1318467427"},
				{"oauth_token", "NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0"},
				{"oauth_version", "1.0"},
			},
			form:           url.Values{"oauth_verifier": {"uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY"}},
			consumerSecret: "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg",
			tokenSecret:    "veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI",
			want:           "39cipBtIOHEEnybAR4sATQTpl2I=",
		},
		{
			name:    "X, post with a query and a body",
			baseURL: "https://api.x.com/1.1/statuses/update.json",
			header: []parameter{
				{"oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"},
				{"oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "1318622958"},
				{"oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"},
				{"oauth_version", "1.0"},
			},
			query:          url.Values{"include_entities": {"true"}},
			form:           url.Values{"status": {"Hello Ladies + Gentlemen, a signed OAuth request!"}},
			consumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
			tokenSecret:    "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
			want:           "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=",
		},
		{
			name:    "RFC 5849, initiate, with a realm and no version",
			baseURL: "https://photos.example.net/initiate",
			header: []parameter{
				{"realm", "Photos"},
				{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "137131200"},
				{"oauth_nonce", "wIjqoS"},
				{"oauth_callback", "http://printer.example.com/ready"},
				{"oauth_signature", "74KNZJeDHnMBp0EMJ9ZHt/XKycU="},
			},
			consumerSecret: "kd94hf93k423kf44",
			want:           "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
		},
		{
			name:    "RFC 5849, token",
			baseURL: "https://photos.example.net/token",
			header: []parameter{
				{"realm", "Photos"},
				{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
				{"oauth_token", "hh5s93j4hdidpola"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "137131201"},
				{"oauth_nonce", "walatlh"},
				{"oauth_verifier", "hfdp7dh39dks9884"},
			},
			consumerSecret: "kd94hf93k423kf44",
			tokenSecret:    "hdhd0244k9j7ao03",
			want:           "gKgrFCywp7rO0OXSjdot/IHF7IU=",
		},
		{
			name:    "RFC 5849, section 3.1, with a repeated name; the signature is of erratum 2550",
			baseURL: "http://example.com/request",
			header: []parameter{
				{"realm", "Example"},
				{"oauth_consumer_key", "9djdj82h48djs9d2"},
				{"oauth_token", "kkk9d7dh3k39sjv7"},
				{"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "137131201"},
				{"oauth_nonce", "7d8f3e4a"},
			},
			query:          url.Values{"b5": {"=%3D"}, "a3": {"a"}, "c@": {""}, "a2": {"r b"}},
			form:           url.Values{"c2": {""}, "a3": {"2 q"}},
			consumerSecret: "j49sk3j29djd",
			tokenSecret:    "dh893hdasih9",
			want:           "r6/TJjbCOr97/+UU0NsvSne7s5g=",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			params := signedParameters(tt.header, tt.query, tt.form)
			// The method's case does not count.
			for _, method := range []string{"POST", "post"} {
				if got := signature(method, tt.baseURL, params, tt.consumerSecret, tt.tokenSecret); got != tt.want {
					t.Errorf("%s is signed %q, want %q", method, got, tt.want)
				}
			}
			slices.Reverse(params)
			if got := signature("POST", tt.baseURL, params, tt.consumerSecret, tt.tokenSecret); got != tt.want {
				t.Errorf("with the parameters in another order the signature is %q, want %q", got, tt.want)
			}
		})
	}
}

// The example of section 3.4.1.1, with names that repeat and values that are
// empty or encoded twice.
func TestBaseStringOfRFC5849(t *testing.T) {
	t.Parallel()
	query, err := url.ParseQuery("b5=%3D%253D&a3=a&c%40=&a2=r%20b")
	if err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery("c2&a3=2+q")
	if err != nil {
		t.Fatal(err)
	}
	header := []parameter{
		{"realm", "Example"},
		{"oauth_consumer_key", "9djdj82h48djs9d2"},
		{"oauth_token", "kkk9d7dh3k39sjv7"},
		{"oauth_signature_method", "HMAC-SHA1"},
		{"oauth_timestamp", "137131201"},
		{"oauth_nonce", "7d8f3e4a"},
		{"oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw="},
	}
	const want = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
	if got := baseString("POST", "http://example.com/request", signedParameters(header, query, form)); got != want {
		t.Errorf("the base string is\n%s\nwant\n%s", got, want)
	}
}

// A name comes before the longer names that begin with it, though "=" sorts
// behind the digits.
func TestBaseStringSortsNamesBeforeValues(t *testing.T) {
	t.Parallel()
	params := []parameter{{"a1", "x"}, {"a", "z"}, {"a-", "y"}, {"a", "b"}}
	const want = "GET&http%3A%2F%2Fh%2F&a%3Db%26a%3Dz%26a-%3Dy%26a1%3Dx"
	if got := baseString("GET", "http://h/", params); got != want {
		t.Errorf("the base string is %s, want %s", got, want)
	}
}

func TestSignedParametersLeavesTheHeaderAlone(t *testing.T) {
	t.Parallel()
	header := append(make([]parameter, 0, 4), parameter{"oauth_nonce", "n"})
	signedParameters(header, url.Values{"q": {"1"}}, nil)
	if extra := header[:2][1]; extra != (parameter{}) {
		t.Errorf("the header's array got %v", extra)
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"Ladies + Gentlemen", "Ladies%20%2B%20Gentlemen"},
		{"An encoded string!", "An%20encoded%20string%21"},
		{"Dogs, Cats & Mice", "Dogs%2C%20Cats%20%26%20Mice"},
		{"☃", "%E2%98%83"},
		{"~", "~"},
		{"", ""},
		{"azAZ09-._~", "azAZ09-._~"},
		{"%2B", "%252B"},
		{"!*'()/?:@=,;$#[]", "%21%2A%27%28%29%2F%3F%3A%40%3D%2C%3B%24%23%5B%5D"},
		{"\x00\n\xff", "%00%0A%FF"},
	}
	for _, tt := range tests {
		if got := encode(tt.in); got != tt.want {
			t.Errorf("encode(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header string
		want   []parameter
	}{
		{"one", `OAuth oauth_nonce="n"`, []parameter{{"oauth_nonce", "n"}}},
		{"several, in their order", `OAuth b="2", a="1",c="3"`, []parameter{{"b", "2"}, {"a", "1"}, {"c", "3"}}},
		{"scheme in another case", `oAUTH a="1"`, []parameter{{"a", "1"}}},
		{"space and line breaks around", "OAuth   a=\"1\",\r\n\t b=\"2\" ", []parameter{{"a", "1"}, {"b", "2"}}},
		{"realm", `OAuth realm="Photos", a="1"`, []parameter{{"realm", "Photos"}, {"a", "1"}}},
		{"empty value", `OAuth oauth_token=""`, []parameter{{"oauth_token", ""}}},
		{"encoded name and value", `OAuth a%20b="%2B%2f%3D%E2%98%83"`, []parameter{{"a b", "+/=☃"}}},
		{"a plus is a plus", `OAuth a="1+1"`, []parameter{{"a", "1+1"}}},
		{"an equals sign in the value", `OAuth oauth_signature="abc="`, []parameter{{"oauth_signature", "abc="}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseAuthorization(tt.header)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseAuthorizationRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, header string }{
		{"no header", ""},
		{"another scheme", "Bearer abc"},
		{"a longer scheme", `OAuth2 a="1"`},
		{"scheme alone", "OAuth"},
		{"scheme and a space", "OAuth "},
		{"no equals sign", "OAuth a"},
		{"no quotes", "OAuth a=1"},
		{"only the first quote", `OAuth a="1`},
		{"only the last quote", `OAuth a=1"`},
		{"one quote that is both", `OAuth a="`},
		{"no value", "OAuth a="},
		{"comma at the end", `OAuth a="1",`},
		{"two commas", `OAuth a="1",,b="2"`},
		{"bad escape in the value", `OAuth a="%zz"`},
		{"cut escape in the value", `OAuth a="%2"`},
		{"bad escape in the name", `OAuth a%="1"`},
		{"twice", `OAuth a="1", a="1"`},
		{"twice, once encoded", `OAuth a="1", %61="2"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := parseAuthorization(tt.header); err == nil {
				t.Errorf("it was read as %q", got)
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		tls  bool
		host string
		url  string
		want string
	}{
		{"plain", false, "api.x.com", "/oauth/request_token", "http://api.x.com/oauth/request_token"},
		{"https", true, "api.x.com", "/oauth/request_token", "https://api.x.com/oauth/request_token"},
		{"host in upper case", true, "API.X.com", "/Path", "https://api.x.com/Path"},
		{"default port of http", false, "example.com:80", "/", "http://example.com/"},
		{"default port of https", true, "example.com:443", "/", "https://example.com/"},
		{"https's port on http", false, "example.com:443", "/", "http://example.com:443/"},
		{"http's port on https", true, "example.com:80", "/", "https://example.com:80/"},
		{"a port that ends in 80", false, "example.com:8080", "/", "http://example.com:8080/"},
		{"a port of 180", false, "example.com:180", "/", "http://example.com:180/"},
		{"IPv6", false, "[::1]:80", "/", "http://[::1]/"},
		{"the query is left out", false, "example.com", "/a?b=c", "http://example.com/a"},
		{"the path stays encoded", false, "example.com", "/r%20v/X?id=123", "http://example.com/r%20v/X"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.ParseRequestURI(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			r := &http.Request{Host: tt.host, URL: u}
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if got := asked(r) + r.URL.EscapedPath(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
