package access

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Kind is a kind of credential. It is pure: two calls with the same values give the same answer.
type Kind interface {
	// Auth is the value of reader.auth that selects the kind.
	Auth() v1alpha1.ReaderAuth
	// Traits are what holds for every credential of the kind.
	Traits() Traits
	// Required are the fields of a reader that the kind does not work without and that are not set.
	Required(reader v1alpha1.Reader) []Requirement
	// Unsupported says why a target cannot have readers of this kind, and what to use instead; empty when it can.
	Unsupported(target *v1alpha1.Cluster) (why, instead string)

	// Subject is who the consumer is to the API server of the target with one generation of its credential.
	Subject(a RemoteAccess, generation int32) Subject
	// Marker is what a credential of a generation says of itself; empty where there is no credential.
	Marker(a RemoteAccess, generation int32) string

	// RemoteUser is what the remote secret in the consumer holds.
	RemoteUser(a RemoteAccess) RemoteUser
	// Delivery are the steps that bring the newest generation to the consumer, in order.
	Delivery() []Step
	// OwnerSteps are those of a revocation that only an owner can do. The credential of the last generation is given as
	// far as it is known here.
	OwnerSteps(a RemoteAccess, last Known) []OwnerStep

	// Unrotatable says why there is nothing to rotate, and what to do instead; empty for a kind that rotates. filename is
	// the flag with which a printed command names mesh.yaml.
	Unrotatable(a RemoteAccess, filename string) (why, instead string)

	// Explain says in words what the credential is worth.
	Explain(a RemoteAccess, generations []int32) Explanation
}

// Traits are what holds for every credential of a kind.
type Traits struct {
	// Account: the consumer is a ServiceAccount of the target, and the API server there fills a Secret with its token,
	// which never expires. Without it the consumer is a user there.
	Account bool
	// Form is what the kubeconfig in the remote secret authenticates with.
	Form Form
	// Keeper says where the credential is kept before it gets to the consumer.
	Keeper Keeper
	// Issued: the API server of the target trusts the tokens that the API server of the consumer issues.
	Issued bool
	// Signed: the API server of the target signs it.
	Signed bool
	// Lifetime says in a few words how long a credential is valid.
	Lifetime string
	// Foreign: it may be a login of a proxy before the API server, which accepts no credential of the cluster.
	Foreign bool
}

// Held tells whether the workspace keeps the credential. Then a reviewed tree leaves the remote secret out, and it
// can be sealed.
func (t Traits) Held() bool { return t.Keeper == KeptInWorkspace }

// Rotates tells whether there is a credential that another one can replace: the remote secret changes with it.
func (t Traits) Rotates() bool { return t.Keeper != KeptNowhere }

// Collected tells whether the workspace gets the credential out of a token Secret of the target.
func (t Traits) Collected() bool { return t.Account && t.Held() }

// Form is what a kubeconfig authenticates with.
type Form string

// The forms.
const (
	FormToken       Form = "token"       // a bearer token
	FormCertificate Form = "certificate" // a client certificate and its key
	FormPublic      Form = "public"      // something that anybody may read, such as the path of a file
)

// Keeper says where a credential is kept.
type Keeper string

// The keepers.
const (
	KeptInWorkspace Keeper = "workspace" // in credentials/
	KeptInStore     Keeper = "store"     // in a secret store, by its owner
	KeptNowhere     Keeper = "nowhere"   // there is none
)

// Requirement is a field of a reader that is not set.
type Requirement struct {
	Field  string
	Remedy string
}

// RemoteUser is what the remote secret of a consumer holds beside the address.
type RemoteUser struct {
	// Public is what the kubeconfig authenticates with, where that may be read by anybody.
	Public *kubeconfig.Public
	// Store is set where External Secrets fills in the credential.
	Store *StoredCredential
	// Comment for whoever reviews what may be reviewed.
	Comment string
}

// StoredCredential is a credential in a secret store.
type StoredCredential struct {
	v1alpha1.SecretStoreRef
	// Entry of the store, and the property of it.
	Entry, Property string
	// Template stands in the kubeconfig where the credential belongs.
	Template string
}

// Known is what is known of a credential that is about to be revoked.
type Known struct {
	User string
	// NotAfter is zero when no such credential is here.
	NotAfter time.Time
}

// OwnerStep is a step of a revocation that is left to an owner.
type OwnerStep struct {
	// Location is a cluster or, in parentheses, something that is none.
	Location string
	// Action says what is to be done, Effect what that ends.
	Action, Effect string
}

// Explanation says in words what a credential is worth.
type Explanation struct {
	// Proof says how the consumer proves who it is.
	Proof []string
	// Lifetime says when a credential expires, whether or not one is here.
	Lifetime []string
	// Exposure ends a sentence about who could use it.
	Exposure string
	// Where says where the credential is, for a kind whose workspace does not hold it.
	Where string
	// Unbound is what the end of the permissions means.
	Unbound string
	// Reader says to a reviewer of the target's bindings how the API server knows the consumer.
	Reader string
}
