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

// Live lists what a cluster told, in the order of the fields in a file. What it did not
// tell is ignored, so that a file keeps what a person wrote there: a network that is planned,
// an address that is reserved. Only a control plane that was found settles its revision.
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

// Valid leaves out what a facts file cannot hold, with a note for each: a file that
// collect wrote must never keep a mesh from loading.
func Valid(name string, facts []Fact) ([]Fact, []cluster.Note, error) {
	var notes []cluster.Note
	facts = slices.DeleteFunc(facts, func(f Fact) bool { // the file that holds one could not be read at all
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

// within reports whether a path is that of a field or of something in it.
func within(path, field string) bool {
	rest, ok := strings.CutPrefix(path, field)
	return ok && (rest == "" || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "["))
}

// KeepWider leaves a file's pod ranges alone when they hold all that the nodes tell: nodes come
// and go, and the range that they are cut from stays.
func KeepWider(facts []Fact, have []string) []Fact {
	return slices.DeleteFunc(facts, func(f Fact) bool {
		return f.Field == "podCIDRs" && !slices.ContainsFunc(f.Values, func(cidr string) bool { return !holds(have, cidr) })
	})
}

// holds reports whether one of the ranges has all addresses of another.
func holds(ranges []string, cidr string) bool {
	inner, err := netip.ParsePrefix(cidr)
	return err == nil && slices.ContainsFunc(ranges, func(text string) bool {
		outer, err := netip.ParsePrefix(text)
		return err == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
	})
}
