package apply

import (
	"errors"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
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

// OnlyMissingKinds tells whether nothing is wrong with a plan but that the cluster does not know some kinds.
func OnlyMissingKinds(err error) (*MissingKinds, bool) {
	missing, ok := err.(*MissingKinds) //nolint:errorlint // beside another error it is not the only one
	return missing, ok
}

// Conflicts are those of the errors of a plan that other field managers are the reason for.
func Conflicts(err error) error {
	var conflicts []error
	for _, one := range hint.Split(err) {
		if _, ok := errors.AsType[*Conflict](one); ok {
			conflicts = append(conflicts, one)
		}
	}
	return errors.Join(conflicts...)
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
