package check

import (
	"context"
	"strings"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
)

// Source reads one cluster; cluster.Client implements it.
type Source interface {
	UID(context.Context) (string, error)
	Facts(context.Context, cluster.Ask) (cluster.Facts, []cluster.Note, error)
	RemoteSecrets(ctx context.Context, namespace string) ([]cluster.RemoteSecret, error)
	AppliedCopies(ctx context.Context, namespace string, labels map[string]string) ([]string, error)
	EastWest(context.Context) ([]cluster.EastWest, error)
	Peers(context.Context) ([]cluster.Peer, error)
	GatewayAPI(context.Context) (cluster.GatewayAPI, error)
	Accounts(ctx context.Context, namespace string) ([]cluster.Account, error)
	Certificates(ctx context.Context, namespace string) (cluster.Certificates, error)
	Served(ctx context.Context, namespace, service, revision string) (cluster.Served, error)
	TLSRoutes(ctx context.Context, namespace string) ([]cluster.TLSRoute, error)
	Service(ctx context.Context, namespace, name string, port int32) (cluster.ServiceState, error)
}

// Target is a cluster to query.
type Target struct {
	Cluster *v1alpha1.Cluster
	Source  Source
	// Proven is set if its API server is verified to be the one declared in mesh.yaml.
	Proven bool
	// Reads are the targets of its control plane.
	Reads []*v1alpha1.Cluster
	// Serves is set if its control plane serves clusters without one.
	Serves bool
	// Labels of all objects of the mesh.
	Labels map[string]string
	// Probe uses a remote kubeconfig.
	Probe func(context.Context, cluster.RemoteKubeconfig, []cluster.Permission) cluster.Access
	// Debug queries istiod; nil skips it.
	Debug Debug
	// Istiods are all ready istiod pods; nil skips them.
	Istiods func(context.Context) ([]IstiodDebug, error)
	// HandshakeService is the service for handshakes with gateways; nil if there are none.
	HandshakeService *handshake.Service
	// Calls of the sample; nil skips them.
	Calls *Calls
	// Explain converts an API server's error to a reason and a remedy.
	Explain func(error) (reason, remedy string)
}

// Gather queries a cluster for everything that the checks need. It returns soon after its context ends.
func Gather(ctx context.Context, t Target) *Observation {
	facts := &Observation{Proven: t.Proven, Access: map[string]cluster.Access{}}
	var err error
	if facts.UID, err = t.Source.UID(ctx); err != nil {
		return t.unreachable(err)
	}
	if t.Cluster.UID != "" && t.Cluster.UID != facts.UID {
		facts.Foreign = true
		return facts
	}
	if facts.Reported, facts.Notes, err = t.Source.Facts(ctx, t.ask()); err != nil {
		return t.unreachable(err)
	}
	facts.EastWest = reading(t.Source.EastWest(ctx))
	facts.Peers = reading(t.Source.Peers(ctx))
	facts.GatewayAPI = reading(t.Source.GatewayAPI(ctx))
	facts.Accounts = reading(t.Source.Accounts(ctx, t.Cluster.Istio.Namespace))
	facts.Copies = reading(t.Source.AppliedCopies(ctx, t.Cluster.Istio.Namespace, t.Labels))
	facts.Certificates = reading(t.Source.Certificates(ctx, t.Cluster.Istio.Namespace))
	if namespace := t.Cluster.Istio.Namespace; t.Cluster.ControlPlane != "" && t.Cluster.ControlPlane != t.Cluster.Name {
		facts.Served = reading(t.Source.Served(ctx, namespace, access.IstiodService(t.Cluster), t.Cluster.Istio.Revision))
	}
	if t.Serves {
		facts.Routes = reading(t.Source.TLSRoutes(ctx, t.Cluster.Istio.Namespace))
	}
	if t.HandshakeService != nil {
		service := t.HandshakeService
		facts.HandshakeService = reading(t.Source.Service(ctx, service.Namespace, service.Name, int32(service.Port)))
	}
	remotes := t.secrets(ctx, facts)
	var asking sync.WaitGroup
	if len(t.Reads) > 0 {
		asking.Go(func() {
			facts.Istiod = askIstiod(ctx, t.Debug)
			facts.Istiod.Pods, facts.Istiod.PodsWhy = t.askPods(ctx)
		})
	}
	if t.Calls != nil {
		asking.Go(func() { facts.Sample = t.Calls.ask(ctx, t.Explain) })
	}
	facts.Access = t.probes(ctx, remotes)
	asking.Wait()
	return facts
}

func (t Target) unreachable(err error) *Observation {
	reason, remedy := t.Explain(err)
	return &Observation{Unreachable: reason, Remedy: remedy}
}

func (t Target) ask() cluster.Ask {
	return cluster.Ask{
		Namespace: t.Cluster.Istio.Namespace,
		Revision:  t.Cluster.Istio.Revision,
		Served:    isServed(t.Cluster),
	}
}

// isServed reports whether a cluster has no control plane of its own: another cluster's, or Google's, serves it.
func isServed(cluster *v1alpha1.Cluster) bool {
	byPeer := cluster.ControlPlane != "" && cluster.ControlPlane != cluster.Name
	byGoogle := cluster.Istio.Managed != nil && *cluster.Istio.Managed
	return byPeer || byGoogle
}

func reading[T any](value T, err error) Reading[T] {
	if err != nil {
		return Reading[T]{Why: oneLine(err)}
	}
	return Reading[T]{Value: value}
}

// oneLine returns an error on one line, so that external text cannot imitate our output.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
