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
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// identify proves that the context leads to the cluster that mesh.yaml means.
func (r *applyRun) identify(ctx context.Context, c *applyCluster) error {
	uid, err := r.prove(ctx, c.Cluster, c.reader, r.contextOf(c.Cluster), r.pin)
	if err != nil {
		return err
	}
	if other := r.claim(uid, c.Name); other != "" {
		return withHint(fmt.Errorf("context %q leads to the same cluster as %s: its UID is %s", r.contextOf(c.Cluster), other, uid),
			"give each cluster the context that leads to it")
	}
	c.found = uid
	return nil
}

// prove compares the live UID with the recorded one. As long as none is recorded, the API server
// itself has to be the proof (see provenByServer), unless it is to be recorded now.
func (r *applyRun) prove(ctx context.Context, declared *v1alpha1.Cluster, reader *cluster.Client, context string, pin bool) (string, error) {
	uid, err := reader.UID(ctx)
	if err != nil {
		return "", r.explain(err, context)
	}
	switch {
	case declared.UID == uid, declared.UID == "" && (pin || r.provenByServer(r.ws.graph, declared, context)):
		return uid, nil
	case declared.UID != "":
		return "", withHint(fmt.Errorf("context %q leads to another cluster: its UID is %s, and that of %s is %s", context, uid, declared.Name, declared.UID),
			"correct context in mesh.yaml; if the cluster was made anew, remove uid from "+mesh.FactsFile(declared.Name)+" and pin it again: --pin")
	}
	return "", withHint(fmt.Errorf("nothing proves that context %q leads to %s: no UID is recorded, and its API server is not the one in mesh.yaml",
		context, declared.Name), "look at it: "+r.kubectl(context)+" cluster-info; if it is the right one, record it: --pin")
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
func (f *liveFlags) provenByServer(graph *topology.Graph, declared *v1alpha1.Cluster, context string) bool {
	config, err := f.configOf(context)
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
	if config.Host == declared.API.Server || topology.IsEndpoint(declared, config.Host) {
		return true
	}
	for other := range graph.Clusters() {
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

// record writes first UIDs into the facts, when all clusters have proved to be the right ones.
func (r *applyRun) record() error {
	for _, c := range r.clusters {
		if !r.pin || c.Cluster.UID != "" {
			continue
		}
		file := r.ws.path(mesh.FactsFile(c.Name))
		text, _, err := mergeFacts(r.ws.doc.Facts(c.Name), c.Name, []fact{{field: "uid", values: []string{c.found}}})
		if err == nil {
			err = output.WriteFile(file, text, output.FileOptions{Mode: 0o644, Force: true})
		}
		if err != nil {
			return r.unrecorded(c, err)
		}
		fmt.Fprintf(r.ErrOut, "%s: recorded its UID in %s\n", c.Name, file)
	}
	return nil
}

// unrecorded says that a UID could not be written down, which stops everything.
func (r *applyRun) unrecorded(c *applyCluster, err error) error {
	err = fmt.Errorf("record the UID of %s: %w", c.Name, err)
	if hint := diskHint(err); hint != "" {
		err = withHint(withoutHint{err}, hint)
	}
	return withHint(err, "nothing was changed in any cluster")
}
