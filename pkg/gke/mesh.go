package gke

import (
	"slices"
	"strings"
)

// Feature contains the fields of a fleet's service mesh feature that are read (gkehub.googleapis.com v1), as gcloud
// container fleet mesh describe prints it: the state of each membership, by name.
type Feature struct {
	Name             string                     `json:"name"`
	MembershipStates map[string]membershipState `json:"membershipStates"`
}

type membershipState struct {
	ServiceMesh struct {
		ControlPlane controlPlane `json:"controlPlaneManagement"`
	} `json:"servicemesh"`
}

type controlPlane struct {
	State          string          `json:"state"`
	Implementation string          `json:"implementation"`
	Details        []controlDetail `json:"details"`
}

type controlDetail struct {
	Code    string `json:"code"`
	Details string `json:"details"`
}

// ControlPlane is the managed control plane of a cluster.
type ControlPlane struct {
	// Implementation is TRAFFIC_DIRECTOR, ISTIOD or UPDATING.
	Implementation string
	// Revisions that are ready, sorted.
	Revisions []string
}

// managed returns the control plane of a state; nil if Google runs none.
func (s membershipState) managed() *ControlPlane {
	plane := s.ServiceMesh.ControlPlane
	if plane.State != "ACTIVE" {
		return nil
	}
	found := &ControlPlane{Implementation: plane.Implementation}
	for _, detail := range plane.Details {
		if detail.Code == "REVISION_READY" {
			found.Revisions = append(found.Revisions, readyRevisions(detail.Details)...)
		}
	}
	found.Revisions = sortedUnique(found.Revisions)
	return found
}

// readyRevisions returns those in details REVISION_READY: "Ready: asm-managed-rapid"
// (https://docs.cloud.google.com/service-mesh/docs/check-control-plane-implementation, read on 2025-09-04).
func readyRevisions(detail string) []string {
	words := strings.FieldsFunc(detail, func(r rune) bool { return r == ' ' || r == ',' || r == '.' || r == ':' })
	return slices.DeleteFunc(words, func(word string) bool {
		return word != "asm-managed" && word != "asm-managed-rapid" && word != "asm-managed-stable"
	})
}

// nameControlPlanes sets the clusters' control planes from their fleets' features.
func (d *Dump) nameControlPlanes() {
	type place struct{ location, name string }
	type member struct {
		project string
		state   membershipState
	}
	members := map[place][]member{}
	for _, feature := range d.Features {
		for path, state := range feature.MembershipStates {
			if project, location, name, ok := membershipOf(path); ok {
				at := place{location: location, name: name}
				members[at] = append(members[at], member{project: project, state: state})
			}
		}
	}
	for i := range d.Clusters {
		project, location, name, _ := membershipOf(d.Clusters[i].Fleet.Membership)
		for _, member := range members[place{location: location, name: name}] {
			if sameProject(member.project, project) {
				d.Clusters[i].ControlPlane = member.state.managed()
			}
		}
	}
}

// membershipOf splits a path, or a link that ends with one: projects/P/locations/L/memberships/NAME.
func membershipOf(link string) (project, location, name string, ok bool) {
	path, _ := pathOf(link)
	parts := strings.SplitN(path, "/", 7)
	if len(parts) != 6 || parts[2] != "locations" || parts[4] != "memberships" {
		return "", "", "", false
	}
	return parts[1], parts[3], parts[5], true
}

// sameProject compares the projects of two fleets. A feature has its own by number, a cluster by ID or by number: an ID
// and a number cannot be compared, so location and name of the membership decide.
func sameProject(a, b string) bool { return a == b || isNumber(a) != isNumber(b) }

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// revision returns that of the managed control plane, or why it is unknown.
func (c Cluster) revision() (revision, why string) {
	switch {
	case c.ControlPlane == nil:
		return "", ""
	case len(c.ControlPlane.Revisions) == 1:
		return c.ControlPlane.Revisions[0], ""
	case len(c.ControlPlane.Revisions) == 0:
		return "", "the managed control plane has no revision that is ready"
	}
	return "", "the managed control plane has the revisions " + strings.Join(c.ControlPlane.Revisions, ", ") +
		": set this mesh's revision in mesh.yaml, for example istio: {revision: " + c.ControlPlane.Revisions[0] + "}"
}
