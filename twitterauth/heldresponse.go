package twitterauth

import (
	"net/http"
	"slices"
)

// heldResponse collects the cookies that a SessionManager sets, until it is
// certain that they may be sent.
type heldResponse struct {
	http.ResponseWriter
	header http.Header
	before http.Header // what the response had already
}

func hold(w http.ResponseWriter) heldResponse {
	// Both copies are deep, because a framework may write over a line in place.
	return heldResponse{w, w.Header().Clone(), w.Header().Clone()}
}

func (h heldResponse) Header() http.Header         { return h.header }
func (h heldResponse) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// release sends what was collected. What the manager has set by another writer, such
// as its framework's, is in the response already and stays.
func (h heldResponse) release() {
	header := h.ResponseWriter.Header()
	for name, values := range h.header {
		before := h.before[name]
		if slices.Equal(before, values) {
			continue
		}
		if name == "Set-Cookie" || name == "Vary" { // of which each line counts
			values = append(without(header[name], without(before, values)), without(values, before)...)
		}
		header[name] = values
	}
}

// without returns the lines that are not among others.
func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}
