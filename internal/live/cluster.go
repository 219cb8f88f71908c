package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Policy is the proof of identity that opening a cluster requires.
type Policy int

const (
	// RequireProof reads, sends and changes nothing without proof of identity.
	RequireProof Policy = iota
	// Pin also accepts a cluster without a pinned UID, which the caller pins.
	Pin
	// Observe accepts any cluster: callers check Proof before they trust it, or read or send secrets.
	Observe
)

// Clusters opens the clusters of a mesh. It is safe for concurrent use.
type Clusters struct {
	*Contexts
	mesh Mesh

	claiming sync.Mutex
	owners   map[string]string // names of clusters by UID
}

// For returns access to the clusters of a mesh.
func (c *Contexts) For(mesh Mesh) *Clusters {
	owners := map[string]string{}
	for _, known := range mesh.Clusters {
		if known.UID != "" {
			owners[known.UID] = known.Name
		}
	}
	return &Clusters{Contexts: c, mesh: mesh, owners: owners}
}

// Cluster is a live cluster, the only access to an API server.
type Cluster struct {
	*v1alpha1.Cluster
	// Context of the cluster, the Server behind it, and the UID that it reports.
	Context, Server, UID string
	// Proof of its identity; only Observe returns a cluster without one.
	Proof  Proof
	Client *cluster.Client
	// Writer changes it; nil if it is unproven.
	Writer *apply.Client

	config *rest.Config
}

// Open connects to a cluster through its context, and verifies its identity.
func (c *Clusters) Open(ctx context.Context, declared *v1alpha1.Cluster, policy Policy) (*Cluster, error) {
	defer progress.Begin(ctx, declared.Name)()
	config, err := c.config(declared)
	if err != nil {
		return nil, err
	}
	live := &Cluster{Cluster: declared, Context: c.Of(declared), Server: config.Host, config: config}
	if live.Client, err = cluster.Open(config); err != nil {
		return nil, c.Explain(err, live.Context)
	}
	if live.UID, err = live.Client.UID(ctx); err != nil {
		return nil, c.Explain(err, live.Context)
	}
	if !v1alpha1.IsUID(live.UID) {
		return nil, c.Explain(fmt.Errorf("read namespace kube-system: %.40q is not a UID", live.UID), live.Context)
	}
	live.Proof = c.mesh.prove(declared, live.UID, config)
	if err := c.check(live, policy); err != nil {
		return nil, err
	}
	if live.Proof != Unproven && live.Proof != Foreign || policy == Pin {
		if live.Writer, err = apply.Open(config); err != nil {
			return nil, c.Explain(err, live.Context)
		}
	}
	return live, nil
}

// check rejects what the policy does not allow. Two names for one cluster are always an error.
func (c *Clusters) check(live *Cluster, policy Policy) error {
	if policy == Observe {
		return nil
	}
	if live.Proof == Foreign {
		return verdict.Input(hint.Add(&ForeignError{
			Cluster: live.Name,
			Context: live.Context,
			UID:     live.UID,
			Pinned:  live.Cluster.UID,
		},
			"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from "+
				c.mesh.pinFiles(live.Name, live.UID)+" and record the new one: "+c.pinCommand(live.Name)))
	}
	if owner := c.claim(live.UID, live.Name); owner != live.Name {
		return verdict.Inputf("set the right context for each cluster",
			"context %q points at the same cluster as %s: its UID is %s", live.Context, owner, live.UID)
	}
	if live.Proof != Unproven {
		return nil
	}
	if other := c.mesh.authorityOf(live.Name, live.config); other != "" {
		return verdict.Inputf("correct context in mesh.yaml; if both clusters use this CA, declare it for both "+
			"(api.certificateAuthority)",
			"context %q verifies its server with the CA that mesh.yaml declares for %s, not for %s",
			live.Context, other, live.Name)
	}
	if policy == RequireProof {
		return verdict.Input(c.unproven(live))
	}
	return nil
}

// unproven describes the missing proof, and how to pin the cluster.
func (c *Clusters) unproven(live *Cluster) error {
	remedies := []string{"verify it: " + c.Kubectl(live.Context) + " cluster-info; " +
		"if it is the right cluster, record its UID: " + c.pinCommand(live.Name)}
	if c.mesh.trustsMore(live.Name, live.config) {
		remedies = append(remedies,
			"during a CA rotation, declare all CAs that the context trusts (api.certificateAuthority)")
	}
	return hint.Add(&UnprovenError{Cluster: live.Name, Context: live.Context}, remedies...)
}

func (c *Clusters) pinCommand(name string) string {
	return "kubectl mesh collect --pin --cluster " + shell.Name(name) + c.mesh.FilenameFlag
}

// claim records the cluster of a UID, and returns the first one that had it.
func (c *Clusters) claim(uid, name string) string {
	c.claiming.Lock()
	defer c.claiming.Unlock()
	if owner, known := c.owners[uid]; known {
		return owner
	}
	c.owners[uid] = name
	return name
}

// ForeignError reports a context that points at another cluster than the one with the pinned UID.
type ForeignError struct{ Cluster, Context, UID, Pinned string }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("context %q points at another cluster: its UID is %s, and the UID of %s is %s",
		e.Context, e.UID, e.Cluster, e.Pinned)
}

// UnprovenError reports that nothing proves which cluster a context points at.
type UnprovenError struct{ Cluster, Context string }

func (e *UnprovenError) Error() string {
	return fmt.Sprintf("context %q is not verified to point at %s: no UID is recorded, and mesh.yaml does not declare "+
		"its CA for this cluster only",
		e.Context, e.Cluster)
}

// Forwarder connects to pods like kubectl port-forward.
func (c *Cluster) Forwarder() (*cluster.Forwarder, error) { return cluster.OpenForwarder(c.config) }

// Executor runs commands in pods like kubectl exec.
func (c *Cluster) Executor() (*cluster.Executor, error) { return cluster.OpenExecutor(c.config) }

// RequestToken has the API server issue a token. It fails without proof of identity.
func (c *Cluster) RequestToken(ctx context.Context, ask apply.TokenRequest) (kubeconfig.Token, time.Time, error) {
	if c.Writer == nil {
		return kubeconfig.Token{}, time.Time{}, &UnprovenError{Cluster: c.Name, Context: c.Context}
	}
	return apply.RequestToken(ctx, c.config, ask)
}

// SignClient has the API server sign a reader's request. It fails without proof of identity.
func (c *Cluster) SignClient(
	ctx context.Context, name string, request []byte, labels map[string]string, validity time.Duration,
) ([]byte, error) {
	if c.Writer == nil {
		return nil, &UnprovenError{Cluster: c.Name, Context: c.Context}
	}
	return apply.SignClient(ctx, c.config, name, request, labels, validity)
}

// AtContext returns a remote kubeconfig with the context's address: its own address is for control planes, and may not
// be reachable from here. False if both are the same, or if the context verifies nothing.
func (c *Cluster) AtContext(remote cluster.RemoteKubeconfig) (cluster.RemoteKubeconfig, bool) {
	loaded := rest.CopyConfig(c.config)
	if rest.LoadTLSFiles(loaded) != nil || loaded.Insecure || loaded.Host == remote.Server {
		return remote, false
	}
	remote.Server, remote.CertificateAuthorityData = loaded.Host, loaded.CAData
	remote.TLSServerName, remote.ProxyURL = loaded.ServerName, ""
	return remote, true
}
