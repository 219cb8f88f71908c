package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// federated is no credential at all: istiod shows the token that its own cluster gives it, made for this one access, and
// the API server of the target trusts the issuer of that token.
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
		Comment: "Nothing secret: istiod shows the token in that file, which the kubelet renews. Apply it after istiod has the\n" +
			"volume of its Helm values: istiod reads the file once when it learns of the Secret, and does not try again."}
}

func (federated) Delivery() []Step { return []Step{StepApplyTarget, StepApplyPublic} }

func (federated) OwnerSteps(a RemoteAccess, _ Known) []OwnerStep {
	return []OwnerStep{{Location: a.Target.Name, Action: "take the issuer of " + a.Consumer.Name + " out of the file of --authentication-config",
		Effect: "its tokens are those of nobody; without it they are of a user without rights, for an hour at most"}}
}

func (federated) Unrotatable(a RemoteAccess, filename string) (why, instead string) {
	return a.Consumer.Name + " has no credential for " + a.Target.Name + ": it shows a token that the kubelet renews, within the hour",
		"after a change of the keys of its issuer: kubectl mesh collect --token=skip --cluster " + shell.Quote(a.Consumer.Name) + filename +
			", then render and serve the documents; to end it: kubectl mesh credentials revoke"
}

func (federated) Explain(a RemoteAccess, _ []int32) Explanation {
	return Explanation{
		Proof: []string{"proven by a token of istiod in " + a.Consumer.Name + ", whose issuer the API server of " + a.Target.Name +
			" trusts; no account in " + a.Target.Name},
		Lifetime: []string{"the kubelet renews the token; each expires within the hour, and with istiod's pod"},
		Exposure: ", until it expires; there is none in git, in transit or at rest",
		Where:    "no credential is kept: the kubelet renews a token, which ends within the hour",
		Unbound:  accountUnbound,
		Reader:   "The istiod of " + a.Consumer.Name + ", as the API server here knows it by its configuration in authentication/.",
	}
}
