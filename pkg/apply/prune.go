package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// prunable are the kinds that may be removed, in the order of removal: first what gives access.
// A Namespace is never among them, and neither are the Secret cacerts, what fetches it from a store, and the ConfigMap asm-options.
func prunable() []schema.GroupKind {
	return []schema.GroupKind{
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicyBinding"},
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicy"},
		{Group: "gateway.networking.k8s.io", Kind: "Gateway"},
		{Group: "gateway.networking.k8s.io", Kind: "TLSRoute"},
		{Group: "networking.istio.io", Kind: "Gateway"},
		{Group: "networking.istio.io", Kind: "VirtualService"},
		{Group: "external-secrets.io", Kind: "ExternalSecret"},
		{Group: "", Kind: "Secret"},
		{Group: "", Kind: "ConfigMap"},
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"},
		{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"},
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"},
		{Group: "rbac.authorization.k8s.io", Kind: "Role"},
		{Group: "apps", Kind: "Deployment"},
		{Group: "", Kind: "Service"},
		{Group: "", Kind: "ServiceAccount"},
	}
}

// signingSecret is the CA of a whole cluster: losing it breaks every connection in the mesh.
const signingSecret = "cacerts"

// Leftover is an object of the inventory that the mesh no longer has.
type Leftover struct {
	Entry
	// Keep says why it is not ours to remove; empty when it is.
	Keep string
	// Gone says that it is not there any more.
	Gone bool
}

// Leftovers looks at every entry that is not wanted any more. Nothing is changed. Only an
// object with the UID of the inventory and all of the labels is ours to remove.
func (c *Client) Leftovers(ctx context.Context, entries []Entry, wanted []Change, labels map[string]string) ([]Leftover, error) {
	var left []Leftover
	for _, entry := range entries {
		if !slices.ContainsFunc(wanted, func(change Change) bool { return sameObject(change.Ref, entry.Ref) }) {
			left = append(left, Leftover{Entry: entry})
		}
	}
	errs := make([]error, len(left))
	each(ctx, len(left), func(i int) { errs[i] = c.inspect(ctx, &left[i], labels) })
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(left, func(a, b Leftover) int { return pruneRank(a.Ref) - pruneRank(b.Ref) })
	return left, nil
}

// sameObject ignores the version: a new one does not make another object.
func sameObject(a, b Ref) bool {
	return groupKind(a) == groupKind(b) && a.Namespace == b.Namespace && a.Name == b.Name
}

func groupKind(ref Ref) schema.GroupKind {
	return schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind).GroupKind()
}

func pruneRank(ref Ref) int { return slices.Index(prunable(), groupKind(ref)) }

// inspect decides whether an object may be removed.
func (c *Client) inspect(ctx context.Context, left *Leftover, labels map[string]string) error {
	switch {
	case pruneRank(left.Ref) < 0:
		left.Keep = fmt.Sprintf("a %s is never removed", left.Kind)
		return nil
	case (left.Kind == "Secret" || left.Kind == "ExternalSecret") && left.Name == signingSecret:
		left.Keep = "the signing certificate is never removed"
		return nil
	case left.Kind == "ConfigMap" && left.Name == access.FleetOptions:
		left.Keep = "it has options of others"
		return nil
	}
	live, err := c.get(ctx, left.Ref)
	switch {
	case err != nil:
		return err
	case live == nil:
		left.Gone = true
	case left.UID == "":
		left.Keep = "it was announced by a run that did not finish"
	case string(live.GetUID()) != left.UID:
		left.Keep = "somebody has made it anew"
	default:
		for key, value := range labels {
			if live.GetLabels()[key] != value {
				left.Keep = fmt.Sprintf("it has lost the label %s=%s", key, value)
			}
		}
	}
	return nil
}

// get reads an object, nil when there is none, or no such kind.
func (c *Client) get(ctx context.Context, ref Ref) (*unstructured.Unstructured, error) {
	resource, err := c.resource(schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind), ref.Namespace)
	if _, missing := errors.AsType[*MissingKinds](err); missing {
		return nil, nil // who removes a CRD removes all objects of its kind
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	live, err := resource.Get(ctx, ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, err)
	}
	return live, nil
}

// Prune removes those leftovers that are ours, in order. It returns the entries that the
// inventory can forget, also when it fails.
func (c *Client) Prune(ctx context.Context, leftovers []Leftover) ([]Entry, error) {
	var gone []Entry
	for _, left := range leftovers {
		if left.Keep != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return gone, err
		}
		if !left.Gone {
			if err := c.remove(ctx, left.Entry); err != nil {
				return gone, err
			}
		}
		gone = append(gone, left.Entry)
	}
	return gone, nil
}

// remove has the API server check the UID again: between looking and deleting somebody may
// have made the object anew.
func (c *Client) remove(ctx context.Context, entry Entry) error {
	resource, err := c.resource(schema.FromAPIVersionAndKind(entry.APIVersion, entry.Kind), entry.Namespace)
	if err != nil {
		return fmt.Errorf("%s: %w", entry.Ref, err)
	}
	uid := types.UID(entry.UID)
	err = resource.Delete(ctx, entry.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove %s: %w", entry.Ref, err)
	}
	return nil
}

// Stranger is a remote secret that istiod obeys and that is not ours.
type Stranger struct {
	Ref `json:",inline"`
	// Google says that Google's managed mesh created it.
	Google bool `json:"createdByGoogle,omitempty"`
	// Clusters are the cluster IDs in it.
	Clusters []string `json:"clusters"`
}

// Strangers lists the remote secrets in a namespace that lack our labels. They are never
// touched.
func (c *Client) Strangers(ctx context.Context, namespace string, labels map[string]string) ([]Stranger, error) {
	resource, err := c.resource(schema.GroupVersionKind{Version: "v1", Kind: "Secret"}, namespace)
	if err != nil {
		return nil, err
	}
	list, err := resource.List(ctx, metav1.ListOptions{LabelSelector: "istio/multiCluster=true"})
	if err != nil {
		return nil, fmt.Errorf("list remote secrets: %w", err)
	}
	var strangers []Stranger
	for i := range list.Items {
		secret := &list.Items[i]
		ours := true
		for key, value := range labels {
			ours = ours && secret.GetLabels()[key] == value
		}
		if ours {
			continue
		}
		stranger := Stranger{Ref: refOf(secret), Google: secret.GetLabels()["istio.io/owned-by"] == "mesh.googleapis.com"}
		data, _, _ := unstructured.NestedMap(secret.Object, "data")
		for id := range data {
			stranger.Clusters = append(stranger.Clusters, id)
		}
		slices.Sort(stranger.Clusters)
		strangers = append(strangers, stranger)
	}
	slices.SortFunc(strangers, func(a, b Stranger) int { return strings.Compare(a.Name, b.Name) })
	return strangers, nil
}
