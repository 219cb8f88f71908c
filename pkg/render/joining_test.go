package render_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// joiningMesh is a mesh that a cluster joins: settings of the mesh, of its cluster number i, and of the API server of that.
type joiningMesh struct {
	mesh, cluster, api string
	// sealed: what has a credential is in the tree as ciphertext, the joining cluster's too.
	sealed bool
	// changed and added are the files of each other cluster that a joining one changes and adds, and others all files
	// beside them: its own, those of the mesh and those of VPC networks.
	changed, added, others int
	// above says why they are above the limit; empty if they are not.
	above string
}

// The limit of what a joining cluster does to each other one, and beside them.
const (
	mostFiles  = 2
	mostOthers = 12
)

// joining is the table that docs/review.md explains.
func joining() map[string]joiningMesh {
	const (
		flat       = "network: flat, "
		gateway    = "network: n%[1]d, gateway: {addresses: [198.51.100.%[1]d]}, "
		solo       = "  discovery: peering\n  istio: {distribution: solo, version: 1.29.0-solo, dataPlane: ambient}\n"
		ambient    = "  istio: {version: 1.30.5, dataPlane: ambient}\n"
		store      = "  reader: {auth: external, external: {secretStoreRef: {name: vault}}}\n"
		sops       = "  sealing: {format: sops, age: {recipients: [age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w]}}\n"
		controller = "  sealing: {format: sealedSecrets, sealedSecrets: {certificateData: CONTROLLER, certificateSHA256: " +
			"474167d51610a422f9e675e102f7ad741824f677624716a9ac746986dbc0ffa7}}\n"
		keys = `serviceAccountJWKS: '{"keys":[{"use":"sig","kty":"EC","kid":"TEST-ONLY","crv":"P-256","alg":"ES256",` +
			`"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}'`
		gke = "podCIDRs: [10.%[1]d.0.0/16], gke: {project: acme, location: us-west1, subnet: s%[1]d, private: true, " +
			"masterCIDR: 172.16.%[1]d.0/28, nodeTags: [n%[1]d], authorizedNetworks: [192.0.2.0/24], " +
			"endpoints: {private: 172.16.%[1]d.2}, vpc: "
		threeReaders = "kubectl, Helm and the API server each read a whole file of one cluster, and each names every reader"
	)
	return map[string]joiningMesh{
		"tokens":              {cluster: flat, changed: 2, others: 9},
		"client certificates": {mesh: "  reader: {auth: clientCertificate}\n", cluster: flat, changed: 2, others: 9},
		"several networks":    {cluster: gateway, changed: 2, others: 10},
		"admission policy":    {mesh: "  admissionPolicy: true\n", cluster: flat, changed: 2, others: 9},
		"secret store":        {mesh: store, cluster: flat, changed: 1, others: 8},
		"peering":             {mesh: solo, cluster: gateway, changed: 1, others: 11},
		"ambient networks": {mesh: ambient, changed: 2, others: 12,
			cluster: "network: n%[1]d, gateway: {addresses: [198.51.100.%[1]d], addressesOnly: true, peerGateway: true}, "},
		"sops":                         {mesh: sops, cluster: flat, sealed: true, changed: 2, others: 9},
		"SealedSecrets":                {mesh: controller, cluster: flat, sealed: true, changed: 2, others: 9},
		"private GKE, one VPC network": {cluster: gke + "shared}, ", changed: 2, others: 10},
		"private GKE, a VPC network for each cluster": {cluster: gke + "v%[1]d}, ", changed: 2, others: 10},
		"federated": {mesh: "  reader: {auth: federated}\n", cluster: flat, changed: 3, others: 9,
			above: threeReaders},
		"federated, documents served": {mesh: "  reader: {auth: federated, discoveryURL: 'https://issuers.example.com'}\n", cluster: flat,
			api: keys, changed: 3, added: 4, others: 9, above: threeReaders + ", and the documents of an issuer differ for each"},
	}
}

func (m joiningMesh) of(t testing.TB, clusters int) render.Input {
	t.Helper()
	var spec strings.Builder
	certificate := base64.StdEncoding.EncodeToString(readFile(t, scenarioFolder+"/sealed/clusters/argo-sealing.crt"))
	spec.WriteString(strings.Replace(m.mesh, "CONTROLLER", certificate, 1) + "  clusters:\n")
	for i := range clusters {
		own := m.cluster
		if strings.Contains(own, "%") {
			own = fmt.Sprintf(own, i+1)
		}
		fmt.Fprintf(&spec, "  - {name: c%03d, %sapi: {server: 'https://10.0.0.%d', serviceAccountIssuer: 'https://10.0.0.%d', %s}}\n",
			i, own, i+1, i+1, m.api)
	}
	in := load(t, spec.String())
	if m.sealed {
		in.Sealed = sealedFor(t, in)
	}
	return in
}

func (m joiningMesh) deployed(t testing.TB, clusters int) map[string][]byte {
	t.Helper()
	return deployed(t, m.of(t, clusters))
}

// sealedFor is the ciphertext of everything that a mesh has sealed: it has the form and the names, which is all that a
// rendering looks at.
func sealedFor(t testing.TB, in render.Input) map[string]*sealing.File {
	t.Helper()
	files := map[string]*sealing.File{}
	for _, cluster := range in.Graph.Names() {
		sealables, err := render.Sealables(in, cluster)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sealables {
			like := "flux"
			if c, _ := in.Graph.Cluster(cluster); c.Sealing.Format == v1alpha1.SealingSealedSecrets {
				like = "argo"
			}
			text := readFile(t, filepath.Join(scenarioFolder, "sealed/sealed", like, "remote-secret-bare.yaml"))
			file, err := sealing.Parse(bytes.ReplaceAll(text, []byte("bare"), []byte(s.Pair.Target)))
			if err != nil {
				t.Fatal(err)
			}
			files[s.SealedFile()] = file
		}
	}
	return files
}

// TestJoiningFiles: a cluster that joins changes at most two files of each other cluster, and at most twelve more: its
// own, README.md, INSTALL.md and mesh.lock.
func TestJoiningFiles(t *testing.T) {
	t.Parallel()
	for name, mesh := range joining() {
		sizes := []int{10}
		if name == "tokens" || name == "sops" {
			sizes = append(sizes, 100)
		}
		if isAbove := mesh.changed+mesh.added > mostFiles || mesh.others > mostOthers; isAbove != (mesh.above != "") {
			t.Errorf("%s is above the limit: %t, reason %q", name, isAbove, mesh.above)
		}
		for _, clusters := range sizes {
			t.Run(fmt.Sprintf("%s/%d", name, clusters), func(t *testing.T) {
				t.Parallel()
				checkJoining(t, mesh, clusters)
			})
		}
	}
}

func checkJoining(t *testing.T, mesh joiningMesh, clusters int) {
	t.Helper()
	before, after := mesh.deployed(t, clusters), mesh.deployed(t, clusters+1)
	changed, added, others := map[string][]string{}, map[string][]string{}, []string{layout.Lock}
	for file, content := range after {
		if bytes.Equal(before[file], content) {
			continue
		}
		switch cluster := clusterOf(file, clusters); {
		case cluster == "":
			others = append(others, file)
		case before[file] == nil:
			added[cluster] = append(added[cluster], file)
		default:
			changed[cluster] = append(changed[cluster], file)
		}
	}
	for file := range before {
		if after[file] == nil {
			t.Errorf("%s is gone", file)
		}
	}
	for i := range clusters {
		cluster := fmt.Sprintf("c%03d", i)
		if len(changed[cluster]) != mesh.changed || len(added[cluster]) != mesh.added {
			t.Errorf("%s: %d files change, want %d: %q\n%d are added, want %d: %q", cluster,
				len(changed[cluster]), mesh.changed, changed[cluster], len(added[cluster]), mesh.added, added[cluster])
		}
	}
	if len(others) != mesh.others {
		t.Errorf("beside them %d files change, want %d: %q", len(others), mesh.others, others)
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
	for name, mesh := range joining() {
		before, after := parts(mesh.deployed(t, 3)[layout.Install]), parts(mesh.deployed(t, 4)[layout.Install])
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
