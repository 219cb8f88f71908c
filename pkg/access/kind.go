package access

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Kind is a kind of credential. Its methods are pure functions.
type Kind interface {
	// Auth returns the value of reader.auth that selects the kind.
	Auth() v1alpha1.ReaderAuth
	// Traits returns what holds for all credentials of the kind.
	Traits() Traits
	// Required returns the fields of a reader that the kind requires and that are not set.
	Required(reader v1alpha1.Reader) []Requirement
	// Unsupported explains why a target cannot have readers of this kind, and the alternative; empty if it can.
	Unsupported(target *v1alpha1.Cluster) (why, instead string)

	// Subject returns how the target's API server identifies the consumer with a generation of its credential.
	Subject(a RemoteAccess, generation int32) Subject
	// Marker returns how a credential identifies its generation; empty if there is no credential.
	Marker(a RemoteAccess, generation int32) string

	// RemoteUser returns what the consumer's remote secret contains.
	RemoteUser(a RemoteAccess) RemoteUser
	// Delivery returns the steps that deliver the newest generation to the consumer, in order.
	Delivery() []Step
	// OwnerSteps returns the steps of a revocation that only an owner can perform. last is what is known locally of the
	// last generation's credential.
	OwnerSteps(a RemoteAccess, last Known) []OwnerStep

	// Unrotatable explains why there is nothing to rotate, and the alternative; empty if the kind rotates. filename is the
	// flag for mesh.yaml in printed commands.
	Unrotatable(a RemoteAccess, filename string) (why, instead string)

	// Explain describes the credential's security properties.
	Explain(a RemoteAccess, generations []int32) Explanation
}

// Traits of a kind of credential.
type Traits struct {
	// Account is set if the consumer is a ServiceAccount of the target, whose API server fills a Secret with a token that
	// never expires. Otherwise the consumer is a user there.
	Account bool
	// Form of authentication in the remote secret's kubeconfig.
	Form Form
	// Keeper stores the credential before the consumer gets it.
	Keeper Keeper
	// Issued is set if the target's API server trusts tokens that the consumer's API server issues.
	Issued bool
	// Signed is set if the target's API server signs it.
	Signed bool
	// Lifetime describes the validity in a few words.
	Lifetime string
	// Foreign is set if it can be a login of a proxy before the API server, which accepts no credential of the cluster.
	Foreign bool
}

// Held reports whether the workspace stores the credential. The reviewed tree then omits the remote secret, which can
// be sealed.
func (t Traits) Held() bool { return t.Keeper == KeptInWorkspace }

// Rotates reports whether a new credential can replace the current one, which changes the remote secret.
func (t Traits) Rotates() bool { return t.Keeper != KeptNowhere }

// Collected reports whether the workspace reads the credential from a token Secret of the target.
func (t Traits) Collected() bool { return t.Account && t.Held() }

// Form is how a kubeconfig authenticates.
type Form string

// Forms.
const (
	FormToken       Form = "token"       // a bearer token
	FormCertificate Form = "certificate" // a client certificate and its key
	FormPublic      Form = "public"      // public, such as the path of a file
)

// Keeper is where a credential is stored.
type Keeper string

// Keepers.
const (
	KeptInWorkspace Keeper = "workspace" // in credentials/
	KeptInStore     Keeper = "store"     // in a secret store, by its owner
	KeptNowhere     Keeper = "nowhere"   // there is no credential
)

// Requirement is a required field of a reader that is not set.
type Requirement struct {
	Field  string
	Remedy string
}

// RemoteUser is what a consumer's remote secret contains besides the address.
type RemoteUser struct {
	// Public is set if the kubeconfig authenticates without a secret.
	Public *kubeconfig.Public
	// Store is set if External Secrets fills in the credential.
	Store *StoredCredential
	// Comment for reviewers of a public remote secret.
	Comment string
}

// StoredCredential is a credential in a secret store.
type StoredCredential struct {
	v1alpha1.SecretStoreRef
	// Entry of the store, and its property.
	Entry, Property string
	// Template is the placeholder for the credential in the kubeconfig.
	Template string
}

// Known is what is known of a credential to revoke.
type Known struct {
	User string
	// NotAfter is zero if the credential is not available.
	NotAfter time.Time
}

// OwnerStep is a step of a revocation that an owner must perform.
type OwnerStep struct {
	// Location is a cluster or, in parentheses, another place.
	Location string
	// Action is what to do; Effect is what becomes invalid.
	Action, Effect string
}

// Explanation describes a credential's security properties.
type Explanation struct {
	// Proof is how the consumer authenticates.
	Proof []string
	// Lifetime is when a credential expires, whether or not one is available.
	Lifetime []string
	// Exposure completes a sentence about who could use it.
	Exposure string
	// Where the credential is stored, for kinds that the workspace does not store.
	Where string
	// Unbound is what it means to remove the permissions.
	Unbound string
	// Reader tells reviewers of the target's bindings how the API server identifies the consumer.
	Reader string
}
