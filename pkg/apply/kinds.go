package apply

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// MissingKinds reports kinds that a cluster does not have: their CRDs are not installed.
type MissingKinds struct {
	// sorted, without duplicates
	Kinds []schema.GroupVersionKind
}

func (m *MissingKinds) Error() string {
	var names []string
	for _, kind := range m.Kinds {
		names = append(names, kind.Kind+" of "+kind.GroupVersion().String())
	}
	return "the cluster has no kind " + strings.Join(names, ", ")
}

// OnlyMissingKinds reports whether missing kinds are a plan's only problem.
func OnlyMissingKinds(err error) (*MissingKinds, bool) {
	missing, ok := err.(*MissingKinds) //nolint:errorlint // joined with another error it is not the only one
	return missing, ok
}

// joinErrors joins the errors of objects. Missing kinds are reported once, not per object.
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
