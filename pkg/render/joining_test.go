package render_test

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// joiningMesh is a mesh that a cluster joins: settings of the mesh, and of its cluster number i.
type joiningMesh struct {
	mesh, cluster string
	// files of each other cluster that change at most.
	files int
}

// joining are meshes of every kind of remote access. A federated reader is a part of three files, each of which another
// program reads: what Git applies, the values of Helm, and the configuration of an API server.
func joining() map[string]joiningMesh {
	const (
		flat    = "network: flat, "
		gateway = "network: n%[1]d, gateway: {addresses: [198.51.100.%[1]d]}, "
		solo    = "  discovery: peering\n  istio: {distribution: solo, version: 1.29.0-solo, dataPlane: ambient}\n"
		ambient = "  istio: {version: 1.30.5, dataPlane: ambient}\n"
		store   = "  reader: {auth: external, external: {secretStoreRef: {name: vault}}}\n"
	)
	return map[string]joiningMesh{
		"tokens":              {cluster: flat, files: 2},
		"client certificates": {mesh: "  reader: {auth: clientCertificate}\n", cluster: flat, files: 2},
		"several networks":    {cluster: gateway, files: 2},
		"admission policy":    {mesh: "  admissionPolicy: true\n", cluster: flat, files: 2},
		"secret store":        {mesh: store, cluster: flat, files: 1},
		"peering":             {mesh: solo, cluster: gateway, files: 1},
		"ambient networks": {mesh: ambient, files: 2,
			cluster: "network: n%[1]d, gateway: {addresses: [198.51.100.%[1]d], addressesOnly: true, peerGateway: true}, "},
		"federated": {mesh: "  reader: {auth: federated}\n", cluster: flat, files: 3},
	}
}

func joined(t testing.TB, mesh, cluster string, clusters int) map[string][]byte {
	t.Helper()
	var spec strings.Builder
	spec.WriteString(mesh + "  clusters:\n")
	for i := range clusters {
		own := cluster
		if strings.Contains(own, "%") {
			own = fmt.Sprintf(own, i+1)
		}
		fmt.Fprintf(&spec, "  - {name: c%03d, %sapi: {server: 'https://10.0.0.%d', serviceAccountIssuer: 'https://10.0.0.%d'}}\n",
			i, own, i+1, i+1)
	}
	return deployed(t, load(t, spec.String()))
}

// TestJoiningFiles: a cluster that joins changes at most two files of each other cluster, and at most twelve more: its
// own, README.md, INSTALL.md and mesh.lock.
func TestJoiningFiles(t *testing.T) {
	t.Parallel()
	for name, shape := range joining() {
		sizes := []int{10}
		if name == "tokens" {
			sizes = append(sizes, 100)
		}
		for _, clusters := range sizes {
			t.Run(fmt.Sprintf("%s/%d", name, clusters), func(t *testing.T) {
				t.Parallel()
				before, after := joined(t, shape.mesh, shape.cluster, clusters), joined(t, shape.mesh, shape.cluster, clusters+1)
				changed, other := map[string]int{}, []string{layout.Lock}
				for file, content := range after {
					if bytes.Equal(before[file], content) {
						continue
					}
					if cluster := clusterOf(file, clusters); cluster != "" {
						changed[cluster]++
					} else {
						other = append(other, file)
					}
				}
				for file := range before {
					if after[file] == nil {
						t.Errorf("%s is gone", file)
					}
				}
				for cluster, count := range changed {
					if count != shape.files {
						t.Errorf("%s: %d files change, want %d", cluster, count, shape.files)
					}
				}
				if len(changed) != clusters || len(other) > 12 {
					t.Errorf("%d clusters change, and besides %d files: %q", len(changed), len(other), other)
				}
			})
		}
	}
}

// clusterOf names the cluster, of those that were there before, that a file belongs to.
func clusterOf(file string, clusters int) string {
	for part := range strings.SplitSeq(file, "/") {
		part = strings.TrimSuffix(part, path.Ext(part))
		var i int
		if n, err := fmt.Sscanf(part, "c%03d", &i); n == 1 && err == nil && i < clusters {
			return part
		}
	}
	return ""
}

// TestJoiningInstall: what INSTALL.md says of a cluster stays as it is when another one joins, and its contents lead to
// every part.
func TestJoiningInstall(t *testing.T) {
	t.Parallel()
	for name, shape := range joining() {
		before, after := parts(joined(t, shape.mesh, shape.cluster, 3)[layout.Install]), parts(joined(t, shape.mesh, shape.cluster, 4)[layout.Install])
		for title, text := range before {
			if diff := cmp.Diff(text, after[title]); strings.HasPrefix(title, "Cluster ") && diff != "" {
				t.Errorf("%s: %s (-before +after):\n%s", name, title, diff)
			}
		}
		for title := range after {
			link := "- [" + title + "](#" + strings.ReplaceAll(strings.ToLower(title), " ", "-") + ")\n"
			if title != "Contents" && !strings.Contains(after["Contents"], link) {
				t.Errorf("%s: no link to %q in\n%s", name, title, after["Contents"])
			}
		}
		if len(after) != len(before)+1 || after["Cluster c003"] == "" {
			t.Errorf("%s: %d parts become %d", name, len(before), len(after))
		}
	}
}

// parts are the texts of a page by their titles.
func parts(page []byte) map[string]string {
	all := map[string]string{}
	for _, text := range strings.Split(string(page), "\n## ")[1:] {
		title, body, _ := strings.Cut(text, "\n")
		all[title] = body
	}
	return all
}
