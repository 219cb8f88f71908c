package clusters

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFromAssets(t *testing.T) {
	tests := []struct {
		name string
		have []string
		err  string
	}{
		{name: "as envtest downloads them", have: []string{etcdName, apiServerName}},
		{name: "with a controller manager", have: []string{etcdName, apiServerName, controllerManagerName}},
		{name: "without an API server", have: []string{etcdName}, err: "find kube-apiserver in KUBEBUILDER_ASSETS: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			want := map[string]string{}
			for _, name := range test.have {
				want[name] = filepath.Join(dir, name)
				if err := os.WriteFile(want[name], nil, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			got, err := fromAssets(dir)
			if test.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.err) {
					t.Errorf("error: got %v, want %s…", err, test.err)
				}
				return
			}
			if err != nil || !maps.Equal(got, want) {
				t.Errorf("got %v and error %v, want %v", got, err, want)
			}
		})
	}
}

func TestPartsWithout(t *testing.T) {
	var names []string
	for _, p := range partsWithout(map[string]string{etcdName: "e", apiServerName: "a"}) {
		names = append(names, p.name)
	}
	if want := []string{controllerManagerName}; !slices.Equal(names, want) {
		t.Errorf("missing: got %v, want %v", names, want)
	}
}
