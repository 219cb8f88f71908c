package facts

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Live lists what a cluster reports, in the order of the fields in a file. It omits the rest, so that a file keeps what
// a person wrote: a planned network, a reserved address. Only an observed control plane determines the revision.
func Live(reported cluster.Facts, endpoint *kubeconfig.Context) []Fact {
	var facts []Fact
	add := func(field string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			facts = append(facts, Fact{Field: field, Values: values})
		}
	}
	addList := func(field string, values []string) {
		if len(values) > 0 {
			facts = append(facts, Fact{Field: field, Values: values, List: true})
		}
	}
	add("kubernetesVersion", reported.KubernetesVersion)
	add("network", reported.Network)
	addList("podCIDRs", reported.PodCIDRs)
	add("trustDomain", reported.Istio.TrustDomain)
	add("istio.version", reported.Istio.Version)
	if add("istio.revision", reported.Istio.Revision); reported.Istio.Found && reported.Istio.Revision == "" {
		facts = append(facts, Fact{Field: "istio.revision"})
	}
	if endpoint != nil {
		add("api.server", endpoint.Server)
		add("api.certificateAuthorityData", base64.StdEncoding.EncodeToString(endpoint.CertificateAuthorityData))
		add("api.tlsServerName", endpoint.TLSServerName)
	}
	add("api.serviceAccountIssuer", reported.Issuer)
	add("api.serviceAccountJWKS", reported.JWKS)
	addList("gateway.addresses", reported.GatewayAddresses)
	add("installed.meshID", reported.Istio.MeshID)
	add("installed.clusterID", reported.Istio.ClusterID)
	addList("installed.rootSHA256", reported.RootSHA256)
	return facts
}

// Valid omits what a facts file cannot contain, with a note for each: a file that collect wrote must never prevent a
// mesh from loading.
func Valid(name string, facts []Fact) ([]Fact, []cluster.Note, error) {
	var notes []cluster.Note
	facts = slices.DeleteFunc(facts, func(f Fact) bool { // a file with such a value could not be read at all
		hidden := slices.ContainsFunc(f.Values, func(text string) bool { return !printable.Text(text) })
		if hidden {
			notes = append(notes, cluster.Note{What: f.Field + " is ignored", Why: "it contains unprintable characters"})
		}
		return hidden
	})
	text, _, err := Merge(nil, name, facts)
	if err != nil {
		return nil, nil, err
	}
	for _, problem := range mesh.CheckFacts(name, text) {
		wrong := func(f Fact) bool { return within(problem.Field, "spec."+f.Field) }
		if i := slices.IndexFunc(facts, wrong); i >= 0 {
			notes = append(notes, cluster.Note{What: facts[i].Field + " is ignored", Why: problem.Message})
		}
		facts = slices.DeleteFunc(facts, wrong)
	}
	return facts, notes, nil
}

// within reports whether a path is a field or inside it.
func within(path, field string) bool {
	rest, ok := strings.CutPrefix(path, field)
	return ok && (rest == "" || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "["))
}

// KeepWider keeps a file's pod ranges if they contain those of all nodes: nodes come and go, but the range that they
// are allocated from stays.
func KeepWider(facts []Fact, have []string) []Fact {
	return slices.DeleteFunc(facts, func(f Fact) bool {
		return f.Field == "podCIDRs" && !slices.ContainsFunc(f.Values, func(cidr string) bool { return !holds(have, cidr) })
	})
}

// holds reports whether one of the ranges contains another.
func holds(ranges []string, cidr string) bool {
	inner, err := netip.ParsePrefix(cidr)
	return err == nil && slices.ContainsFunc(ranges, func(text string) bool {
		outer, err := netip.ParsePrefix(text)
		return err == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
	})
}
