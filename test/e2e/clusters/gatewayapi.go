package clusters

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// InstallGatewayAPI applies the standard CRDs of the Gateway API, in the version that go.mod selects, and returns
// when all of the clusters serve them.
func InstallGatewayAPI(t testing.TB, clusters ...*Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	crds, err := readGatewayCRDs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range clusters {
		all.Go(func() error { return c.applyCRDs(ctx, crds) })
	}
	if err := all.Wait(); err != nil {
		t.Fatalf("install the Gateway API: %v", err)
	}
}

// readGatewayCRDs reads the CRDs out of the module. The directory also holds an admission policy against downgrades,
// which no test does.
func readGatewayCRDs(ctx context.Context) ([]*unstructured.Unstructured, error) {
	dir, err := moduleDir(ctx, "sigs.k8s.io/gateway-api")
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "config", "crd", "standard", "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("list the Gateway API: %w", err)
	}
	var crds []*unstructured.Unstructured
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the Gateway API: %w", err)
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(content, object); err != nil {
			return nil, fmt.Errorf("decode %s: %w", path, err)
		}
		if object.GetKind() == "CustomResourceDefinition" {
			crds = append(crds, object)
		}
	}
	if len(crds) == 0 {
		return nil, fmt.Errorf("find CRDs of the Gateway API in %s: none", dir)
	}
	return crds, nil
}

// RemoveGatewayAPI removes the CRDs of the Gateway API, and with them all objects of their kinds. It returns when the
// cluster does not offer them any more.
func RemoveGatewayAPI(t testing.TB, c *Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	crds, err := readGatewayCRDs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.removeCRDs(ctx, crds); err != nil {
		t.Fatalf("remove the Gateway API: %v", err)
	}
}
