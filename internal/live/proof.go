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

// Proof is what shows that a context leads to the cluster that is meant.
type Proof string

// Kinds of proof. Where a server answers is none: tunnels and proxies are normal, and a server may change
// hands.
const (
	// Unproven: nothing shows it. No token is read or sent, and nothing is changed.
	Unproven Proof = ""
	// ProvenByUID: the UID of namespace kube-system is the one that was pinned.
	ProvenByUID Proof = "uid"
	// ProvenByAuthority: the API server's certificate authority is the one that mesh.yaml declares for this
	// cluster, and for no other.
	ProvenByAuthority Proof = "certificateAuthority"
	// Foreign: another UID is pinned.
	Foreign Proof = "foreign"
)

// Mesh is what is known of the clusters before one is asked.
type Mesh struct {
	// Clusters are all clusters of the mesh, with the UIDs that were pinned.
	Clusters []*v1alpha1.Cluster
	// Authorities are the certificate authorities of API servers, as PEM, by the name of the cluster: those
	// that mesh.yaml declares. What a facts file says proves nothing.
	Authorities map[string][]byte
	// Pins are the UIDs that are pinned, by the name of the cluster.
	Pins map[string]Pinned
	// MeshFile and StateFile are the files that pin UIDs, as the user would write them.
	MeshFile, StateFile string
	// FilenameFlag is what a printed command needs to find the same mesh.
	FilenameFlag string
}

// Pinned is the UID of a cluster in each of the two files, of which mesh.yaml wins.
type Pinned struct{ Mesh, State string }

// pinFiles are the files that pin another UID than this one.
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

// prove says what shows that an API server is the one of a cluster.
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

// provenByAuthority: the context verifies its server with certificates that mesh.yaml declares for this
// cluster, and with none that it declares for another one.
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

// authorityOf is the cluster whose declared certificate authority a context verifies its server with, where
// mesh.yaml does not declare it for this cluster as well. Empty where that is none: nobody but a person can tell
// then which cluster it is.
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

// verifiedWith are the certificates with which a context verifies its server; none if it trusts the system's, or
// does not verify.
func verifiedWith(config *rest.Config) [][]byte {
	loaded := rest.CopyConfig(config)
	if rest.LoadTLSFiles(loaded) != nil || loaded.Insecure {
		return nil
	}
	return certificates(loaded.CAData)
}

// certificates are the blocks of a PEM text.
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
