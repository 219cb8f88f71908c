package istio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// secrets returns the versions of all Secrets of the members.
func (m *mesh) secrets(t *testing.T) string {
	t.Helper()
	var all []string
	for name := range m.istiods {
		list, err := m.client(t, name).CoreV1().Secrets(istioNamespace).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range list.Items {
			all = append(all, fmt.Sprintf("%s/%s@%s", name, secret.Name, secret.ResourceVersion))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// restart is kubectl rollout restart with kubectl rollout status.
func (m *mesh) restart(t *testing.T, cluster string) {
	t.Helper()
	all := m.client(t, cluster).AppsV1().Deployments(istioNamespace)
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`,
		time.Now().Format(time.RFC3339))
	asked, err := all.Patch(t.Context(), "istiod", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "istiod of "+cluster+" is restarted", func(ctx context.Context) error {
		deployment, err := all.Get(ctx, asked.Name, metav1.GetOptions{})
		if err == nil && deployment.Status.ObservedGeneration < asked.Generation {
			err = errors.New("the old one runs")
		}
		return err
	})
}
