package cluster

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Names from Istio's charts (istio manifests/charts/istio-control/istio-discovery).
const (
	networkLabel     = "topology.istio.io/network"
	istiodName       = "istiod"
	istiodContainer  = "discovery"
	meshConfigName   = "istio"
	meshConfigKey    = "mesh"
	clusterIDSetting = "CLUSTER_ID"
	whatIstio        = "Istio"
)

// istio reads all facts in Istio's namespace.
func (r *reader) istio() error {
	there, err := r.network()
	if err != nil || !there {
		return err
	}
	found, err := r.controlPlanes()
	if err != nil {
		return err
	}
	revision, why := pickRevision(found, r.ask)
	if why != "" {
		r.note(whatIstio, why)
	} else {
		r.controlPlane(revision, found[revision])
		if err := r.meshConfig(revision); err != nil {
			return err
		}
	}
	return r.roots()
}

// network reads the namespace's label, and reports whether the namespace may exist.
func (r *reader) network() (there bool, err error) {
	namespace, err := r.kube.namespace(r.ctx, r.ask.Namespace)
	if err == nil {
		r.facts.Network = namespace.Labels[networkLabel]
		return true, nil
	}
	there = !apierrors.IsNotFound(err)
	if err := r.excuse(err, whatIstio, "no namespace "+r.ask.Namespace); err != nil {
		return false, fmt.Errorf("read namespace %s: %w", r.ask.Namespace, err)
	}
	return there, nil
}

// controlPlanes returns istiod's Deployments by revision, "" for the default one; nil if they cannot be listed.
func (r *reader) controlPlanes() (map[string]*appsv1.Deployment, error) {
	list, err := r.kube.deployments(r.ctx, r.ask.Namespace)
	if err != nil {
		if err := r.excuse(err, "Istio's control plane", "no Deployments"); err != nil {
			return nil, fmt.Errorf("list deployments: %w", err)
		}
		return nil, nil
	}
	found := map[string]*appsv1.Deployment{}
	for i := range list.Items {
		deployment := &list.Items[i]
		suffix, ok := strings.CutPrefix(deployment.Name, istiodName)
		if ok && istiod(deployment) != nil && (suffix == "" || suffix[0] == '-') {
			found[strings.TrimPrefix(suffix, "-")] = deployment
		}
	}
	return found, nil
}

// istiod returns the control plane's container.
func istiod(deployment *appsv1.Deployment) *corev1.Container {
	containers := deployment.Spec.Template.Spec.Containers
	for i := range containers {
		if containers[i].Name == istiodContainer {
			return &containers[i]
		}
	}
	return nil
}

// controlPlane reads facts from istiod's Deployment, if it exists.
func (r *reader) controlPlane(revision string, deployment *appsv1.Deployment) {
	if deployment == nil {
		return
	}
	r.facts.Istio.Found, r.facts.Istio.Revision = true, revision
	container := istiod(deployment)
	if r.facts.Istio.Version = istioVersion(container.Image, deployment.Labels); r.facts.Istio.Version == "" {
		r.note("the version of Istio", fmt.Sprintf("neither image %s nor the labels of Deployment %s contain it",
			container.Image, deployment.Name))
	}
	for _, variable := range container.Env {
		if variable.Name == clusterIDSetting {
			r.facts.Istio.ClusterID = variable.Value
		}
	}
}
