package access

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// token is the bearer token of a ServiceAccount of the target.
type token struct{}

func (token) Auth() v1alpha1.ReaderAuth { return v1alpha1.ReaderAuthToken }

func (token) Traits() Traits {
	return Traits{
		Account:  true,
		Form:     FormToken,
		Keeper:   KeptInWorkspace,
		Lifetime: "never expires, unless requested with an expiry",
	}
}

func (token) Required(v1alpha1.Reader) []Requirement { return nil }

func (token) Unsupported(*v1alpha1.Cluster) (why, instead string) { return "", "" }

func (token) Subject(a RemoteAccess, _ int32) Subject { return accountSubject(a) }

func (token) Marker(a RemoteAccess, generation int32) string { return a.TokenSecret(generation) }

func (token) RemoteUser(RemoteAccess) RemoteUser { return RemoteUser{} }

func (token) Delivery() []Step { return []Step{StepApplyTarget, StepFetchToken, StepApplySecret} }

func (token) OwnerSteps(RemoteAccess, Known) []OwnerStep { return nil }

func (token) Unrotatable(RemoteAccess, string) (why, instead string) { return "", "" }

func (token) Explain(a RemoteAccess, generations []int32) Explanation {
	lifetime := []string{"the token of a token Secret never expires; one from kubectl mesh collect --token=request does"}
	switch a.Target.Platform {
	case v1alpha1.PlatformGKE:
		lifetime = append(lifetime, "GKE limits the lifetime of a requested token to 48 hours")
	case v1alpha1.PlatformEKS:
		lifetime = append(lifetime, "EKS limits the lifetime of a requested token to 24 hours")
	case v1alpha1.PlatformAKS, v1alpha1.PlatformOpenShift, v1alpha1.PlatformK3s, v1alpha1.PlatformPlain:
	}
	return Explanation{
		Proof:    accountProof(a, generations),
		Lifetime: lifetime,
		Exposure: "; only an audit log shows it",
		Unbound:  accountUnbound,
	}
}

// accountSubject returns the ServiceAccount of a consumer.
func accountSubject(a RemoteAccess) Subject {
	return Subject{Namespace: a.Target.Istio.Namespace, Name: Account(a.Target, a.Consumer.Name)}
}

// accountUnbound is what it means to remove an account's permissions.
const accountUnbound = "the reader has no permissions left"

// accountProof names an account's token Secrets.
func accountProof(a RemoteAccess, generations []int32) []string {
	var proof []string
	for _, generation := range generations {
		proof = append(proof, fmt.Sprintf("proven by the token in Secret %s/%s of %s",
			a.Target.Istio.Namespace, a.TokenSecret(generation), a.Target.Name))
	}
	return proof
}
