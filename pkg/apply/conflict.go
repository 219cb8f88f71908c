package apply

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Conflict reports that other field managers own fields that a change would set.
type Conflict struct {
	Ref    Ref
	Fields []FieldConflict
}

// FieldConflict is a field and its owner, as the API server reports them.
type FieldConflict struct{ Field, Owner string }

func (c *Conflict) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %d field conflict", c.Ref, len(c.Fields))
	if len(c.Fields) > 1 {
		text.WriteString("s")
	}
	for _, field := range c.Fields {
		fmt.Fprintf(&text, "\n  %s: %s", field.Field, field.Owner)
	}
	return text.String()
}

// conflictOf returns the Conflict in the API server's response; nil if it is another error.
func conflictOf(ref Ref, err error) error {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	conflict := &Conflict{Ref: ref}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			conflict.Fields = append(conflict.Fields, FieldConflict{Field: cause.Field, Owner: cause.Message})
		}
	}
	if len(conflict.Fields) == 0 {
		return nil
	}
	// An API server lists conflicts by manager, in no particular order.
	slices.SortFunc(conflict.Fields, func(a, b FieldConflict) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Owner, b.Owner))
	})
	return hint.Add(conflict, "change the field where its owner sets it, or take ownership with --force-conflicts")
}

// Conflicts returns the conflicts among a plan's errors.
func Conflicts(err error) error {
	var conflicts []error
	for _, one := range hint.Split(err) {
		if _, ok := errors.AsType[*Conflict](one); ok {
			conflicts = append(conflicts, one)
		}
	}
	return errors.Join(conflicts...)
}

// isWithPipeAlone reports whether a takeover resolves the whole conflict. The API server writes "using" after a manager
// with operation Update (k8s.io/apimachinery v0.36 pkg/util/managedfields/internal/conflict.go).
func (c *Conflict) isWithPipeAlone() bool {
	for _, field := range c.Fields {
		if field.Owner != `conflict with "`+managerKubectl+`"` &&
			!strings.HasPrefix(field.Owner, `conflict with "`+managerKubectlClientSide+`" using `) {
			return false
		}
	}
	return true
}

// IsRefusedBy reports whether the ValidatingAdmissionPolicy of that name rejected an object. Only the error message
// contains the name (k8s.io/apiserver pkg/admission/plugin/policy/validating/dispatcher.go).
func IsRefusedBy(err error, policy string) bool {
	return strings.Contains(err.Error(), "ValidatingAdmissionPolicy '"+policy+"'")
}
