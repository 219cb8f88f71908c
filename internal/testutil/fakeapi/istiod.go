package fakeapi

import (
	"strconv"
	"sync"
)

// Istiod is a Deployment istiod of one version. After a restart its pods are new immediately, unless it is stuck.
type Istiod struct {
	Version string
	Stuck   bool

	guard    sync.Mutex
	restarts int
}

// Answer is for Server.Intercept: it answers requests about Deployments.
func (i *Istiod) Answer(request Request) any {
	if request.Group != "apps" || request.Resource != "deployments" {
		return nil
	}
	i.guard.Lock()
	defer i.guard.Unlock()
	switch request.Verb {
	case "list":
		return map[string]any{
			"apiVersion": "apps/v1",
			"kind":       "DeploymentList",
			"metadata":   map[string]any{},
			"items":      []any{i.deployment()},
		}
	case "apply":
		i.restarts++
	}
	return i.deployment()
}

// Restart restarts it, as another user would.
func (i *Istiod) Restart() {
	i.guard.Lock()
	defer i.guard.Unlock()
	i.restarts++
}

// Restarts returns how often it was restarted.
func (i *Istiod) Restarts() int {
	i.guard.Lock()
	defer i.guard.Unlock()
	return i.restarts
}

func (i *Istiod) deployment() map[string]any {
	seen := i.restarts + 1
	if i.Stuck {
		seen = 0
	}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"namespace": "istio-system", "name": "istiod", "generation": i.restarts + 1,
			"annotations": map[string]any{"deployment.kubernetes.io/revision": strconv.Itoa(i.restarts + 1)}},
		"spec": map[string]any{"replicas": 1, "selector": map[string]any{}, "template": map[string]any{"spec": map[string]any{
			"containers": []any{map[string]any{"name": "discovery", "image": "docker.io/istio/pilot:" + i.Version}}}}},
		"status": map[string]any{"observedGeneration": seen, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
	}
}
