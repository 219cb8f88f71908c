package istiod

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// startTimeout bounds the start of an istiod. It takes a second, and 30 more when a cluster that it reads does not
// answer; a machine that is busy takes longer.
const startTimeout = 3 * time.Minute

// Istiod is Istio's control plane in a cluster: one replica of its Deployment.
type Istiod struct {
	Cluster *clusters.Cluster
	Line    Line
	// Resolver is the address of the name server that the istiod asks; empty: that of the machine.
	Resolver string

	dir        string
	deployment *appsv1.Deployment

	mutex   sync.Mutex
	starts  int
	logs    []string // the paths of what each start has written
	running *replica
}

// replica is a run of pilot-discovery, with a working directory and ports of its own.
type replica struct {
	dir     string
	ports   ports
	program *clusters.Program
}

// New prepares the istiod that belongs to a release of chart istiod, which is installed; see Start.
func New(t testing.TB, line Line, c *clusters.Cluster, release Release) *Istiod {
	t.Helper()
	objects, err := line.Template(release)
	if err != nil {
		t.Fatal(err)
	}
	deployment, err := deploymentOf(objects)
	if err != nil {
		t.Fatal(err)
	}
	return &Istiod{Cluster: c, Line: line, dir: t.TempDir(), deployment: deployment}
}

// Start runs the istiod and returns when it is ready. What its pod would mount is read from the cluster now.
func (i *Istiod) Start(t testing.TB) {
	t.Helper()
	if err := i.RollOut(t); err != nil {
		t.Fatal(err)
	}
}

// RollOut replaces the istiod like a rollout of its Deployment: the old one ends once the new one is ready. It is safe
// for concurrent use.
func (i *Istiod) RollOut(t testing.TB) error {
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	next, err := i.start(ctx, t)
	if err != nil {
		return fmt.Errorf("start the istiod of %s: %w", i.Cluster.Name, err)
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.running != nil {
		i.running.program.Stop()
	}
	i.running = next
	return nil
}

func (i *Istiod) start(ctx context.Context, t testing.TB) (*replica, error) {
	i.mutex.Lock()
	i.starts++
	name := fmt.Sprintf("istiod-%s-%d", i.Cluster.Name, i.starts)
	i.mutex.Unlock()
	next := &replica{dir: filepath.Join(i.dir, name)}
	if err := os.Mkdir(next.dir, 0o700); err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(next.dir, "kubeconfig")
	if err := i.writeKubeconfig(ctx, kubeconfig); err != nil {
		return nil, err
	}
	if err := i.mountCertificates(ctx, next); err != nil {
		return nil, err
	}
	var err error
	if next.ports, err = freePorts(); err != nil {
		return nil, err
	}
	command, err := i.command(ctx, next, kubeconfig)
	if err != nil {
		return nil, err
	}
	next.program = clusters.Run(t, next.dir, name, command[0], environment(i.deployment), command[1:]...)
	i.mutex.Lock()
	i.logs = append(i.logs, next.program.Log())
	i.mutex.Unlock()
	if err := next.program.Await(ctx, next.ready); err != nil {
		return nil, err
	}
	return next, next.watches()
}

// command is pilot-discovery with the mounts of its pod.
func (i *Istiod) command(ctx context.Context, next *replica, kubeconfig string) ([]string, error) {
	run, err := i.mountTokens(ctx, next)
	if err != nil {
		return nil, err
	}
	resolver := ""
	if i.Resolver != "" {
		resolver = filepath.Join(next.dir, "resolv.conf")
		if err := os.WriteFile(resolver, []byte("nameserver "+i.Resolver+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	command := append([]string{i.Line.Program}, arguments(i.deployment, next.ports, kubeconfig)...)
	command = mounted(run, resolver, command...)
	command[0], err = exec.LookPath(command[0])
	return command, err
}

// unwatched is istiod's message that it cannot watch cacerts: it continues as if nothing were wrong.
const unwatched = "failed to add CAcerts watcher"

// watches is an error where the machine has no inotify instance left. A cluster takes eight.
func (r *replica) watches() error {
	content, err := os.ReadFile(r.program.Log())
	if err != nil {
		return err
	}
	if strings.Contains(string(content), unwatched) {
		return errors.New(unwatched + ": run fewer tests at a time (-parallel), or raise fs.inotify.max_user_instances")
	}
	return nil
}

func (i *Istiod) current() *replica {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.running
}

// Starts returns how often the istiod was started.
func (i *Istiod) Starts() int {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.starts
}

// Log returns what the istiod has written, in all of its starts.
func (i *Istiod) Log(t testing.TB) string {
	t.Helper()
	i.mutex.Lock()
	defer i.mutex.Unlock()
	var all strings.Builder
	for _, path := range i.logs {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
	}
	return all.String()
}
