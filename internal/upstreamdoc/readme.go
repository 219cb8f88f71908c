package main

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// readme is the table of README.md. Lines are the releases of Istio that the tests run: 1.30, 1.31.
func readme(lines []string) string {
	var text strings.Builder
	text.WriteString("| software | versions |\n| --- | --- |\n")
	row(&text, "Istio", "up to "+upstream.HighestKnown().String()+"; the tests run istiod "+strings.Join(lines, " and "))
	for _, need := range []struct {
		what    string
		feature upstream.Feature
		of      upstream.Software
	}{
		{what: "East-west gateways with Gateway API", feature: upstream.GatewayV1, of: upstream.Istio},
		{what: "Primary-remote", feature: upstream.RemoteProfile, of: upstream.Istio},
		{what: "Ambient mesh across clusters", feature: upstream.AmbientMultiNetwork, of: upstream.Istio},
		{what: "Peering", feature: upstream.Peering, of: upstream.SoloIstio},
		{what: "Admission policy for remote secrets", feature: upstream.AdmissionPolicies, of: upstream.Kubernetes},
		{what: "Federated readers", feature: upstream.StructuredAuthn, of: upstream.Kubernetes},
	} {
		row(&text, need.what, string(need.of)+" "+upstream.SinceOf(need.feature).String()+" or later")
	}
	return text.String()
}
