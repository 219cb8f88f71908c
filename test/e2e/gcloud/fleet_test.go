package gcloud

import (
	"strings"
	"testing"
)

// TestFleet registers a cluster of another project than the fleet's, in a zone, whose control plane is Google's.
func TestFleet(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.change(t, "asm-1265-0}", "asm-managed, managed: true}")
	const project, zone, name, script = "project-id-2", "us-west1-b", "cluster-name-2", "fleet.sh cluster-name-2"
	w.stub.addCluster(project, zone, name, object{"resourceLabels": object{"team": "shop", "mesh_id": "proj-1"}})

	said := []string{
		"enable identity pool project-id-2.svc.id.goog of cluster-name-2 (cluster cluster-name-2 of project project-id-2)",
		"register cluster-name-2 in the fleet of project fleet-project-id, as cluster-name-2 in us-west1",
		"update labels of cluster-name-2 (cluster cluster-name-2 of project project-id-2)",
		"  - label: mesh_id=proj-1",
		"  + label: mesh_id=proj-123456789012",
		"enable feature servicemesh of the fleet of project fleet-project-id",
		"enable Google's managed control plane for cluster-name-2",
	}
	w.mustRun(t, script, nil, append(said, "5 changes pending. Run again with --yes to apply them.")...)
	w.wantChanges(t)
	w.mustRun(t, script, list("--yes"), append(said, "5 changes made.")...)
	const full = "projects/project-id-2/locations/us-west1-b/clusters/cluster-name-2"
	const cluster, hub = "/v1/" + full, "/v1/projects/fleet-project-id/locations/"
	w.wantChanges(t,
		request{"PUT", cluster, object{"name": full, "update": object{"desiredWorkloadIdentityConfig": object{"workloadPool": "project-id-2.svc.id.goog"}}}},
		request{"POST", hub + "us-west1/memberships", object{
			"authority": object{"issuer": w.stub.server.URL + cluster},
			"endpoint":  object{"gkeCluster": object{"resourceLink": strings.Replace(w.stub.server.URL, "http:", "", 1) + "/" + full}},
		}},
		request{"POST", cluster + ":setResourceLabels", object{"name": full, "resourceLabels": object{"mesh_id": "proj-123456789012", "team": "shop"}}},
		request{"POST", hub + "global/features", object{}},
		request{"PATCH", "/v2/projects/fleet-project-id/locations/us-west1/memberships/cluster-name-2/features/servicemesh", object{
			"spec": object{"servicemesh": object{"management": "MANAGEMENT_AUTOMATIC"}}}},
	)
	w.mustRun(t, script, list("--yes"),
		"unchanged identity pool project-id-2.svc.id.goog of cluster-name-2",
		"unchanged membership of cluster-name-2 in the fleet of project fleet-project-id",
		"unchanged labels of cluster-name-2",
		"unchanged feature servicemesh of the fleet of project fleet-project-id",
		"unchanged control plane of cluster-name-2: managed by Google",
		"No changes.")
	w.wantChanges(t)
}

func TestFleetRefuses(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	const project, location, name, script = "project-id-1", "us-central1", "cluster-name-1", "fleet.sh cluster-name-1"
	w.mustFail(t, 1, script, list("--yes"), "No cluster named")
	w.stub.addCluster(project, location, name, object{"workloadIdentityConfig": object{"workloadPool": "p.svc.id.goog"},
		"fleet": object{"project": "other", "membership": "//gkehub.googleapis.com/projects/other/locations/us-central1/memberships/m"}})
	w.mustFail(t, 1, script, list("--yes"), "error: cluster-name-1 is in the fleet of project other, and a cluster can be in only one fleet")
	w.mustFail(t, 2, script, list("--prune"), "error: unknown argument: --prune")
}
