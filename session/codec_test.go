package session

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/sessions"
)

// What the default store writes it can read by gorilla's own way too, although
// Load takes a shorter way.
func TestSealedStoreIsAGorillaStore(t *testing.T) {
	t.Parallel()
	sealer, err := NewSealer(sessionPurpose, NewKey())
	if err != nil {
		t.Fatal(err)
	}
	store := newSealedStore(sealedCodec{sealer, "audience"})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	s, err := store.New(r, "name")
	if err != nil {
		t.Fatal(err)
	}
	s.Values[recordKey] = "record"
	w := httptest.NewRecorder()
	if err := store.Save(r, w, s); err != nil {
		t.Fatal(err)
	}
	r.AddCookie(w.Result().Cookies()[0])
	again, err := store.New(r, "name")
	if err != nil || again.IsNew || again.Values[recordKey] != "record" {
		t.Errorf("read %v, %v", again.Values, err)
	}
	other := r.Clone(t.Context())
	other.Header.Set("Cookie", "other="+w.Result().Cookies()[0].Value)
	if s, err := store.New(other, "other"); err == nil || len(s.Values) != 0 {
		t.Errorf("under another name: %v, %v", s.Values, err)
	}
	for _, values := range []map[any]any{{}, {recordKey: 5}} {
		bad := sessions.NewSession(store, "name")
		bad.Values = values
		if err := store.Save(r, httptest.NewRecorder(), bad); err == nil {
			t.Errorf("%v was saved", values)
		}
	}
	codec := store.Codecs[0]
	if _, err := codec.Encode("name", "text"); err == nil {
		t.Error("text was encoded")
	}
	var text string
	if err := codec.Decode("name", w.Result().Cookies()[0].Value, &text); err == nil || text != "" {
		t.Errorf("decoded into text: %q", text)
	}
}
