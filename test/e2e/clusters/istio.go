package clusters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// InstallIstio applies the networking CRDs of Istio, in the version that go.mod selects, and returns when all of the
// clusters serve them. No istiod comes with them.
func InstallIstio(t testing.TB, clusters ...*Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	crds, err := readIstioCRDs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range clusters {
		all.Go(func() error { return c.applyCRDs(ctx, crds) })
	}
	if err := all.Wait(); err != nil {
		t.Fatalf("install the CRDs of Istio: %v", err)
	}
}

// readIstioCRDs reads the CRDs out of the module: one file has those of all groups.
func readIstioCRDs(ctx context.Context) ([]*unstructured.Unstructured, error) {
	dir, err := moduleDir(ctx, "istio.io/api")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "kubernetes", "customresourcedefinitions.gen.yaml")
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the CRDs of Istio: %w", err)
	}
	var crds []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096); ; {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", path, err)
		}
		if definedKind(object).Group == "networking.istio.io" {
			crds = append(crds, object)
		}
	}
	if len(crds) == 0 {
		return nil, fmt.Errorf("find CRDs of networking.istio.io in %s: none", path)
	}
	return crds, nil
}
