package main

import "strings"

// A User-Agent header names several browsers and systems for the sake of old
// sites. The name that no other browser has goes first.
var (
	browsers = []named{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = []named{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Macintosh", "a Mac"},
		{"Linux", "Linux"},
	}
)

// named is a part of a User-Agent header and what people call it.
type named struct{ part, name string }

// deviceName returns a name in plain words for the device that sends a User-Agent header.
func deviceName(agent string) string {
	browser, system := nameIn(agent, browsers), nameIn(agent, systems)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	case system != "":
		return "An app on " + system
	}
	if product, _, _ := strings.Cut(agent, "/"); product != "" && len(product) <= 40 {
		return "An app: " + product
	}
	return "An unknown device"
}

func nameIn(agent string, list []named) string {
	for _, n := range list {
		if strings.Contains(agent, n.part) {
			return n.name
		}
	}
	return ""
}
