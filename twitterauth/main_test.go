package twitterauth_test

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"
)

func TestMain(m *testing.M) {
	if start := protocolsOfX[os.Getenv(elsewhereEnv)]; start != nil {
		beX(start())
		return
	}
	if flag.Parse(); !given("test.parallel") && !given("test.fuzz") {
		runMore()
	}
	os.Exit(m.Run())
}

// runMore runs twice as many tests at once as Go does by default, because the tests
// that wait for the end of a budget compute nothing meanwhile.
func runMore() {
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
}

// given reports whether the command line has that flag.
func given(name string) (is bool) {
	flag.Visit(func(f *flag.Flag) { is = is || f.Name == name && f.Value.String() != "" })
	return is
}
