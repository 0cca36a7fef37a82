package main

import (
	"os/exec"
	"runtime"
)

// openBrowser starts the system's browser and reports whether there is one.
func (c client) openBrowser(address string) bool {
	for _, command := range browserCommands(runtime.GOOS, c.getenv) {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		// Without a context, because the browser stays open when this program ends.
		browser := exec.Command(path, append(command[1:], address)...) //nolint:gosec,noctx // G204: the user's own browser
		if browser.Start() == nil {
			go func() { _ = browser.Wait() }()
			return true
		}
	}
	return false
}

// browserCommands lists commands that open an address: the user's own, then the
// system's. No shell reads the address.
func browserCommands(goos string, getenv func(string) string) [][]string {
	var list [][]string
	if own := getenv("BROWSER"); own != "" {
		list = append(list, []string{own})
	}
	switch {
	case goos == "darwin":
		list = append(list, []string{"open"})
	case goos == "windows":
		list = append(list, []string{"rundll32", "url.dll,FileProtocolHandler"})
	case getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != "":
		// Without a display xdg-open would start a browser in this terminal.
		list = append(list, []string{"xdg-open"})
	}
	return list
}
