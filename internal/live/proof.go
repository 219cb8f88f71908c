package live

import (
	"bytes"
	"encoding/pem"
	"maps"
	"slices"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Proof that a context points at the declared cluster.
type Proof string

// Kinds of proof. A server's address is none: tunnels and proxies are normal, and addresses can be reassigned.
const (
	// Unproven: there is no proof. No token is read or sent, and nothing is changed.
	Unproven Proof = ""
	// ProvenByUID: the UID of namespace kube-system is the pinned one.
	ProvenByUID Proof = "uid"
	// ProvenByAuthority: mesh.yaml declares the API server's certificate authority for this cluster, and for no other.
	ProvenByAuthority Proof = "certificateAuthority"
	// Foreign: another UID is pinned.
	Foreign Proof = "foreign"
)

// Mesh is what is known about the clusters before connecting.
type Mesh struct {
	// Clusters of the mesh, with their pinned UIDs.
	Clusters []*v1alpha1.Cluster
	// Authorities of API servers that mesh.yaml declares, as PEM, by cluster name. Facts files prove nothing.
	Authorities map[string][]byte
	// Pins are the pinned UIDs, by cluster name.
	Pins map[string]Pinned
	// MeshFile and StateFile pin UIDs; paths as the user would write them.
	MeshFile, StateFile string
	// FilenameFlag is the flag that printed commands need to find the same mesh.
	FilenameFlag string
}

// Pinned is a cluster's UID in each of the two files; mesh.yaml takes precedence.
type Pinned struct{ Mesh, State string }

// pinFiles returns the files that pin another UID.
func (m Mesh) pinFiles(name, uid string) string {
	var files []string
	for _, pin := range []struct{ uid, file string }{
		{uid: m.Pins[name].Mesh, file: m.MeshFile},
		{uid: m.Pins[name].State, file: m.StateFile},
	} {
		if pin.uid != "" && pin.uid != uid {
			files = append(files, pin.file)
		}
	}
	return strings.Join(files, " and ")
}

// prove returns the proof that an API server is a cluster's.
func (m Mesh) prove(declared *v1alpha1.Cluster, uid string, config *rest.Config) Proof {
	switch {
	case declared.UID == uid && uid != "":
		return ProvenByUID
	case declared.UID != "":
		return Foreign
	case m.provenByAuthority(declared.Name, config):
		return ProvenByAuthority
	}
	return Unproven
}

// provenByAuthority reports whether the context verifies its server only with certificates that mesh.yaml declares for
// this cluster and for no other.
func (m Mesh) provenByAuthority(name string, config *rest.Config) bool {
	used, declared := verifiedWith(config), certificates(m.Authorities[name])
	for _, certificate := range used {
		if !contains(declared, certificate) {
			return false
		}
		for other, authority := range m.Authorities {
			if other != name && contains(certificates(authority), certificate) {
				return false
			}
		}
	}
	return len(used) > 0
}

// trustsMore reports whether a context verifies its server with certificates that mesh.yaml declares for this cluster,
// and with others.
func (m Mesh) trustsMore(name string, config *rest.Config) bool {
	declared := certificates(m.Authorities[name])
	known, unknown := false, false
	for _, one := range verifiedWith(config) {
		isDeclared := contains(declared, one)
		known, unknown = known || isDeclared, unknown || !isDeclared
	}
	return known && unknown
}

// authorityOf returns the cluster whose declared authority a context uses, unless mesh.yaml declares it for this
// cluster too. Empty if there is none: only a person can then tell which cluster it is.
func (m Mesh) authorityOf(name string, config *rest.Config) string {
	used, own := verifiedWith(config), certificates(m.Authorities[name])
	for _, other := range slices.Sorted(maps.Keys(m.Authorities)) {
		theirs := certificates(m.Authorities[other])
		onlyTheirs := func(one []byte) bool { return contains(theirs, one) && !contains(own, one) }
		if other != name && slices.ContainsFunc(used, onlyTheirs) {
			return other
		}
	}
	return ""
}

// verifiedWith returns the certificates with which a context verifies its server; none if it uses the system's, or does
// not verify.
func verifiedWith(config *rest.Config) [][]byte {
	loaded := rest.CopyConfig(config)
	if rest.LoadTLSFiles(loaded) != nil || loaded.Insecure {
		return nil
	}
	return certificates(loaded.CAData)
}

// certificates returns the blocks of a PEM text.
func certificates(text []byte) [][]byte {
	var blocks [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block.Bytes)
	}
	return blocks
}

func contains(all [][]byte, one []byte) bool {
	for _, other := range all {
		if bytes.Equal(other, one) {
			return true
		}
	}
	return false
}
