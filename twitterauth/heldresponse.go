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
}

func hold(w http.ResponseWriter) heldResponse {
	return heldResponse{w, w.Header().Clone()}
}

func (h heldResponse) Header() http.Header         { return h.header }
func (h heldResponse) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// release sends what was collected.
func (h heldResponse) release() {
	header := h.ResponseWriter.Header()
	for name, values := range h.header {
		if !slices.Equal(header[name], values) {
			header[name] = values
		}
	}
}
