package changes

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of membership.
const (
	clusterJoined    ID = "MC040"
	clusterLeft      ID = "MC041"
	planeChanged     ID = "MC042"
	meshRenamed      ID = "MC043"
	discoveryChanged ID = "MC044"
	clusterIDChanged ID = "MC045"
)

func memberKinds() []Kind {
	return []Kind{
		{
			ID:       clusterJoined,
			Severity: Warning,
			Title:    "Cluster joined",
			Many:     "clusters joined",
			Why: "A cluster becomes a member of the mesh. Its grants, links and openings are listed as changes of their " +
				"own.",
			Review: "Verify who owns the cluster, and that its API server and CA are the owner's.",
		},
		{
			ID:       clusterLeft,
			Severity: Warning,
			Title:    "Cluster left",
			Many:     "clusters left",
			Why: "Removing a cluster from mesh.yaml deletes nothing in it: its readers keep their accounts there, it keeps " +
				"the remote secrets for its peers, and it can sign for the mesh with its intermediate certificate until that " +
				"expires.",
			Review: "Prune the remaining clusters, delete the objects in the removed one, and rotate the root if its " +
				"signing key cannot be trusted.",
		},
		{
			ID:       planeChanged,
			Severity: Danger,
			Title:    "Control plane of a cluster changed",
			Many:     "clusters with another control plane",
			Why:      "Another istiod configures the proxies of this cluster, injects sidecars, and reads its API server.",
			Review:   "Verify that both owners agree.",
		},
		{
			ID:       meshRenamed,
			Severity: Danger,
			Title:    "Mesh renamed",
			Many:     "meshes renamed",
			Why: "Objects are found and pruned by a label with the name of the mesh, which is also istiod's mesh ID. " +
				"Objects with the old name are not removed.",
			Review: "Verify that the old objects are removed from every cluster.",
		},
		{
			ID:       discoveryChanged,
			Severity: Warning,
			Title:    "Discovery changed",
			Many:     "discovery changes",
			Why:      "Control planes discover the endpoints of other clusters with other objects and other credentials.",
			Review:   "Verify that the new discovery works before the old objects are pruned.",
		},
		{
			ID:       clusterIDChanged,
			Severity: Warning,
			Title:    "Cluster ID changed",
			Many:     "cluster IDs changed",
			Why: "istiod, its remote secrets and its proxies identify the cluster by this ID. If they differ, " +
				"endpoints are lost.",
			Review: "Verify that the cluster's istiod is installed with the same ID.",
		},
	}
}

func (c *comparison) members() {
	removed, added, both := match(c.base.Summary.Clusters, c.head.Summary.Clusters, clusterName)
	for _, cluster := range added {
		c.add(clusterJoined, Change{Object: cluster.ID, Class: "member", Clusters: []string{cluster.Name}, At: cluster.At,
			Says: say("%s is a new member of the mesh", cluster.Name), After: about(cluster)})
	}
	for _, cluster := range removed {
		c.left(cluster)
	}
	for _, pair := range both {
		base, head := pair.base, pair.head
		if base.ControlPlane != head.ControlPlane {
			c.add(planeChanged, Change{
				Object:   head.ID,
				Class:    "controlPlane",
				Clusters: []string{head.Name, head.ControlPlane},
				At:       c.fieldOf(head.Name, "controlPlane"),
				Says:     say("another control plane serves %s", head.Name),
				Before:   value(base.ControlPlane),
				After:    value(head.ControlPlane),
			})
		}
		if base.ClusterID != head.ClusterID {
			c.add(clusterIDChanged, Change{
				Object:   head.ID,
				Class:    "clusterID",
				Clusters: []string{head.Name},
				At:       c.fieldOf(head.Name, "clusterID"),
				Says:     say("%s has another ID in Istio", head.Name),
				Before:   value(base.ClusterID),
				After:    value(head.ClusterID),
			})
		}
	}
	if c.base.Mesh == nil {
		return
	}
	if base, head := c.base.Summary, c.head.Summary; base.Mesh != head.Mesh {
		c.add(meshRenamed, Change{
			Object: "mesh",
			Class:  "name",
			At:     c.field("metadata.name"),
			Says:   say("the mesh has another name"),
			Before: value(base.Mesh),
			After:  value(head.Mesh),
		})
	}
	if base, head := c.base.Summary, c.head.Summary; base.Discovery != head.Discovery {
		c.add(discoveryChanged, Change{
			Object: "mesh",
			Class:  "discovery",
			At:     c.field("spec.discovery"),
			Says:   say("control planes discover endpoints with other objects"),
			Before: value(base.Discovery),
			After:  value(head.Discovery),
		})
	}
}

// about describes a new cluster for reviewers.
func about(cluster summary.Cluster) []string {
	var all []string
	for _, endpoint := range cluster.Endpoints {
		if endpoint.Server != "" {
			all = append(all, "API server "+endpoint.Server)
		}
		for _, ca := range endpoint.CAs {
			all = append(all, "API server CA "+certificateText(ca))
		}
		if endpoint.Proxy != "" {
			all = append(all, "proxy "+endpoint.Proxy)
		}
	}
	if cluster.ControlPlane != cluster.Name {
		all = append(all, "control plane of "+cluster.ControlPlane)
	}
	if cluster.Network != "" {
		all = append(all, "network "+cluster.Network)
	}
	if cluster.Gateway != nil && len(cluster.Gateway.Addresses) > 0 {
		all = append(all, "east-west gateway at "+strings.Join(cluster.Gateway.Addresses, ", "))
	}
	return all
}

// left describes what a removed cluster keeps, and what must be removed where.
func (c *comparison) left(cluster summary.Cluster) {
	change := Change{
		Object:   cluster.ID,
		Class:    "member",
		Clusters: []string{cluster.Name},
		At:       gone(cluster.At),
		Says:     say("%s is no longer a member of the mesh", cluster.Name),
	}
	var readers, targets []string
	for _, access := range c.base.Summary.RemoteAccess {
		if access.Target == cluster.Name && !access.Revoked {
			readers = append(readers, access.Consumer)
		}
		if access.Consumer == cluster.Name && !access.Revoked {
			targets = append(targets, access.Target)
		}
	}
	if len(targets) > 0 {
		change.More = append(change.More, say("it keeps credentials for %s until its readers are pruned there",
			names(targets)))
	}
	if len(readers) > 0 {
		change.More = append(change.More, say("its API server keeps accounts for %s until they are deleted there",
			names(readers)))
	}
	for _, one := range c.base.Summary.Trust.Intermediates {
		if one.Cluster == cluster.Name && one.Expires != "" {
			change.More = append(change.More,
				say("it can sign for the mesh until its intermediate expires (%s), or the root is rotated", one.Expires))
		}
	}
	c.add(clusterLeft, change)
}

// names lists the first few names.
func names(all []string) string {
	const maxNames = 12
	if len(all) > maxNames {
		return strings.Join(all[:maxNames], ", ") + " and others"
	}
	return strings.Join(all, ", ")
}
