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

// Conflict says that other field managers own fields that a change would set.
type Conflict struct {
	Ref    Ref
	Fields []FieldConflict
}

// FieldConflict is one field and its owner, in the API server's words.
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

// conflictOf finds the fields and their owners in the API server's answer; nil when it is none.
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
	// An API server lists them by manager, and the managers in no order.
	slices.SortFunc(conflict.Fields, func(a, b FieldConflict) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Owner, b.Owner))
	})
	return hint.Add(conflict, "change the field where its owner sets it, or take ownership with --force-conflicts")
}

// Conflicts are the conflicts among the errors of a plan.
func Conflicts(err error) error {
	var conflicts []error
	for _, one := range hint.Split(err) {
		if _, ok := errors.AsType[*Conflict](one); ok {
			conflicts = append(conflicts, one)
		}
	}
	return errors.Join(conflicts...)
}

// isWithPipeAlone tells whether all fields of a conflict are those of managers that are taken over. An API server
// writes "using" behind a manager that updates (k8s.io/apimachinery v0.36 pkg/util/managedfields/internal/conflict.go).
func (c *Conflict) isWithPipeAlone() bool {
	for _, field := range c.Fields {
		if field.Owner != `conflict with "`+managerKubectl+`"` &&
			!strings.HasPrefix(field.Owner, `conflict with "`+managerKubectlClientSide+`" using `) {
			return false
		}
	}
	return true
}

// IsRefusedBy tells whether a ValidatingAdmissionPolicy of that name refused an object. Only the message has its name
// (k8s.io/apiserver pkg/admission/plugin/policy/validating/dispatcher.go).
func IsRefusedBy(err error, policy string) bool {
	return strings.Contains(err.Error(), "ValidatingAdmissionPolicy '"+policy+"'")
}
