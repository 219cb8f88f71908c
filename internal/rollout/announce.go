package rollout

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// A plan of more than maxListed lines is abridged: a kind with more than maxOfKind objects is counted.
const (
	maxListed = 25
	maxOfKind = 5
)

// planLines describe what happens to each object, and where a remote secret points.
func (r *run) planLines(m *member) []string {
	changes := slices.DeleteFunc(m.changes(), func(c apply.Change) bool { return c.Action == apply.ActionUnchanged })
	count := map[string]int{}
	for _, change := range changes {
		count[isSimilar(change)]++
	}
	var lines []string
	for _, change := range changes {
		n := count[isSimilar(change)]
		switch {
		case n == 0: // already counted
		case len(changes) <= maxListed || n <= maxOfKind:
			line := verb(change) + " " + change.Ref.String()
			if to := r.pointsAt(m, change.Ref); to != "" {
				line += ": " + to
			}
			lines = append(lines, line)
		default:
			lines = append(lines, fmt.Sprintf("%s %d objects of kind %s; -o json lists them", verb(change), n, change.Kind))
			count[isSimilar(change)] = 0
		}
	}
	return lines
}

// isSimilar reports whether one line counts both changes.
func isSimilar(change apply.Change) string { return string(change.Action) + " " + change.Kind }

func verb(change apply.Change) string {
	if change.Action == apply.ActionCreate {
		return "creates"
	}
	return "changes"
}

// pointsAt returns the API server that gets a remote secret's credential; empty for other objects.
func (r *run) pointsAt(m *member, ref apply.Ref) string {
	name, isRemote := strings.CutPrefix(ref.Name, access.RemoteSecretPrefix)
	target, known := r.Workspace.Graph.Cluster(name)
	reads, _ := r.Workspace.Graph.Reads(m.Name, name)
	if !isRemote || !known || !reads || ref.Namespace != m.Istio.Namespace {
		return ""
	}
	api := topology.AddressFor(m.Cluster, target).API
	text := "server " + api.Server
	if api.ProxyURL != "" {
		text += " through " + plainURL(api.ProxyURL)
	}
	return text + ", " + authority(api.CertificateAuthorityData)
}

// authority returns the authority that a remote kubeconfig trusts.
func authority(bundle []byte) string {
	if len(bundle) == 0 {
		return "public CAs"
	}
	certificates, err := trust.ParseCertificates(bundle)
	if err != nil {
		return "an invalid CA"
	}
	var sums []string
	for _, certificate := range certificates {
		sums = append(sums, trust.Fingerprint(certificate))
	}
	return "CA SHA-256 " + strings.Join(sums, " ")
}

// plainURL omits a password.
func plainURL(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return "a proxy"
	}
	return parsed.Redacted()
}
