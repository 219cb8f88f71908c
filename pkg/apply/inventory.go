package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Entry is an object in the inventory. The UID is empty between the moment that the object is
// announced and the moment that it is there.
type Entry struct {
	Ref `json:",inline"`
	UID string `json:"uid,omitempty"`
}

// Inventory lists what a mesh has applied to a cluster: a ConfigMap in the namespace of Istio.
// It is what pruning goes by; labels alone can be copied.
type Inventory struct {
	// Mesh and Namespace say where it is kept.
	Mesh, Namespace string
	// Labels for the ConfigMap itself.
	Labels map[string]string
	// Entries are sorted, each object once.
	Entries []Entry
}

const inventoryKey = "objects"

func (i Inventory) name() string { return "mesh-inventory-" + i.Mesh }

// ReadInventory reads the entries of an inventory; none when there is no such ConfigMap.
func (c *Client) ReadInventory(ctx context.Context, inventory Inventory) ([]Entry, error) {
	resource, err := c.resource(corev1.SchemeGroupVersion.WithKind("ConfigMap"), inventory.Namespace)
	if err != nil {
		return nil, err
	}
	object, err := resource.Get(ctx, inventory.name(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	text, _, err := unstructured.NestedString(object.Object, "data", inventoryKey)
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	return inventory.parse(text)
}

// parse reads the entries as WriteInventory writes them; none of an empty text.
func (i Inventory) parse(text string) ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal([]byte(text), &entries); text != "" && err != nil {
		const remedy = "delete it; the next --apply writes it anew, " +
			"and what the mesh no longer has must then be deleted by hand"
		return nil, hint.Errorf(remedy, "read inventory ConfigMap %s/%s: %w", i.Namespace, i.name(), err)
	}
	return entries, nil
}

// WriteInventory makes the ConfigMap say what the inventory says.
func (c *Client) WriteInventory(ctx context.Context, inventory Inventory) error {
	text, err := json.MarshalIndent(inventory.Entries, "", " ")
	if err != nil {
		return fmt.Errorf("encode inventory: %w", err)
	}
	object := applycorev1.ConfigMap(inventory.name(), inventory.Namespace).WithLabels(inventory.Labels).
		WithData(map[string]string{inventoryKey: string(text)})
	// Nobody else has anything to write here.
	plan, err := c.Plan(ctx, []render.Object{object}, true)
	if err == nil {
		_, err = c.Apply(ctx, plan, true)
	}
	if err != nil {
		return fmt.Errorf("write inventory: %w", err)
	}
	return nil
}

// Announce returns the entries before a plan is carried out: all that were, and all that come.
// A run that is cut off leaves no object that the inventory does not know.
func Announce(before []Entry, plan []Change) []Entry {
	entries := slices.Clone(before)
	for _, change := range plan {
		entry := Entry{Ref: change.Ref}
		if change.Live != nil {
			entry.UID = string(change.Live.GetUID())
		}
		entries = put(entries, entry)
	}
	return sorted(entries)
}

// Settle returns the entries after a plan was carried out: the plan's with their UIDs, and those
// of before that are neither in the plan nor pruned.
func Settle(before []Entry, made []Change, pruned []Entry) []Entry {
	entries := slices.DeleteFunc(slices.Clone(before), func(e Entry) bool {
		return slices.ContainsFunc(pruned, func(p Entry) bool { return p.Ref == e.Ref })
	})
	for _, change := range made {
		entries = put(entries, Entry{Ref: change.Ref, UID: string(change.Merged.GetUID())})
	}
	return sorted(entries)
}

// put adds an entry, or replaces the one of the same object.
func put(entries []Entry, entry Entry) []Entry {
	for i := range entries {
		if entries[i].Ref == entry.Ref {
			entries[i] = entry
			return entries
		}
	}
	return append(entries, entry)
}

func sorted(entries []Entry) []Entry {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.APIVersion, b.APIVersion))
	})
	return entries
}
