package hazard_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hazard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func west(version string, plane v1alpha1.DataPlane) *v1alpha1.Cluster {
	cluster := &v1alpha1.Cluster{Name: "west"}
	cluster.Istio.Version, cluster.Istio.DataPlane, cluster.Istio.Distribution = version, plane, v1alpha1.DistributionIstio
	return cluster
}

// numbers are those of the threads.
func numbers(faults []upstream.Fault) string {
	var all []string
	for _, fault := range faults {
		all = append(all, fault.Thread[strings.LastIndexByte(fault.Thread, ' ')+1:])
	}
	return strings.Join(all, " ")
}

func TestOf(t *testing.T) {
	const sidecar, ambient = v1alpha1.DataPlaneSidecar, v1alpha1.DataPlaneAmbient
	changed := func(c *v1alpha1.Cluster) hazard.Change { return hazard.Change{Consumer: c, Changed: []string{"east"}} }
	vendor := west("1.30.2-solo", sidecar)
	vendor.Istio.Distribution = v1alpha1.DistributionSolo
	for name, test := range map[string]struct {
		change           hazard.Change
		severe, warnings string
	}{
		"the deadlock of 1.29":       {changed(west("1.29.2", sidecar)), "59875", ""},
		"1.29 with the fix":          {changed(west("1.29.3", sidecar)), "", ""},
		"1.30.0":                     {changed(west("1.30.0", sidecar)), "60612 61043", ""},
		"1.30.3":                     {changed(west("1.30.3", sidecar)), "61043", ""},
		"1.30.4":                     {changed(west("1.30.4", sidecar)), "", ""},
		"ambient of 1.30.3":          {changed(west("1.30.3", ambient)), "61043 61296", "60033"},
		"ambient of 1.31.0":          {changed(west("1.31.0", ambient)), "", "60033"},
		"ambient of 1.31.1":          {changed(west("1.31.1", ambient)), "", ""},
		"nothing changes":            {hazard.Change{Consumer: west("1.30.2", sidecar)}, "", ""},
		"removed":                    {hazard.Change{Consumer: west("1.30.2", sidecar), Removed: []string{"east"}}, "", ""},
		"removed, of other networks": {hazard.Change{Consumer: west("1.30.2", sidecar), Removed: []string{"east"}, OtherNetwork: true}, "60920", ""},
		"waypoints are not about it": {hazard.Change{Consumer: west("1.29.6", ambient), Changed: []string{"east"}, OtherNetwork: true}, "", ""},
		"no version":                 {changed(west("", sidecar)), "", ""},
		"a vendor's build":           {changed(vendor), "", ""},
		"what runs counts, not what is written": {
			hazard.Change{Consumer: west("1.31.1", sidecar), Running: upstream.VersionOf("1.30.2"), Changed: []string{"east"}}, "60612 61043", ""},
		"it was upgraded": {hazard.Change{Consumer: west("1.30.2", sidecar), Running: upstream.VersionOf("1.30.4"), Changed: []string{"east"}}, "", ""},
	} {
		got := hazard.Of(test.change)
		if severe, warnings := numbers(got.Severe), numbers(got.Warnings); severe != test.severe || warnings != test.warnings {
			t.Errorf("%s: got severe %q and warnings %q, want %q and %q", name, severe, warnings, test.severe, test.warnings)
		}
		if got.Blocks() != (test.severe != "") || (got.Err() == nil) != (test.severe == "") || (got.Warning() == "") != (test.warnings == "") {
			t.Errorf("%s: blocks %t, error %v, warning %q", name, got.Blocks(), got.Err(), got.Warning())
		}
	}
}

// TestRestartOfAmbient: a ztunnel loses at once what istiod drops, and gets it back from the next istiod.
func TestRestartOfAmbient(t *testing.T) {
	const meanwhile = "; until the restarted istiod serves the ztunnels, calls to the clusters of these remote secrets may fail"
	for plane, want := range map[v1alpha1.DataPlane]bool{v1alpha1.DataPlaneSidecar: false, v1alpha1.DataPlaneAmbient: true} {
		h := hazard.Of(hazard.Change{Consumer: west("1.30.3", plane), Changed: []string{"east"}})
		if got := strings.HasSuffix(h.Restart(), meanwhile); got != want {
			t.Errorf("%s: got %q", plane, h.Restart())
		}
	}
}

func TestWords(t *testing.T) {
	h := hazard.Of(hazard.Change{Consumer: west("1.30.3", v1alpha1.DataPlaneSidecar), Changed: []string{"east", "north"}})
	const fault = "changing the remote secrets of east, north triggers known faults in Istio 1.30.3: istiod drops the endpoints of a cluster when its " +
		"remote secret changes, until istiod is restarted; the cluster is reported as synced (istio/istio issue 61043)"
	want := []hint.Problem{{Text: fault, Remedies: []string{"upgrade istiod of west to 1.30.4 or later first; or restart istiod after the change: " +
		"--accept-restart; or use reader.auth: federated, whose remote secrets never change"}}}
	if diff := cmp.Diff(want, hint.List(h.Err())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := h.Restart(), "restarts istiod afterwards: "+fault; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWaived: a build of one's own may have the fix.
func TestWaived(t *testing.T) {
	for _, test := range []struct {
		waiver v1alpha1.Waiver
		want   bool
	}{
		{v1alpha1.Waiver{Rule: "MESH073", Reason: "our build has the fix"}, true},
		{v1alpha1.Waiver{Rule: "MESH073", Clusters: []string{"east", "west"}, Reason: "our build has the fix"}, true},
		{v1alpha1.Waiver{Rule: "MESH073", Clusters: []string{"east"}, Reason: "our build has the fix"}, false},
		{v1alpha1.Waiver{Rule: "MESH074", Reason: "our build has the fix"}, false},
	} {
		h := hazard.Of(hazard.Change{Consumer: west("1.30.3-mine", ""), Changed: []string{"east"}, Waivers: []v1alpha1.Waiver{test.waiver}})
		messages := strings.HasSuffix(h.Warning(), "(istio/istio issue 61043); waived (MESH073): our build has the fix")
		if h.Blocks() == test.want || messages != test.want {
			t.Errorf("%+v: blocks %t, warning %q", test.waiver, h.Blocks(), h.Warning())
		}
	}
}

func TestUnknown(t *testing.T) {
	for version, want := range map[string]bool{"": true, "1.30.2": false, "rapid": false} {
		if got := hazard.Of(hazard.Change{Consumer: west(version, ""), Changed: []string{"east"}}).Unknown(); got != want {
			t.Errorf("%q: got %t, want %t", version, got, want)
		}
	}
	if hazard.Of(hazard.Change{Consumer: west("", "")}).Unknown() {
		t.Error("nothing changes, and it is said to be unknown")
	}
}
