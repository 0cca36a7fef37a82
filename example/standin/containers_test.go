package standin_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"twitterlogin.example/internal/services"
)

// compose is what the tests read of compose.yaml. A field that is not here is an
// error.
type compose struct {
	Services struct {
		StandIn service `yaml:"standin"`
		App     service `yaml:"app"`
	} `yaml:"services"`
	Volumes map[string]any `yaml:"volumes"`
}

type service struct {
	Build struct {
		Context    string `yaml:"context"`
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Volumes     []string          `yaml:"volumes"`
	Tmpfs       []string          `yaml:"tmpfs"`
	Networks    map[string]struct {
		Aliases []string `yaml:"aliases"`
	} `yaml:"networks"`
	Ports       []string `yaml:"ports"`
	Healthcheck struct {
		Test     string `yaml:"test"`
		Interval string `yaml:"interval"`
		Retries  int    `yaml:"retries"`
	} `yaml:"healthcheck"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.UnmarshalWithOptions([]byte(readFile(t, "compose.yaml")), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c
}

// flags are the values of a flag in a command, such as "-addr".
func (s service) flags(name string) (values []string) {
	for _, arg := range s.Command {
		if value, ok := strings.CutPrefix(arg, name+"="); ok {
			values = append(values, value)
		}
	}
	return values
}

func (s service) flag(t *testing.T, name string) string {
	t.Helper()
	values := s.flags(name)
	if len(values) != 1 {
		t.Fatalf("the command has %s %d times", name, len(values))
	}
	return values[0]
}

func port(address string) string { return address[strings.LastIndex(address, ":")+1:] }

func TestComposeFile(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	x, app := c.Services.StandIn, c.Services.App

	// The network's names are those of the certificate.
	var hosts []string
	for _, address := range x.flags("-public-url") {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		switch u.Scheme {
		case "https":
			hosts = append(hosts, u.Host)
		default:
			if u.Hostname() != "standin" || u.Port() != port(x.flag(t, "-addr")) {
				t.Errorf("%s is not the service", address)
			}
		}
	}
	if aliases := x.Networks["default"].Aliases; !slices.Equal(aliases, hosts) || !slices.Contains(hosts, "api.x.com") {
		t.Errorf("the aliases are %v, the names of the certificate %v", aliases, hosts)
	}
	if port(x.flag(t, "-tls-addr")) != "443" {
		t.Error("the names have no port, so https must be at 443")
	}

	// Ports, files and keys agree.
	for _, published := range slices.Concat(x.Ports, app.Ports) {
		if !strings.HasPrefix(published, "127.0.0.1:") {
			t.Errorf("%s is reached by a network", published)
		}
	}
	if want := []string{"9090", "443"}; port(x.Ports[0]) != want[0] || port(x.Ports[1]) != want[1] || port(x.flag(t, "-addr")) != want[0] || port(app.Ports[0]) != port(app.flag(t, "-addr")) {
		t.Errorf("the ports are %v and %v", x.Ports, app.Ports)
	}
	if !strings.HasSuffix(x.Healthcheck.Test, "http://127.0.0.1:"+port(x.flag(t, "-addr"))+"/_control/people") || app.DependsOn["standin"].Condition != "service_healthy" {
		t.Errorf("the healthcheck is %s", x.Healthcheck.Test)
	}
	ca := x.flag(t, "-ca-file")
	if _, volume := c.Volumes["ca"]; !volume || !slices.Contains(x.Volumes, "ca:"+path.Dir(ca)) || !slices.Contains(app.Volumes, "ca:"+path.Dir(ca)+":ro") || app.Environment["SSL_CERT_FILE"] != ca {
		t.Errorf("the CA is written to %s, %v, and read by %v", ca, x.Volumes, app.Volumes)
	}
	if !slices.Contains(x.Volumes, "./people.json:"+x.flag(t, "-people")+":ro") {
		t.Errorf("the people are not mounted: %v", x.Volumes)
	}
	if x.flag(t, "-consumer-key") != app.Environment["TWITTER_CONSUMER_KEY"] || x.flag(t, "-consumer-secret") != app.Environment["TWITTER_CONSUMER_SECRET"] {
		t.Error("the app has other keys")
	}
	for _, s := range []service{x, app} {
		if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil || filepath.Clean(s.Build.Context) != filepath.Clean(repository) {
			t.Errorf("%v: %v", s.Build, err)
		}
	}
}

// The Dockerfile builds a package that exists, and starts what it has built.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := readFile(t, "Dockerfile")
	known := regexp.MustCompile(`^(#.*|(FROM|WORKDIR|COPY|RUN|USER|ENTRYPOINT) .+|)$`)
	for line := range strings.Lines(text) {
		if !known.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("unexpected: %s", line)
		}
	}
	built := regexp.MustCompile(`go build -trimpath -o (\S+) (\./\S+) && mkdir (\S+)\n`).FindStringSubmatch(text)
	if built == nil {
		t.Fatal("nothing is built")
	}
	program, pkg, folder := built[1], built[2], built[3]
	build(t, pkg)
	c := readCompose(t)
	for _, line := range []string{
		"COPY --from=build " + program + " " + program + "\n",
		"COPY --from=build --chown=65534:65534 " + folder + " " + folder + "\n",
		"USER 65534\n",
		`ENTRYPOINT ["` + program + `"]`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("missing: %s", line)
		}
	}
	if folder != path.Dir(c.Services.StandIn.flag(t, "-ca-file")) {
		t.Errorf("the user of the container may write to %s alone", folder)
	}
	if !strings.Contains(text, "# Built from the root of the repository: docker build -f example/standin/Dockerfile .\n") {
		t.Error("how to build it is not written")
	}
}

// arrangement is compose.yaml's, by processes on free ports.
type arrangement struct {
	control string // the stand-in's address for this machine
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	tlsAddr string // where the network's names lead
	caFile  string
	app     string // the app's address
}

// arrange starts the two services. A proxy stands for the network's names, since the
// app's process has no others.
func arrange(t *testing.T) *arrangement {
	t.Helper()
	c := readCompose(t)
	a := &arrangement{caFile: filepath.Join(t.TempDir(), "ca.pem"), app: fmt.Sprintf("http://127.0.0.1:%d", services.FreePort(t))}
	var args []string
	for _, arg := range c.Services.StandIn.Command {
		switch name, _, _ := strings.Cut(arg, "="); name {
		case "-public":
		case "-addr", "-tls-addr":
			args = append(args, name+"=127.0.0.1:0")
		case "-ca-file":
			args = append(args, name+"="+a.caFile)
		case "-people":
			args = append(args, name+"=people.json")
		default:
			args = append(args, arg)
		}
	}
	x := startProcess(t, exec.CommandContext(t.Context(), build(t, "./twitterauth/twittertest/standin"), args...))
	a.control = x.printed(t, "Stand-in for X at ", "\n")
	a.tlsAddr = x.printed(t, "and at https://", ",")
	a.dial = a.names(c.Services.StandIn.Networks["default"].Aliases)

	env := []string{"HTTPS_PROXY=" + proxy(t, a.dial)}
	for name, value := range c.Services.App.Environment {
		switch name {
		case "SSL_CERT_FILE":
			value = a.caFile
		case "TWITTER_CALLBACK_URL":
			value = strings.Replace(value, "http://127.0.0.1:8080", a.app, 1)
		}
		env = append(env, name+"="+value)
	}
	cmd := exec.CommandContext(t.Context(), build(t, "./example"), "-addr="+strings.TrimPrefix(a.app, "http://"), "-data="+t.TempDir())
	cmd.Env = env
	app := startProcess(t, cmd)
	app.await(t, func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(a.app, "http://"))
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
	return a
}

// names dials the stand-in for its names, and no other host but this machine.
func (a *arrangement) names(aliases []string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		switch {
		case slices.Contains(aliases, host) && port == "443":
			address = a.tlsAddr
		case host != "127.0.0.1":
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

// proxy is an HTTP proxy for https.
func proxy(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := dial(r.Context(), "tcp", r.Host)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			there.Close()
			return
		}
		io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(there, here); there.Close() }()
		go func() { io.Copy(here, there); here.Close() }()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// browser trusts the CA and knows the names.
func (a *arrangement) browser(t *testing.T) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(readFile(t, a.caFile))) {
		t.Fatal("the CA's file has no certificate")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: a.dial, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Jar: jar}
}

// A person signs in to an app that knows X by X's own names alone.
func TestArrangement(t *testing.T) {
	t.Parallel()
	a := arrange(t)
	browser := a.browser(t)
	const form = "application/x-www-form-urlencoded"
	consent := do(t, browser, http.MethodPost, a.app+"/auth/twitter/login", form, "return_to=/me")
	if consent.StatusCode != http.StatusOK || consent.Request.URL.Host != "api.x.com" || !strings.Contains(consent.body, "@mary<") {
		t.Fatalf("%d at %s: %s", consent.StatusCode, consent.Request.URL, consent.body)
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(consent.body)[1]
	home := do(t, browser, http.MethodPost, action, form, url.Values{"oauth_token": {consent.Request.URL.Query().Get("oauth_token")}, "person": {"77"}}.Encode())
	if home.StatusCode != http.StatusOK || !strings.HasPrefix(home.Request.URL.String(), a.app) || !strings.Contains(home.body, "@mary") {
		t.Fatalf("%d at %s: %s", home.StatusCode, home.Request.URL, home.body)
	}
	if me := do(t, browser, http.MethodGet, a.app+"/me", "", ""); me.StatusCode != http.StatusOK || !strings.Contains(me.body, "mary@example.com") {
		t.Errorf("%d %s", me.StatusCode, me.body)
	}

	// Steered from this machine, and within the network.
	for _, address := range []string{a.control, "https://api.twitter.com"} {
		if g := do(t, browser, http.MethodPost, address+"/_control/reset", "", `{}`); g.StatusCode != http.StatusNoContent {
			t.Errorf("%s: %d %s", address, g.StatusCode, g.body)
		}
	}
}

// A browser on this machine, with the flags that compose.yaml names.
func TestChromiumByXsNames(t *testing.T) {
	t.Parallel()
	chromium := need(t, "chromium", "chromium")
	a := arrange(t)
	flags := regexp.MustCompile(`(?s)chromium (--host-resolver-rules="MAP api\.x\.com:443 127\.0\.0\.1:9443") \\\n#\s+(--ignore-certificate-errors) `).FindStringSubmatch(readFile(t, "compose.yaml"))
	if flags == nil {
		t.Fatal("compose.yaml does not name the flags")
	}
	resolver := strings.ReplaceAll(strings.Replace(flags[1], "127.0.0.1:9443", a.tlsAddr, 1), `"`, "")
	stay := *a.browser(t)
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	login := do(t, &stay, http.MethodPost, a.app+"/auth/twitter/login", "application/x-www-form-urlencoded", "")
	cmd := command(t, ".", chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir="+t.TempDir(),
		resolver, flags[2], "--dump-dom", login.Header.Get("Location"))
	page, err := cmd.Output()
	if err != nil || !strings.HasPrefix(login.Header.Get("Location"), "https://api.x.com/") || !strings.Contains(string(page), "@mary<") {
		t.Errorf("%v: %s: %s", err, login.Header.Get("Location"), page)
	}
}

// curl with the CA and the name, as a test without a network of containers does it.
func TestCurlByXsNames(t *testing.T) {
	t.Parallel()
	curl := need(t, "curl", "curl")
	a := arrange(t)
	for _, host := range []string{"api.x.com", "api.twitter.com", "x.com", "twitter.com"} {
		out, err := command(t, ".", curl, "-sS", "--cacert", a.caFile, "--connect-to", host+":443:"+a.tlsAddr, "https://"+host+"/2/users/me").CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"title":"Unauthorized"`) {
			t.Errorf("%s: %v %s", host, err, out)
		}
	}
}
