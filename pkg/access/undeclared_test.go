package access_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// TestUndeclared: west reads east with the second generation of its token.
func TestUndeclared(t *testing.T) {
	read := func(change func(*v1alpha1.Cluster)) *topology.Graph {
		east := cluster("east", v1alpha1.ReaderAuthToken, "", "")
		east.ReaderGenerations = map[string][]int32{"west": {2}}
		change(east)
		_, graph := meshOf(east, cluster("west", v1alpha1.ReaderAuthToken, "", ""))
		return graph
	}
	own := read(func(*v1alpha1.Cluster) {})
	shared := read(func(east *v1alpha1.Cluster) { east.Reader.ServiceAccount = access.IstioctlAccount })
	both := read(func(east *v1alpha1.Cluster) { east.ReaderGenerations["west"] = []int32{2, 3} })
	federated := read(func(east *v1alpha1.Cluster) { east.Reader.Auth = v1alpha1.ReaderAuthFederated })
	ours, others := access.Labels("shop"), access.Labels("other")
	for name, test := range map[string]struct {
		graph           *topology.Graph
		account, secret string
		labels          map[string]string
		want            access.Origin
	}{
		"a reader":                               {graph: own, account: "mesh-reader-west", labels: ours},
		"the current token":                      {graph: own, account: "mesh-reader-west", secret: "mesh-reader-west-token-2", labels: ours},
		"a former generation":                    {graph: own, account: "mesh-reader-west", secret: "mesh-reader-west-token-1", labels: ours, want: access.OriginFormer},
		"the reader of a former link":            {graph: own, account: "mesh-reader-north", labels: ours, want: access.OriginFormer},
		"its token":                              {graph: own, account: "mesh-reader-north", secret: "mesh-reader-north-token-1", labels: ours, want: access.OriginFormer},
		"the token of an account that is gone":   {graph: own, account: "mesh-reader-north", secret: "mesh-reader-north-token-1", want: access.OriginFormer},
		"the reader of another mesh":             {graph: own, account: "mesh-reader-north", secret: "mesh-reader-north-token-1", labels: others},
		"the account of Istio's chart":           {graph: own, account: access.IstioctlAccount},
		"the token of istioctl":                  {graph: own, account: access.IstioctlAccount, secret: access.IstioctlAccount + "-istio-remote-secret-token", want: access.OriginIstioctl},
		"a token of istioctl from before 1.24":   {graph: own, account: access.IstioctlAccount, secret: access.IstioctlAccount + "-token-x7k2p", want: access.OriginIstioctl},
		"istioctl's for an account of its own":   {graph: own, account: "prod-reader", secret: "prod-reader-istio-remote-secret-token", want: access.OriginIstioctl},
		"another account":                        {graph: own, account: "default", secret: "default-token-abcde"},
		"a shared account, former generation":    {graph: shared, account: access.IstioctlAccount, secret: access.IstioctlAccount + "-istio-remote-secret-token", want: access.OriginIstioctl},
		"a shared account, current":              {graph: shared, account: access.IstioctlAccount, secret: access.IstioctlAccount + "-istio-remote-secret-token-2"},
		"a token where readers are federated":    {graph: federated, account: "mesh-reader-west", secret: "mesh-reader-west-token-1", labels: ours, want: access.OriginFormer},
		"an account where readers are federated": {graph: federated, account: "mesh-reader-west", labels: ours, want: access.OriginFormer},
		"a reader without labels":                {graph: own, account: "mesh-reader-north"},
		"an account of the mesh, no reader":      {graph: own, account: "mesh-operator", labels: ours},
		"the reader of another mesh, no token":   {graph: own, account: "mesh-reader-north", labels: others},
		"a shared account, another token":        {graph: shared, account: access.IstioctlAccount, secret: "by-hand", want: access.OriginFormer},
		"the older one of two generations":       {graph: both, account: "mesh-reader-west", secret: "mesh-reader-west-token-2", labels: ours},
		"the newer one":                          {graph: both, account: "mesh-reader-west", secret: "mesh-reader-west-token-3", labels: ours},
		"one before both":                        {graph: both, account: "mesh-reader-west", secret: "mesh-reader-west-token-1", labels: ours, want: access.OriginFormer},
	} {
		t.Run(name, func(t *testing.T) {
			east, _ := test.graph.Cluster("east")
			got, undeclared := access.Undeclared(test.graph, "shop", east, test.account, test.labels, test.secret)
			if undeclared != (test.want != "") || undeclared && got != test.want {
				t.Errorf("got %q, %t, want %q", got, undeclared, test.want)
			}
		})
	}
}
