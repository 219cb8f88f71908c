package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/util/retry"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Entry is an object in the inventory. Its UID is empty from its announcement until it exists.
type Entry struct {
	Ref `json:",inline"`
	UID string `json:"uid,omitempty"`
}

// inventory lists what a mesh applied to a cluster and which tasks are due. Pruning relies on it because labels alone
// can be copied.
type inventory struct {
	// sorted, without duplicates
	entries []Entry
	// sorted by name
	due []Task
	// version is the ConfigMap's resourceVersion; empty if it does not exist.
	version string
}

// Keys of the ConfigMap.
const (
	keyObjects = "objects"
	keyDue     = "due"
)

func (s *Session) inventoryName() string { return "mesh-inventory-" + s.Mesh }

// inventory returns the stored inventory. It is read once, and again after another session has written it.
func (s *Session) inventory(ctx context.Context) (*inventory, error) {
	if s.stored != nil {
		return s.stored, nil
	}
	resource, err := s.client.resource(corev1.SchemeGroupVersion.WithKind("ConfigMap"), s.Namespace)
	if err != nil {
		return nil, err
	}
	object, err := resource.Get(ctx, s.inventoryName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		s.stored = &inventory{}
		return s.stored, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	s.stored, err = s.parse(object)
	return s.stored, err
}

// parse decodes an inventory; a missing key is empty.
func (s *Session) parse(object *unstructured.Unstructured) (*inventory, error) {
	read := &inventory{version: object.GetResourceVersion()}
	for key, into := range map[string]any{keyObjects: &read.entries, keyDue: &read.due} {
		text, _, err := unstructured.NestedString(object.Object, "data", key)
		if err == nil && text != "" {
			err = json.Unmarshal([]byte(text), into)
		}
		if err != nil {
			const remedy = "delete it; the next --apply writes a new one, " +
				"then delete objects that are no longer in the mesh by hand"
			return nil, hint.Errorf(remedy, "read %s in inventory ConfigMap %s/%s: %w", key, s.Namespace, s.inventoryName(), err)
		}
	}
	return read, nil
}

// update changes the inventory, including what another session has written meanwhile.
func (s *Session) update(ctx context.Context, change func(inventory) inventory) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		stored, err := s.inventory(ctx)
		if err != nil {
			return err
		}
		wanted := change(inventory{
			entries: slices.Clone(stored.entries),
			due:     slices.Clone(stored.due),
			version: stored.version,
		})
		if reflect.DeepEqual(*stored, wanted) {
			return nil
		}
		written, err := s.write(ctx, wanted)
		if err != nil {
			s.stored = nil // the write may have succeeded despite the error
			return fmt.Errorf("write inventory: %w", err)
		}
		s.stored = written
		return nil
	})
}

// write stores the inventory. The API server rejects it if another session has written since it was read.
func (s *Session) write(ctx context.Context, wanted inventory) (*inventory, error) {
	data, err := wanted.data()
	if err != nil {
		return nil, err
	}
	object := applycorev1.ConfigMap(s.inventoryName(), s.Namespace).WithLabels(s.Labels).WithData(data)
	if wanted.version != "" {
		object.WithResourceVersion(wanted.version)
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	resource, err := s.client.resource(corev1.SchemeGroupVersion.WithKind("ConfigMap"), s.Namespace)
	if err != nil {
		return nil, err
	}
	force := true // no other manager writes this object
	merged, err := resource.Patch(ctx, s.inventoryName(), types.ApplyPatchType, text,
		metav1.PatchOptions{FieldManager: FieldManager, Force: &force})
	if err != nil {
		return nil, err
	}
	wanted.version = merged.GetResourceVersion()
	return &wanted, nil
}

// data returns the ConfigMap's data. The key for due tasks is omitted if there are none.
func (i inventory) data() (map[string]string, error) {
	objects, err := json.MarshalIndent(append([]Entry{}, i.entries...), "", " ")
	if err != nil {
		return nil, err
	}
	data := map[string]string{keyObjects: string(objects)}
	if len(i.due) > 0 {
		due, err := json.Marshal(i.due)
		if err != nil {
			return nil, err
		}
		data[keyDue] = string(due)
	}
	return data, nil
}

// Recorded reports whether the inventory lists a plan's objects with their UIDs.
func (s *Session) Recorded(ctx context.Context, plan []Change) (bool, error) {
	stored, err := s.inventory(ctx)
	if err != nil {
		return false, err
	}
	for _, change := range plan {
		if !slices.Contains(stored.entries, Entry{Ref: change.Ref, UID: string(change.Merged.GetUID())}) {
			return false, nil
		}
	}
	return true, nil
}

// put adds or replaces an object's entry.
func put(entries []Entry, entry Entry) []Entry {
	for i := range entries {
		if entries[i].Ref == entry.Ref {
			entries[i] = entry
			return entries
		}
	}
	return append(entries, entry)
}

// remove returns the entries without that of an object.
func remove(entries []Entry, ref Ref) []Entry {
	return slices.DeleteFunc(entries, func(entry Entry) bool { return entry.Ref == ref })
}

func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.APIVersion, b.APIVersion))
	})
}
