package clusters_test

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// eventually polls until done says yes. An error of done is an answer not to its liking, and kept for the report.
func eventually(t *testing.T, what string, done func(context.Context) (bool, error)) {
	t.Helper()
	var last error
	poll := func(ctx context.Context) (bool, error) {
		var ok bool
		ok, last = done(ctx)
		return ok, nil
	}
	if err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, poll); err != nil {
		t.Fatalf("wait until %s: %v (last answer: %v)", what, err, last)
	}
}

func client(t *testing.T, config *rest.Config) *kubernetes.Clientset {
	t.Helper()
	set, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	return set
}
