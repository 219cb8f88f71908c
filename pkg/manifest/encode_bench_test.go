package manifest

import "testing"

func benchmarkObjects() []struct {
	name string
	obj  any
} {
	return []struct {
		name string
		obj  any
	}{
		{"ServiceAccount", serviceAccount()},
		{"RoleBinding", roleBinding()},
		{"ClusterRole", role()},
		{"Secret", secret()},
		{"Gateway", gateway()},
		{"Kubeconfig", config()},
		{"Kustomization", kustomization()},
	}
}

func BenchmarkEncode(b *testing.B) {
	benchmarkEach(b, Encode)
}

func BenchmarkLibrary(b *testing.B) {
	benchmarkEach(b, library)
}

func benchmarkEach(b *testing.B, encode func(any) ([]byte, error)) {
	for _, o := range benchmarkObjects() {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encode(o.obj); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
