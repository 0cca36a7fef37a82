package twittertest

import (
	"iter"
	"net"
	"net/url"
	"slices"
	"strings"
)

// signing is what a client puts into a signature.
type signing struct {
	method         string
	address, path  string // together the base string URI
	params         []parameter
	consumerSecret string
	tokenSecret    string
}

func (g signing) baseString() string { return baseString(g.method, g.address+g.path, g.params) }

func (g signing) signature() string {
	return signature(g.method, g.address+g.path, g.params, g.consumerSecret, g.tokenSecret)
}

// withValues changes the value of each parameter.
func (g signing) withValues(change func(string) string) signing {
	g.params = slices.Clone(g.params)
	for i := range g.params {
		g.params[i].value = change(g.params[i].value)
	}
	return g
}

// withValue changes the value of a parameter.
func (g signing) withValue(i int, change func(string) string) signing {
	g.params = slices.Clone(g.params)
	g.params[i].value = change(g.params[i].value)
	return g
}

// without leaves parameters out.
func (g signing) without(left func(p parameter) bool) signing {
	g.params = slices.DeleteFunc(slices.Clone(g.params), left)
	return g
}

// maxOneByOne is up to how many parameters are looked at one by one.
const maxOneByOne = 64

// oneByOne returns the parameters, or none when there are too many.
func (g signing) oneByOne() []parameter {
	if len(g.params) > maxOneByOne {
		return nil
	}
	return g.params
}

// mistakes yields the usual mistakes, each with the signature that a client makes
// by it.
func (s *Server) mistakes(c *call, right signing) iter.Seq2[string, string] {
	return func(yield func(mistake, signature string) bool) {
		for _, list := range []iter.Seq2[string, string]{
			secretMistakes(right), s.addressMistakes(c, right), encodingMistakes(right), omissions(c, right),
		} {
			for mistake, signature := range list {
				if !yield(mistake, signature) {
					return
				}
			}
		}
	}
}

// secretMistakes are those in the key (RFC 5849, section 3.4.2).
func secretMistakes(right signing) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		base := right.baseString()
		_ = yield("The consumer secret is not percent-encoded in the key of the signature.", signatureOf(base, right.consumerSecret+"&"+encode(right.tokenSecret))) &&
			yield("The token's secret is missing in the key of the signature.", signatureOf(base, encode(right.consumerSecret)+"&")) &&
			yield("The '&' after the consumer secret is missing in the key of the signature.", signatureOf(base, encode(right.consumerSecret)))
	}
}

// hostsOfX are the hosts for which a client signs whose address was changed after
// the signature, or in one place only.
var hostsOfX = []string{"api.x.com", "api.twitter.com", "x.com", "twitter.com"}

// addressMistakes are those in the scheme, the host and the port (section 3.4.1.2).
func (s *Server) addressMistakes(c *call, right signing) iter.Seq2[string, string] {
	hosts := slices.Concat([]string{"localhost", "127.0.0.1", "::1"}, hostsOfX)
	ports := []string{"", "80", "443"}
	for _, address := range append(slices.Clone(s.publicURLs), right.address, "http://"+c.Host) {
		if u, err := url.Parse(address); err == nil {
			hosts, ports = append(hosts, u.Hostname()), append(ports, u.Port())
		}
	}
	params, key := normalized(right.params), encode(right.consumerSecret)+"&"+encode(right.tokenSecret)
	return func(yield func(string, string) bool) {
		for _, address := range combined([]string{"http", "https"}, hosts, ports) {
			signature := signatureOf(baseStringOf(right.method, address+right.path, params), key)
			if address != right.address && !yield(addressDifference(address, right.address), signature) {
				return
			}
		}
	}
}

// combined returns every combination of a scheme, a host and a port.
func combined(schemes, hosts, ports []string) []string {
	var list []string
	for _, scheme := range schemes {
		for _, host := range hosts {
			for _, port := range ports {
				list = append(list, scheme+"://"+hostAndPort(host, port))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func hostAndPort(host, port string) string {
	if port == "" && strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	if port == "" {
		return host
	}
	return net.JoinHostPort(host, port)
}

// addressDifference returns what is wrong in a signed address.
func addressDifference(wrong, right string) string {
	w, errWrong := url.Parse(wrong)
	r, errRight := url.Parse(right)
	if errWrong != nil || errRight != nil {
		return "The address is wrong."
	}
	var parts []string
	for _, part := range []struct{ name, wrong, right string }{
		{"scheme", w.Scheme, r.Scheme}, {"host", w.Hostname(), r.Hostname()}, {"port", w.Port(), r.Port()},
	} {
		if part.wrong != part.right {
			parts = append(parts, part.name)
		}
	}
	return "The client signed for " + wrong + " in place of " + right + ": wrong " + strings.Join(parts, ", ") + "."
}

// encodingMistakes are those in section 3.6.
func encodingMistakes(right signing) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if !yield("The values are percent-encoded twice in the base string.", right.withValues(encode).signature()) ||
			!yield("The values are percent-encoded twice in the request, and once in the base string.", right.withValues(decoded).signature()) {
			return
		}
		for i, p := range right.oneByOne() {
			if !yield("The value of "+p.name+" is percent-encoded twice in the base string.", right.withValue(i, encode).signature()) ||
				!yield("The value of "+p.name+" is percent-encoded twice in the request, and once in the base string.", right.withValue(i, decoded).signature()) {
				return
			}
		}
	}
}

// decoded takes a percent-encoding away, if there is such an encoding.
func decoded(value string) string {
	if once, err := url.PathUnescape(value); err == nil {
		return once
	}
	return value
}

// omissions are parameters that the base string lacks (section 3.4.1.3).
func omissions(c *call, right signing) iter.Seq2[string, string] {
	inBody := func(p parameter) bool { return slices.Contains(c.form[p.name], p.value) }
	query := c.URL.Query()
	inQuery := func(p parameter) bool { return slices.Contains(query[p.name], p.value) }
	return func(yield func(string, string) bool) {
		if !yield("The parameters of the body are missing in the base string.", right.without(inBody).signature()) ||
			!yield("The parameters of the query are missing in the base string.", right.without(inQuery).signature()) ||
			!yield("The parameters of the body and of the query are missing in the base string.", right.without(func(p parameter) bool { return inBody(p) || inQuery(p) }).signature()) {
			return
		}
		for i, p := range right.oneByOne() {
			where := "header"
			switch {
			case inBody(p):
				where = "body"
			case inQuery(p):
				where = "query"
			}
			wrong := right
			wrong.params = slices.Delete(slices.Clone(right.params), i, i+1)
			if !yield("The parameter "+p.name+" of the "+where+" is missing in the base string.", wrong.signature()) {
				return
			}
		}
	}
}
