package istiod

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// startTimeout bounds the start of an istiod. It takes a second, and 30 more when a cluster that it reads does not
// answer; a machine that is busy takes longer.
const startTimeout = 3 * time.Minute

// Istiod is a running control plane of Istio.
type Istiod struct {
	Cluster *clusters.Cluster
	Line    Line

	dir     string
	ports   ports
	env     []string
	args    []string
	starts  int
	program *clusters.Program
}

// Values are the files with the values of the charts for a cluster.
type Values struct{ Base, Istiod string }

// Install installs Istio's charts in a cluster with these values, and prepares the istiod that belongs to them; see
// Start. It starts nothing: as after helm install in a cluster without nodes, only the objects are there.
func Install(t testing.TB, line Line, c *clusters.Cluster, values Values) *Istiod {
	t.Helper()
	i := &Istiod{Cluster: c, Line: line, dir: t.TempDir()}
	if err := i.install(t.Context(), values); err != nil {
		t.Fatal(err)
	}
	return i
}

func (i *Istiod) install(ctx context.Context, values Values) error {
	base, err := i.Line.render(baseChart(), values.Base)
	if err != nil {
		return err
	}
	if err := install(ctx, i.Cluster, base); err != nil {
		return err
	}
	objects, err := i.Line.render(istiodChart(), values.Istiod)
	if err != nil {
		return err
	}
	if err := install(ctx, i.Cluster, objects); err != nil {
		return err
	}
	if i.ports, err = freePorts(); err != nil {
		return err
	}
	pod, err := podOf(objects)
	if err != nil {
		return err
	}
	i.env, i.args = environment(pod), arguments(pod, i.ports, i.kubeconfig())
	return nil
}

// Start runs the istiod and returns when it is ready. What its pod would mount is read from the cluster now.
func (i *Istiod) Start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := i.start(ctx, t); err != nil {
		t.Fatalf("start the istiod of %s: %v", i.Cluster.Name, err)
	}
}

func (i *Istiod) start(ctx context.Context, t testing.TB) error {
	if err := i.writeKubeconfig(ctx); err != nil {
		return err
	}
	if err := i.mountCertificates(ctx); err != nil {
		return err
	}
	i.starts++
	name := fmt.Sprintf("istiod-%s-%d", i.Cluster.Name, i.starts)
	i.program = clusters.Run(t, i.dir, name, i.Line.Program, i.env, i.args...)
	return i.program.Await(ctx, i.ready)
}

// Restart ends the istiod and starts it again, as a rollout of its Deployment does.
func (i *Istiod) Restart(t testing.TB) {
	t.Helper()
	i.Stop()
	i.Start(t)
}

// Stop ends the istiod.
func (i *Istiod) Stop() { i.program.Stop() }

// Log returns what the istiod has written since its last start.
func (i *Istiod) Log(t testing.TB) string {
	t.Helper()
	content, err := os.ReadFile(i.program.Log())
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (i *Istiod) kubeconfig() string { return filepath.Join(i.dir, "kubeconfig") }
