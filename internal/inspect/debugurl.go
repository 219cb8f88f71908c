package inspect

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// ParseDebug parses the values of --istiod-debug: URLs by cluster, or one for the named cluster.
func ParseDebug(ws *workspace.Workspace, values []string, cluster string) (map[string]string, error) {
	debug := map[string]string{}
	var errs []error
	for _, value := range values {
		name, base, named := strings.Cut(value, "=")
		if !named || strings.Contains(name, "://") {
			name, base = cluster, value
		}
		if name == "" {
			errs = append(errs, verdict.Inputf("specify the cluster: --istiod-debug NAME=URL",
				"--istiod-debug does not name a cluster: %q", value))
			continue
		}
		errs = append(errs, ws.CheckCluster(name), checkDebugURL(base))
		debug[name] = strings.TrimRight(base, "/")
	}
	return debug, errors.Join(errs...)
}

// istiod's answers are trusted, so the connection must be protected.
func checkDebugURL(text string) error {
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return verdict.Inputf("use a URL such as http://127.0.0.1:15014", "invalid URL %q for --istiod-debug", text)
	}
	ip := net.ParseIP(base.Hostname())
	local := base.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if base.Scheme != "https" && (base.Scheme != "http" || !local) {
		return verdict.Inputf("use https, or forward the port to this machine: kubectl port-forward",
			"--istiod-debug accepts http only for this machine, not %q", text)
	}
	return nil
}
