package fakeapi

import (
	"encoding/json"
	"errors"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
)

// patched returns an object after a patch, with field owners like an API server's, or the error.
func patched(r Request, there *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if r.patch == types.ApplyPatchType {
		return applied(r, there)
	}
	if there == nil {
		return nil, apierrors.NewNotFound(r.GroupResource(), r.Name)
	}
	before, err := json.Marshal(there)
	if err != nil {
		return nil, err
	}
	after, err := patchText(r, before)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(after); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if object.GetResourceVersion() != there.GetResourceVersion() {
		return nil, modified(r)
	}
	fields, err := owners(there)
	if err != nil {
		return nil, err
	}
	return unstructuredOf(fields.Update(there, object, r.manager))
}

func patchText(r Request, before []byte) ([]byte, error) {
	if r.patch != types.JSONPatchType {
		return jsonpatch.MergePatch(before, r.Body)
	}
	patch, err := jsonpatch.DecodePatch(r.Body)
	if err != nil {
		return nil, err
	}
	return patch.Apply(before)
}

// applied returns an object after a server-side apply.
func applied(r Request, there *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	sent := &unstructured.Unstructured{}
	if err := sent.UnmarshalJSON(r.Body); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	live := bare(sent.GroupVersionKind())
	if there != nil {
		live = there.DeepCopy()
	}
	if version := sent.GetResourceVersion(); version != "" && version != live.GetResourceVersion() {
		return nil, modified(r)
	}
	sent.SetResourceVersion("")
	fields, err := owners(sent)
	if err != nil {
		return nil, err
	}
	return unstructuredOf(fields.Apply(live, sent, r.manager, r.Force))
}

func modified(r Request) error {
	return apierrors.NewConflict(r.GroupResource(), r.Name, errors.New("the object has been modified"))
}

func unstructuredOf(object runtime.Object, err error) (*unstructured.Unstructured, error) {
	if err != nil {
		return nil, err
	}
	return object.(*unstructured.Unstructured), nil
}

// owners is the API server's own code for field ownership. Without schemas, lists are atomic.
func owners(object *unstructured.Unstructured) (*managedfields.FieldManager, error) {
	kind := object.GroupVersionKind()
	return managedfields.NewDefaultFieldManager(
		managedfields.NewDeducedTypeConverter(), oneVersion{}, oneVersion{}, oneVersion{}, kind, kind.GroupVersion(), "", nil)
}

// created assigns the fields of a created object to a manager.
func created(object *unstructured.Unstructured, manager string) (*unstructured.Unstructured, error) {
	fields, err := owners(object)
	if err != nil {
		return nil, err
	}
	return unstructuredOf(fields.Update(bare(object.GroupVersionKind()), object, manager))
}

func bare(kind schema.GroupVersionKind) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{}}}
	object.SetGroupVersionKind(kind)
	return object
}

// oneVersion is a scheme in which every kind has one version and no defaults.
type oneVersion struct{}

func (oneVersion) Default(runtime.Object) {}

func (oneVersion) New(kind schema.GroupVersionKind) (runtime.Object, error) { return bare(kind), nil }

func (oneVersion) Convert(_, _, _ any) error { return errors.New("kinds have one version") }

func (oneVersion) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}

func (oneVersion) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
