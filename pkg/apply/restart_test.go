package apply

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestRestartOfTheSameSecond: the annotation counts seconds, and one that stays the same restarts nothing.
func TestRestartOfTheSameSecond(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 500, time.UTC)
	for name, test := range map[string]struct{ last, want string }{
		"never restarted":           {want: "2026-06-01T12:00:00Z"},
		"restarted earlier":         {last: "2026-06-01T11:59:59Z", want: "2026-06-01T12:00:00Z"},
		"restarted in this second":  {last: "2026-06-01T12:00:00Z", want: "2026-06-01T12:00:01Z"},
		"restarted by another zone": {last: "2026-06-01T14:00:00+02:00", want: "2026-06-01T12:00:00Z"},
	} {
		deployment := &unstructured.Unstructured{Object: map[string]any{}}
		if test.last != "" {
			if err := unstructured.SetNestedField(deployment.Object, test.last, "spec", "template", "metadata", "annotations", restartedAt); err != nil {
				t.Fatal(err)
			}
		}
		if got := otherTime(deployment, at); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
