package apply

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// MissingKinds says that a cluster does not know some kinds: nobody has installed their CRDs.
type MissingKinds struct {
	// Kinds are sorted, each once.
	Kinds []schema.GroupVersionKind
}

func (m *MissingKinds) Error() string {
	var names []string
	for _, kind := range m.Kinds {
		names = append(names, kind.Kind+" of "+kind.GroupVersion().String())
	}
	return "the cluster has no kind " + strings.Join(names, ", ")
}

// joinErrors makes one error of many objects' errors. Every object of a missing kind says the
// same, so that is said once, in one place.
func joinErrors(errs []error) error {
	all := &MissingKinds{}
	var others []error
	for _, err := range errs {
		missing, ok := errors.AsType[*MissingKinds](err)
		if !ok {
			others = append(others, err)
			continue
		}
		all.Kinds = append(all.Kinds, missing.Kinds...)
	}
	if all.Kinds == nil {
		return errors.Join(others...)
	}
	slices.SortFunc(all.Kinds, func(a, b schema.GroupVersionKind) int { return strings.Compare(a.String(), b.String()) })
	all.Kinds = slices.Compact(all.Kinds)
	return errors.Join(append(others, all)...)
}
