package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// Programs are what a proxy is made of, where every user of the sandbox can run and read it.
type Programs struct{ Agent, Envoy, Bootstrap, Ztunnel string }

// Install brings Envoy and the pilot-agent of a line into the sandbox.
func Install(ctx context.Context, line istiod.Line) (Programs, error) {
	envoy, err := Envoy(ctx)
	if err != nil {
		return Programs{}, err
	}
	var at [3]string
	for i, path := range []string{line.Agent, envoy, line.Bootstrap} {
		if at[i], err = sandbox.Install(path); err != nil {
			return Programs{}, err
		}
	}
	return Programs{Agent: at[0], Envoy: at[1], Bootstrap: at[2]}, nil
}

// Proxy is a pilot-agent with its Envoy.
type Proxy struct {
	Kind      string // sidecar, router or waypoint
	Namespace string
	Pod       string            // its name in Kubernetes
	Account   string            // service account
	Env       map[string]string // more than what every proxy has
}

// Start runs a proxy in a pod. The files that its volumes have must be there.
func (p Programs) Start(t testing.TB, pod *sandbox.Pod, proxy Proxy) {
	t.Helper()
	config, err := json.Marshal(map[string]any{
		"binaryPath": p.Envoy, "concurrency": 1, "discoveryAddress": discoveryAddress, "terminationDrainDuration": "0s",
	})
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"POD_NAME": proxy.Pod, "POD_NAMESPACE": proxy.Namespace, "INSTANCE_IP": pod.Address, "SERVICE_ACCOUNT": proxy.Account,
		"JWT_POLICY": "third-party-jwt", "PILOT_CERT_PROVIDER": "istiod", "CA_ADDR": discoveryAddress, "TRUST_DOMAIN": "cluster.local",
		"SECRET_TTL": certificateLifetime.String(),
	}
	maps.Copy(env, proxy.Env)
	env["PROXY_CONFIG"], env["ISTIO_BOOTSTRAP"] = string(config), p.Bootstrap
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	pod.Run(t, "proxy-"+pod.Name, sandbox.ProxyUser, list, p.Agent, "proxy", proxy.Kind,
		"--domain", proxy.Namespace+".svc.cluster.local", "--proxyLogLevel=warning", "--log_output_level=default:info")
}

const discoveryAddress = "istiod.istio-system.svc:15012"

// certificateLifetime is so short that a test sees certificates renewed.
const certificateLifetime = 60 * time.Second

// Ready asks a proxy whether it has its configuration.
func Ready(ctx context.Context, pod *sandbox.Pod) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+pod.Address+":15021/healthz/ready", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// Mount writes a file of a volume of the proxy, and replaces it in one step.
func Mount(pod *sandbox.Pod, name, text string) error {
	path := filepath.Join(pod.Dir, filepath.FromSlash(name))
	if err := makeDir(pod.Dir, filepath.Dir(path)); err != nil {
		return err
	}
	next := path + ".next"
	if err := os.WriteFile(next, []byte(text), 0o644); err != nil {
		return fmt.Errorf("mount a file: %w", err)
	}
	return os.Rename(next, path)
}

// makeDir makes directories in which the proxy may write, too.
func makeDir(root, dir string) error {
	if dir == root {
		return nil
	}
	if err := makeDir(root, filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	}
	return os.Chown(dir, sandbox.ProxyUser, sandbox.ProxyUser)
}

// The files of the volumes of a proxy, below its working directory.
const (
	TokenFile = "var/run/secrets/tokens/istio-token"
	RootFile  = "var/run/secrets/istio/root-cert.pem"
)
