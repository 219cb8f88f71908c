package cli

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// identify proves that the context leads to the cluster that mesh.yaml means: by the UID that
// was recorded or, as long as none is, by the API server itself (see provenByServer). With
// --pin a first UID is recorded.
func (r *applyRun) identify(ctx context.Context, c *applyCluster) error {
	uid, err := c.reader.UID(ctx)
	if err != nil {
		return r.explain(err, r.contextOf(c.Cluster))
	}
	if other := r.claim(uid, c.Name); other != "" {
		return withHint(fmt.Errorf("context %q leads to the same cluster as %s: its UID is %s", r.contextOf(c.Cluster), other, uid),
			"give each cluster the context that leads to it")
	}
	switch {
	case c.Cluster.UID == uid:
		return nil
	case c.Cluster.UID != "":
		return withHint(fmt.Errorf("context %q leads to another cluster: its UID is %s, and that of %s is %s",
			r.contextOf(c.Cluster), uid, c.Name, c.Cluster.UID),
			"correct context in mesh.yaml; if the cluster was made anew, remove uid from "+mesh.FactsFile(c.Name)+" and pin it again: --pin")
	case r.pin:
		return r.record(c, uid)
	case r.provenByServer(c.Cluster):
		return nil
	}
	return withHint(fmt.Errorf("nothing proves that context %q leads to %s: no UID is recorded, and its API server is not the one in mesh.yaml",
		r.contextOf(c.Cluster), c.Name), "look at it: "+r.kubectl(r.contextOf(c.Cluster))+" cluster-info; if it is the right one, record it: --pin")
}

// claim notes which cluster has a UID, and returns the one that has it already.
func (r *applyRun) claim(uid, name string) string {
	r.claiming.Lock()
	defer r.claiming.Unlock()
	if owner, known := r.owners[uid]; known {
		return owner
	}
	r.owners[uid] = name
	return ""
}

// provenByServer: the context verifies the server with the certificate authority that mesh.yaml
// names, and that is either the authority of no other cluster or has signed a server at the
// very address in mesh.yaml.
func (r *applyRun) provenByServer(declared *v1alpha1.Cluster) bool {
	config, err := r.config(declared)
	if err != nil || len(declared.API.CertificateAuthorityData) == 0 {
		return false
	}
	if err := rest.LoadTLSFiles(config); err != nil {
		return false
	}
	used := config.CAData
	if !sameCertificates(used, declared.API.CertificateAuthorityData) {
		return false
	}
	if config.Host == declared.API.Server {
		return true
	}
	for other := range r.ws.graph.Clusters() {
		if other.Name != declared.Name && sameCertificates(used, other.API.CertificateAuthorityData) {
			return false
		}
	}
	return true
}

// sameCertificates tells whether two PEM texts hold the same certificates, one at least.
func sameCertificates(a, b []byte) bool {
	for count := 0; ; count++ {
		blockA, restA := pem.Decode(a)
		blockB, restB := pem.Decode(b)
		if blockA == nil || blockB == nil {
			return count > 0 && blockA == nil && blockB == nil
		}
		if !bytes.Equal(blockA.Bytes, blockB.Bytes) {
			return false
		}
		a, b = restA, restB
	}
}

// record writes a first UID into the facts of a cluster.
func (r *applyRun) record(c *applyCluster, uid string) error {
	file := r.ws.path(mesh.FactsFile(c.Name))
	text, _, err := mergeFacts(r.ws.doc.Facts(c.Name), c.Name, []fact{{field: "uid", values: []string{uid}}})
	if err != nil {
		return err
	}
	if err := output.WriteFile(file, text, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	c.pinned = file
	return nil
}
