package apply

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// prunable returns the kinds that may be deleted, in deletion order: first what grants access. Namespaces are never
// deleted; neverDeleted lists exceptions by name.
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

func pruneRank(ref Ref) int { return slices.Index(prunable(), groupKind(ref)) }

// Prune deletes the orphans that may be deleted, in order. It returns the entries to remove from the inventory, also if
// it fails.
func (s *Session) Prune(ctx context.Context, orphans []Orphan) (gone []Entry, err error) {
	for _, orphan := range orphans {
		if orphan.Keep != "" || s.isHeld(orphan.Ref) {
			continue
		}
		if err = ctx.Err(); err == nil && !orphan.Gone {
			err = s.client.delete(ctx, orphan.Entry)
		}
		if err != nil {
			break
		}
		gone = append(gone, orphan.Entry)
	}
	s.deleted(gone)
	return gone, err
}

// delete has the API server compare the UID, because the object may have been replaced since it was read.
func (c *Client) delete(ctx context.Context, entry Entry) error {
	resource, err := c.resource(schema.FromAPIVersionAndKind(entry.APIVersion, entry.Kind), entry.Namespace)
	if err != nil {
		return fmt.Errorf("%s: %w", entry.Ref, err)
	}
	uid := types.UID(entry.UID)
	err = resource.Delete(ctx, entry.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("delete %s: %w", entry.Ref, err)
	}
	return nil
}
