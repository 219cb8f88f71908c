package apply

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// MissingKinds says that a cluster does not know some kinds: their CRDs are not installed.
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

// OnlyMissingKinds tells whether the only problem of a plan is that the cluster does not know some kinds.
func OnlyMissingKinds(err error) (*MissingKinds, bool) {
	missing, ok := err.(*MissingKinds) //nolint:errorlint // beside another error it is not the only one
	return missing, ok
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
	if err := errors.Join(others...); err != nil {
		return errors.Join(err, all)
	}
	return all
}
