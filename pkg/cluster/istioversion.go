package cluster

import (
	"regexp"
	"strings"
)

// fullVersion has three numbers: 1.30.2, 1.28.0-solo. A tag such as latest or 1.30 tells less
// than what runs.
const fullVersion = `^[0-9]+\.[0-9]+\.[0-9]+([-+.][0-9A-Za-z.+-]+)?$`

// istioVersion is that of the image, which is what runs, or else that of the chart's label.
func istioVersion(image string, labels map[string]string) string {
	for _, version := range []string{imageTag(image), labels["app.kubernetes.io/version"]} {
		for _, variant := range []string{"-distroless", "-debug"} { // of the image, not of Istio
			version = strings.TrimSuffix(version, variant)
		}
		if version = strings.TrimPrefix(version, "v"); regexp.MustCompile(fullVersion).MatchString(version) {
			return version
		}
	}
	return ""
}

// imageTag is the tag of registry:5000/repository:tag@sha256:digest.
func imageTag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	return tag
}
