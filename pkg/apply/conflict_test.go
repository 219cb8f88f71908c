package apply

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestConflict(t *testing.T) {
	owned := metav1.StatusCause{Type: metav1.CauseTypeFieldManagerConflict, Message: `conflict with "helm"`, Field: ".data.token"}
	err := conflictOf(secret("a"), apierrors.NewApplyConflict([]metav1.StatusCause{owned}, "conflict"))
	want := []hint.Problem{{
		Text:     "Secret istio-system/a: 1 field conflict\n  .data.token: conflict with \"helm\"",
		Remedies: []string{"change the field where its owner sets it, or take ownership with --force-conflicts"},
	}}
	if diff := cmp.Diff(want, hint.List(err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, ok := errors.AsType[*Conflict](err); !ok {
		t.Errorf("%v is no Conflict", err)
	}
	for _, other := range []error{nil, errors.New("conflict"), apierrors.NewApplyConflict(nil, "conflict")} {
		if got := conflictOf(secret("a"), other); got != nil {
			t.Errorf("conflictOf(%v): got %v", other, got)
		}
	}
}
