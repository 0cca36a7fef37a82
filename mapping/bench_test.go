package mapping_test

import (
	"strings"
	"testing"

	"twitterlogin.example/mapping"
)

func BenchmarkApply(b *testing.B) {
	m, p := mapping.Default(), read(b, v1Profile)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Apply(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProfileFromJSON sets the reader of this package beside encoding/json's.
func BenchmarkProfileFromJSON(b *testing.B) {
	for _, profile := range []struct{ name, text string }{{"v1", v1Profile}, {"v1-escaped", strings.ReplaceAll(v1Profile, "/", `\/`)}, {"v2", v2Profile}} {
		for _, reader := range []struct {
			name string
			read func([]byte) (mapping.Profile, error)
		}{{"mapping", unmarshal}, {"encoding/json", referenceProfile}} {
			b.Run("profile="+profile.name+"/reader="+reader.name, func(b *testing.B) {
				b.SetBytes(int64(len(profile.text)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := reader.read([]byte(profile.text)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
