package render

import (
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// certificateFile is a workspace file, its key in Secret cacerts, and its asmcli flag.
type certificateFile struct{ key, flag, path string }

func (c compiler) caFiles() []certificateFile {
	return []certificateFile{
		{key: trust.CACertFile, flag: "ca_cert", path: layout.TrustFile(c.cluster.Name, trust.CACertFile)},
		{key: trust.CAKeyFile, flag: "ca_key", path: layout.SigningKey(c.cluster.Name)},
		{key: trust.CertChainFile, flag: "cert_chain", path: layout.TrustFile(c.cluster.Name, trust.CertChainFile)},
		{key: trust.RootCertFile, flag: "root_cert", path: layout.RootCertificate()},
	}
}

// certificateSteps apply Secret cacerts from the overlay before istiod starts.
func (c compiler) certificateSteps() []step {
	if !access.Signs(c.cluster) || c.cluster.Istio.Distribution == v1alpha1.DistributionCSM {
		return nil
	}
	const why = "Create the certificates before istiod starts: without them, it signs with a root of its own."
	reference := c.kubectl("apply --server-side --field-manager=mesh-cli --filename " + c.overlayFile(layout.CACerts))
	switch ca := c.Mesh.Spec.Trust.CA; {
	case ca.Provider == v1alpha1.CAProviderFiles && ca.Keys == v1alpha1.CAKeysCluster:
		return []step{{
			Text:     why + " The key stays in\nthe cluster, whose owner stores it there first.",
			Commands: []string{c.kubectl(c.createKey()), reference},
		}}
	case ca.Provider == v1alpha1.CAProviderFiles:
		return []step{{
			Text: why + " `kubectl mesh ca issue` or your\n" +
				"PKI issues them: one root for all clusters, an intermediate for each.",
			Commands: []string{c.createCacerts()},
		}}
	case ca.Provider == v1alpha1.CAProviderCertManager && ca.IssuerRef != nil,
		ca.Provider == v1alpha1.CAProviderExternal && ca.External != nil:
		return []step{{Text: why, Commands: []string{reference}}}
	}
	return nil
}

// createCacerts pipes the Secret from the workspace files into an apply with our field manager, so that later applies
// own what they change.
func (c compiler) createCacerts() string {
	command := "kubectl create secret generic " + access.SigningSecret +
		" --dry-run=client --output yaml --namespace " + c.cluster.Istio.Namespace
	for _, file := range c.caFiles() {
		command += " --from-file=" + file.key + "=" + shell.Quote(file.path)
	}
	return command + local("label", c.labels) + local("annotate", pruneguard.Annotations()) + " | " +
		c.kubectl("apply --server-side --field-manager=mesh-cli --filename -")
}

// local adds labels or annotations to an object in a pipe. Without them the apply would remove those that `kubectl mesh
// render --apply` set, because the field manager is the same.
func local(verb string, values map[string]string) string {
	command := " | kubectl " + verb + " --local --filename - --output yaml"
	for _, key := range slices.Sorted(maps.Keys(values)) {
		command += " " + shell.Quote(key+"="+values[key])
	}
	return command
}

// createKey adds only the key to the Secret, with another field manager.
func (c compiler) createKey() string {
	return "create secret generic " + access.SigningSecret +
		" --field-manager=mesh-keygen --namespace " + c.cluster.Istio.Namespace +
		" --from-file=" + trust.CAKeyFile + "=" + shell.Quote(layout.SigningKey(c.cluster.Name))
}
