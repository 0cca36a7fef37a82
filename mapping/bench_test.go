package mapping_test

import (
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

// BenchmarkProfile reads a profile, by the package and, for comparison, by encoding/json
// alone.
func BenchmarkProfile(b *testing.B) {
	for name, decode := range map[string]func([]byte) mapping.Profile{
		"package=mapping": func(text []byte) (p mapping.Profile) {
			if err := p.UnmarshalJSON(text); err != nil {
				b.Fatal(err)
			}
			return p
		},
		"package=json": decoded,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decode([]byte(v1Profile))
			}
		})
	}
}
