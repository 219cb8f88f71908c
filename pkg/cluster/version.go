package cluster

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/version"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// version reads the API server's version, which is public, so a failure is an error.
func (r *reader) version() error {
	text, err := r.kube.raw(r.ctx, "/version")
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	var info version.Info
	if err := strict.JSON(text, &info, strict.AllowUnknownFields); err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if info.GitVersion == "" {
		return errors.New("read version: the response contains none: is it a Kubernetes API server?")
	}
	r.facts.KubernetesVersion = info.GitVersion
	return nil
}
