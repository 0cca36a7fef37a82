package twitterauth

import (
	"maps"
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
	return heldResponse{w, w.Header().Clone(), maps.Clone(w.Header())}
}

func (h heldResponse) Header() http.Header         { return h.header }
func (h heldResponse) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// release sends what was collected. What the manager has set by another writer, such
// as its framework's, is in the response already and stays.
func (h heldResponse) release() {
	header := h.ResponseWriter.Header()
	for name, values := range h.header {
		if !slices.Equal(h.before[name], values) {
			header[name] = values
		}
	}
}
