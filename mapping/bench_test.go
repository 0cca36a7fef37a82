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
