package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// ZtunnelVariable is set to the path of a ztunnel by who has built one: no registry has it.
const ZtunnelVariable = "ZTUNNEL"

// WithZtunnel brings a ztunnel into the sandbox, too, and a bootstrap of Envoy without the discovery of workloads, which
// an agent gives every waypoint, and which a stock Envoy does not have (istio pkg/bootstrap/config.go). dir is where it is
// kept.
func (p Programs) WithZtunnel(dir string) (Programs, error) {
	path := os.Getenv(ZtunnelVariable)
	if path == "" {
		return p, errors.New(ZtunnelVariable + " is not set")
	}
	var err error
	if p.Ztunnel, err = sandbox.Install(path); err != nil {
		return p, err
	}
	template, err := os.ReadFile(p.Bootstrap)
	if err != nil {
		return p, err
	}
	plain := filepath.Join(dir, "plain_bootstrap.json")
	if err := os.WriteFile(plain, bytes.ReplaceAll(template, []byte("if .metadata_discovery"), []byte("if false")), 0o644); err != nil {
		return p, err
	}
	p.Bootstrap, err = sandbox.Install(plain)
	return p, err
}

// Ztunnel serves one pod in its own namespace, rather than all pods of a node.
type Ztunnel struct {
	Namespace, Pod, Account string
	ClusterID, Network      string
}

// tunnelLifetime has a ztunnel renew its certificate every half minute: at half of its validity, which istiod has begin two
// minutes ago.
const tunnelLifetime = 3 * time.Minute

// StartZtunnel runs a ztunnel in a pod. The files that its volumes have must be there.
func (p Programs) StartZtunnel(t testing.TB, pod *sandbox.Pod, z Ztunnel) {
	t.Helper()
	env := []string{
		"PROXY_MODE=dedicated", fmt.Sprintf("PROXY_WORKLOAD_INFO=%s/%s/%s", z.Namespace, z.Pod, z.Account),
		"CLUSTER_ID=" + z.ClusterID, "NETWORK=" + z.Network, "NODE_NAME=node-1", "INSTANCE_IP=" + pod.Address,
		"XDS_ADDRESS=https://" + discoveryAddress, "CA_ADDRESS=https://" + discoveryAddress,
		"SECRET_TTL=" + tunnelLifetime.String(), "IPV6_ENABLED=false", "ENABLE_ORIG_SRC=false", "RUST_LOG=info",
	}
	pod.Run(t, "ztunnel-"+pod.Name, sandbox.ProxyUser, env, p.Ztunnel)
}
