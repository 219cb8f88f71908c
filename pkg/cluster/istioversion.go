package cluster

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// istioVersion returns the version of the running image, or that of the chart's label.
func istioVersion(image string, labels map[string]string) string {
	for _, version := range []string{imageTag(image), labels["app.kubernetes.io/version"]} {
		for _, variant := range []string{"-distroless", "-debug"} { // of the image, not of Istio
			version = strings.TrimSuffix(version, variant)
		}
		if version = strings.TrimPrefix(version, "v"); upstream.IsFull(version) {
			return version
		}
	}
	return ""
}

// imageTag returns the tag of registry:5000/repository:tag@sha256:digest.
func imageTag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	return tag
}
