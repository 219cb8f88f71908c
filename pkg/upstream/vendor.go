package upstream

import "strings"

// Address of another party's service.
type Address struct {
	// Of is what the address provides.
	Of string
	// Value of the address.
	Value string
	Fact
}

// AddressRows returns the table.
func AddressRows() []Address {
	const solo = "docs.solo.io, project notes of November 2026; public scripts use it for 1.25 to 1.30; not read upstream"
	return []Address{
		{Of: "Solo's images from 1.29 on", Value: SoloHub, Fact: from(solo)},
		{Of: "Solo's charts from 1.29 on", Value: soloCharts, Fact: from(solo)},
		{Of: "Solo's images before 1.29, before a key of twelve characters", Value: soloKeyedHub, Fact: from(solo)},
		{
			Of:    "Google's Compute Engine API",
			Value: GoogleComputeAPI,
			Fact:  from("gcloud 528.0.0, requests captured; project notes of November 2026"),
		},
		{
			Of:    "Google's Kubernetes Engine API",
			Value: GoogleContainerAPI,
			Fact:  from("gcloud 528.0.0, requests captured; project notes of November 2026"),
		},
		{
			Of:    "the sample's image",
			Value: SampleImage,
			Fact:  from("istio/istio samples/helloworld/helloworld.yaml up to 1.29"),
		},
		{
			Of:    "the image of the sample's client",
			Value: SampleClientImage,
			Fact:  from("https://hub.docker.com/r/curlimages/curl; not read upstream"),
		},
	}
}

// Addresses of Solo.
const (
	// SoloHub has Solo's images from 1.29 on.
	SoloHub      = "us-docker.pkg.dev/soloio-img/istio"
	soloCharts   = "oci://us-docker.pkg.dev/soloio-img/istio-helm/"
	soloKeyedHub = "us-docker.pkg.dev/gloo-mesh/istio-"
)

// Addresses of Google.
const (
	GoogleComputeAPI   = "https://www.googleapis.com/compute/v1/"
	GoogleContainerAPI = "https://container.googleapis.com/v1/"
)

// Images of the sample workload.
const (
	SampleImage       = "docker.io/istio/examples-helloworld-v1:1.0"
	SampleClientImage = "docker.io/curlimages/curl:8.16.0"
)

// SoloVersion returns a version as in the tags of Solo's charts and images: 1.28.0-solo.
func SoloVersion(version string) string {
	if strings.HasSuffix(version, "-solo") || strings.Contains(version, "-solo-") {
		return version
	}
	return version + "-solo"
}

// SoloCharts returns the prefix of chart names for a registry of Solo's images; empty for other registries.
func SoloCharts(hub string) string {
	if hub == SoloHub {
		return soloCharts
	}
	if key, keyed := strings.CutPrefix(hub, soloKeyedHub); keyed {
		return "oci://us-docker.pkg.dev/gloo-mesh/istio-helm-" + key + "/"
	}
	return ""
}

// isChannel reports whether a text is a channel of Google's control planes, as a cluster's release channel or as a
// revision, whose content changes over time.
func isChannel(text string) bool {
	switch text {
	case "rapid", "regular", "stable", "asm-managed", "asm-managed-rapid", "asm-managed-stable":
		return true
	}
	return false
}
