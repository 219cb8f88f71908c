package clusters

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"k8s.io/client-go/rest"
)

// Cluster is a control plane. Its methods are safe for concurrent use, except that Stop, Kill, Restart and those of an
// AuthorityChange must not run concurrently with each other.
type Cluster struct {
	Name   string
	Server string // URL of the API server
	Issuer string // of its service account tokens; the same URL, so each cluster has its own
	CA     []byte // PEM; what clients trust the API server by, and what token Secrets hold as ca.crt; see ChangeAuthority

	dir      string
	port     int
	etcd     string
	binaries Binaries
	admin    keyPair

	apiServer         *process
	controllerManager *process
}

// newCluster writes the files of a cluster below root and starts nothing.
func newCluster(root, name, etcd string, port int, binaries Binaries) (*Cluster, error) {
	ca, err := newAuthority(name)
	if err != nil {
		return nil, err
	}
	admin, err := ca.client("admin", "system:masters")
	if err != nil {
		return nil, err
	}
	server := fmt.Sprintf("https://127.0.0.1:%d", port)
	c := &Cluster{
		Name: name, Server: server, Issuer: server, CA: ca.pem,
		dir: filepath.Join(root, name), port: port, etcd: etcd, binaries: binaries, admin: admin,
	}
	return c, c.writeFiles(ca)
}

// Config returns a new client configuration of an administrator, without client-side rate limits.
func (c *Cluster) Config() *rest.Config {
	return &rest.Config{
		Host: c.Server,
		TLSClientConfig: rest.TLSClientConfig{
			CAData:   c.CA,
			CertData: c.admin.cert,
			KeyData:  c.admin.key,
		},
		QPS: -1,
	}
}

// Stop shuts the control plane down. Its data is kept; see Restart.
func (c *Cluster) Stop() {
	c.controllerManager.stop() // first: its watches would keep the API server from draining
	c.apiServer.stop()
}

// Kill ends the control plane like a power failure. Its data is kept; see Restart.
func (c *Cluster) Kill() {
	c.apiServer.kill()
	c.controllerManager.kill()
}

// Restart starts a stopped or killed control plane on the same port and data, with further flags for the API server
// if given (one such is --authentication-config), and returns when it is ready.
func (c *Cluster) Restart(t testing.TB, flags ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := c.start(ctx, flags...); err != nil {
		t.Fatalf("restart cluster %s: %v", c.Name, err)
	}
}

// start runs both programs, the second once the first is ready, because a controller manager exits if it finds no API
// server.
func (c *Cluster) start(ctx context.Context, flags ...string) error {
	if err := c.startAPIServer(ctx, flags); err != nil {
		return err
	}
	return c.startControllerManager(ctx)
}
