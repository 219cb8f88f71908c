// Package hazard decides whether changing remote secrets triggers a known fault of the istiod that watches them. It is
// pure.
package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Change of a control plane's remote secrets.
type Change struct {
	// Consumer is the control plane's cluster.
	Consumer *v1alpha1.Cluster
	// Running is the observed release. Without numbers, that of mesh.yaml or of the facts is used.
	Running upstream.Version
	// Changed are the targets whose remote secrets change, Removed those whose remote secrets are deleted.
	Changed, Removed []string
	// OtherNetwork is set if one of them is in another network.
	OtherNetwork bool
	// Waivers of the mesh.
	Waivers []v1alpha1.Waiver
}

// Hazard is a change and the known faults that it triggers.
type Hazard struct {
	Change
	// Release that was judged; it may have no numbers.
	Release upstream.Version
	// Severe faults break calls until istiod is restarted. Warnings are informational.
	Severe, Warnings []upstream.Fault
	// Waived is the reason why severe faults do not block.
	Waived string
}

// severeRule reports the severe faults of a release in mesh.yaml (pkg/rules). It is waived for builds that have the
// fixes.
const severeRule = "MESH073"

// Of judges a change. Vendors' builds have their own patches and are not judged.
func Of(change Change) Hazard {
	h := Hazard{Change: change, Release: change.Running}
	if !h.Release.Stated() {
		h.Release = change.Consumer.Istio.Release()
	}
	if len(change.Changed)+len(change.Removed) == 0 || change.Consumer.Istio.Distribution != v1alpha1.DistributionIstio {
		return h
	}
	for _, waiver := range change.Waivers {
		covers := len(waiver.Clusters) == 0 || slices.Contains(waiver.Clusters, change.Consumer.Name)
		if waiver.Rule == severeRule && covers {
			h.Waived = waiver.Reason
		}
	}
	ambient := change.Consumer.Istio.DataPlane == v1alpha1.DataPlaneAmbient
	for _, fault := range upstream.Faults(h.Release, upstream.Situation{
		Sidecars:        !ambient,
		Ambient:         ambient,
		RemoteClusters:  true,
		ChangingSecrets: len(change.Changed) > 0,
		RemoteNetworks:  change.OtherNetwork,
	}) {
		switch {
		case fault.Severity == upstream.Severe:
			h.Severe = append(h.Severe, fault)
		case fault.Rotates():
			h.Warnings = append(h.Warnings, fault)
		}
	}
	return h
}

// Blocks reports whether istiod must be restarted after the change.
func (h Hazard) Blocks() bool { return len(h.Severe) > 0 && h.Waived == "" }

// Unknown reports whether the release is unknown, and with it the faults.
func (h Hazard) Unknown() bool {
	return len(h.Changed) > 0 && h.Release.String() == "" && h.Consumer.Istio.Distribution == v1alpha1.DistributionIstio
}

// Err is nil if nothing blocks the change.
func (h Hazard) Err() error {
	if !h.Blocks() {
		return nil
	}
	return hint.Errorf(h.remedy("restart istiod after the change: --accept-restart"), "%s", h.sentence(h.Severe))
}

// ByHand describes how to avoid the severe faults if the change is made elsewhere.
func (h Hazard) ByHand() string {
	name := "istiod"
	if h.Consumer.Istio.Revision != "" {
		name += "-" + h.Consumer.Istio.Revision
	}
	restart := "kubectl -n " + h.Consumer.Istio.Namespace + " rollout restart deployment/" + name
	return h.remedy("restart istiod after the change: " + restart)
}

// remedy describes how to avoid the severe faults, best way first.
func (h Hazard) remedy(restart string) string {
	first := "upgrade istiod of " + h.Consumer.Name + " to a release with the fix first"
	if fixed := upstream.Fixed(h.Release, h.Severe); fixed.Stated() {
		first = fmt.Sprintf("upgrade istiod of %s to %s or later first", h.Consumer.Name, fixed)
	}
	return first + "; or " + restart + "; or use reader.auth: federated, whose remote secrets never change"
}

// Warning describes the faults that do not block; empty if there are none.
func (h Hazard) Warning() string {
	switch {
	case len(h.Severe) > 0 && h.Waived != "":
		return h.sentence(slices.Concat(h.Severe, h.Warnings)) + "; waived (" + severeRule + "): " + h.Waived
	case len(h.Warnings) == 0:
		return ""
	}
	return h.sentence(h.Warnings)
}

// Restart describes the restart, its reason, and its limits.
func (h Hazard) Restart() string {
	text := "restarts istiod afterwards: " + h.sentence(h.Severe)
	if h.Consumer.Istio.DataPlane == v1alpha1.DataPlaneAmbient && len(h.Changed) > 0 {
		text += "; until the restarted istiod serves the ztunnels, calls to the clusters of these remote secrets may fail"
	}
	return text
}

func (h Hazard) sentence(faults []upstream.Fault) string {
	var symptoms []string
	for _, fault := range faults {
		symptoms = append(symptoms, fmt.Sprintf("%s (%s)", fault.Symptom, fault.Thread))
	}
	return fmt.Sprintf("%s in Istio %s: %s", h.change(), h.Release, strings.Join(symptoms, "; "))
}

// change describes what happens to which remote secrets.
func (h Hazard) change() string {
	var parts []string
	for _, part := range []struct {
		verb    string
		targets []string
	}{{verb: "changing", targets: h.Changed}, {verb: "removing", targets: h.Removed}} {
		switch len(part.targets) {
		case 0:
		case 1:
			parts = append(parts, part.verb+" the remote secret of "+part.targets[0]+" triggers known faults")
		default:
			parts = append(parts, part.verb+" the remote secrets of "+strings.Join(part.targets, ", ")+" triggers known faults")
		}
	}
	return strings.Join(parts, "; ")
}
