package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// external is the token of a ServiceAccount of the target in a secret store: External Secrets adds it to the remote
// secret, and the workspace never has it.
type external struct{}

func (external) Auth() v1alpha1.ReaderAuth { return v1alpha1.ReaderAuthExternal }

func (external) Traits() Traits {
	return Traits{Account: true, Form: FormToken, Keeper: KeptInStore, Foreign: true,
		Lifetime: "as stored in the secret store; tokens of token Secrets never expire"}
}

func (external) Required(reader v1alpha1.Reader) []Requirement {
	if reader.External != nil {
		return nil
	}
	return []Requirement{{Field: "external", Remedy: "set the store: external: {secretStoreRef: {name: mesh}}"}}
}

func (external) Unsupported(*v1alpha1.Cluster) (why, instead string) { return "", "" }

func (external) Subject(a RemoteAccess, _ int32) Subject { return accountSubject(a) }

func (external) Marker(a RemoteAccess, generation int32) string { return a.TokenSecret(generation) }

func (external) RemoteUser(a RemoteAccess) RemoteUser {
	if a.Target.Reader.External == nil {
		return RemoteUser{}
	}
	stored := StoredCredential{
		SecretStoreRef: a.Target.Reader.External.SecretStoreRef,
		Entry:          storeEntry(a),
		Property:       "token",
		// A trailing line break in the store would become part of the token.
		Template: "{{.token|trim}}",
	}
	return RemoteUser{
		Store:   &stored,
		Comment: "External Secrets adds the token: property " + stored.Property + " of entry " + stored.Entry + ".",
	}
}

func (external) Delivery() []Step { return []Step{StepApplyTarget, StepApplyPublic, StepFillStore} }

func (external) OwnerSteps(a RemoteAccess, _ Known) []OwnerStep {
	return []OwnerStep{{
		Location: "(store)",
		Action:   "delete entry " + storeEntry(a),
		Effect:   "an expired token is no longer delivered",
	}}
}

func (external) Unrotatable(RemoteAccess, string) (why, instead string) { return "", "" }

func (external) Explain(a RemoteAccess, generations []int32) Explanation {
	return Explanation{
		Proof:    accountProof(a, generations),
		Lifetime: []string{"the token of a token Secret never expires; the store delivers it until it is replaced there"},
		Exposure: "; only an audit log shows it",
		Where:    "entry " + storeEntry(a) + " of the store has it",
		Unbound:  accountUnbound,
	}
}

func storeEntry(a RemoteAccess) string { return StoreEntry(a.Mesh, a.Target, a.Consumer.Name) }
