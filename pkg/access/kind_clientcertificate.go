package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// clientCertificate is a certificate that the target signs for the consumer's key.
type clientCertificate struct{}

func (clientCertificate) Auth() v1alpha1.ReaderAuth { return v1alpha1.ReaderAuthClientCertificate }

func (clientCertificate) Traits() Traits {
	return Traits{Form: FormCertificate, Keeper: KeptInWorkspace, Signed: true,
		Lifetime: "until its expiry; it cannot be revoked, only its bindings can be deleted"}
}

func (clientCertificate) Required(v1alpha1.Reader) []Requirement { return nil }

func (clientCertificate) Unsupported(target *v1alpha1.Cluster) (why, instead string) {
	if target.Platform != v1alpha1.PlatformEKS {
		return "", ""
	}
	return target.Name + " is on EKS, which signs no client certificates", "use reader.auth: token for it"
}

// Subject is a different user for each generation: a certificate can only be revoked by unbinding its user.
func (clientCertificate) Subject(a RemoteAccess, generation int32) Subject {
	return Subject{Name: ReaderUser(a.Consumer.Name, generation)}
}

func (clientCertificate) Marker(a RemoteAccess, generation int32) string {
	return ReaderUser(a.Consumer.Name, generation)
}

func (clientCertificate) RemoteUser(RemoteAccess) RemoteUser { return RemoteUser{} }

func (clientCertificate) Delivery() []Step {
	return []Step{StepApplyTarget, StepSignCertificate, StepApplySecret}
}

func (clientCertificate) OwnerSteps(a RemoteAccess, last Known) []OwnerStep {
	if last.NotAfter.IsZero() {
		return nil
	}
	return []OwnerStep{{Location: a.Target.Name, Action: "nothing: a certificate cannot be revoked",
		Effect: "until " + last.NotAfter.UTC().Format("2006-01-02") + " it names " + last.User + ", who has no permissions"}}
}

func (clientCertificate) Unrotatable(RemoteAccess, string) (why, instead string) { return "", "" }

func (clientCertificate) Explain(a RemoteAccess, _ []int32) Explanation {
	return Explanation{
		Proof: []string{"proven by a client certificate that the API server of " + a.Target.Name + " has signed; " +
			"no account there"},
		Lifetime: []string{"it is valid until it expires and cannot be revoked; without its bindings it grants no access"},
		Exposure: "; only an audit log shows it",
		Unbound:  "the certificate grants no access",
		Reader:   "The control plane of " + a.Consumer.Name + ", which this API server identifies by its client certificate.",
	}
}
