package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// federated needs no stored credential: istiod presents a token that its own cluster issues for this access, and the
// target's API server trusts the issuer.
type federated struct{}

func (federated) Auth() v1alpha1.ReaderAuth { return v1alpha1.ReaderAuthFederated }

func (federated) Traits() Traits {
	return Traits{Form: FormPublic, Keeper: KeptNowhere, Issued: true, Lifetime: "at most an hour, renewed by the kubelet"}
}

func (federated) Required(v1alpha1.Reader) []Requirement { return nil }

func (federated) Unsupported(*v1alpha1.Cluster) (why, instead string) { return "", "" }

func (federated) Subject(a RemoteAccess, _ int32) Subject {
	return Subject{Name: FederatedUser(a.Consumer)}
}

func (federated) Marker(RemoteAccess, int32) string { return "" }

func (federated) RemoteUser(a RemoteAccess) RemoteUser {
	return RemoteUser{Public: kubeconfig.TokenFile(TokenPath(a.Target.Name)),
		Comment: "No secret content: istiod sends the token in that file, which the kubelet renews. Apply it after istiod " +
			"has the\n" +
			"volume of its Helm values: istiod reads the file once, when it detects the Secret."}
}

func (federated) Delivery() []Step { return []Step{StepApplyTarget, StepApplyPublic} }

func (federated) OwnerSteps(a RemoteAccess, _ Known) []OwnerStep {
	return []OwnerStep{{Location: a.Target.Name, Action: "remove the issuer of " + a.Consumer.Name +
		" from the file of --authentication-config",
		Effect: "its tokens are no longer accepted; before that they belong to a user without permissions, for at most an " +
			"hour"}}
}

func (federated) Unrotatable(a RemoteAccess, filename string) (why, instead string) {
	return a.Consumer.Name + " has no credential for " + a.Target.Name + ": it sends a token that the kubelet renews, " +
			"within the hour",
		"after its issuer's keys change: kubectl mesh collect --token=skip --cluster " + shell.Name(a.Consumer.Name) +
			filename +
			", then render and serve the documents; to revoke it: kubectl mesh credentials revoke"
}

func (federated) Explain(a RemoteAccess, _ []int32) Explanation {
	return Explanation{
		Proof: []string{"proven by a token of istiod in " + a.Consumer.Name + ", whose issuer the API server of " +
			a.Target.Name +
			" trusts; no account in " + a.Target.Name},
		Lifetime: []string{"the kubelet renews the token; each expires within the hour, and with istiod's pod"},
		Exposure: ", until it expires; there is none in Git, in transit or at rest",
		Where:    "no credential is stored: the kubelet renews a token, which expires within the hour",
		Unbound:  accountUnbound,
		Reader: "istiod of " + a.Consumer.Name + ", which this API server identifies by its configuration in " +
			"authentication/.",
	}
}
