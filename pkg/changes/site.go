package changes

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of who may speak for a cluster in exchange files.
const (
	siteSpeaks            ID = "MC080"
	siteSilent            ID = "MC081"
	siteAdded             ID = "MC082"
	siteRemoved           ID = "MC083"
	signerAdded           ID = "MC084"
	signerRemoved         ID = "MC085"
	signerLimits          ID = "MC086"
	siteRecipientsAdded   ID = "MC087"
	siteRecipientsRemoved ID = "MC088"
)

func siteKinds() []Kind {
	return []Kind{
		{
			ID:       siteSpeaks,
			Severity: Danger,
			Title:    "Site speaks for a cluster",
			Many:     "clusters that another site speaks for",
			Why: "Exchange files from this site now set the facts of the cluster: its API server, its CA and its " +
				"gateway addresses. The site also requests certificates for the cluster, and provides the tokens for reading it.",
			Review: "Verify that the site operates the cluster.",
		},
		{
			ID:       siteSilent,
			Severity: Warning,
			Title:    "No site speaks for a cluster",
			Many:     "clusters that no site speaks for",
			Why:      "Exchange files about the cluster are now rejected.",
			Review:   "Verify that the facts and credentials of the cluster come from elsewhere.",
		},
		{
			ID:       siteAdded,
			Severity: Warning,
			Title:    "Site added",
			Many:     "sites added",
			Why:      "Exchange files from the site are accepted if an allowed signer of the site signed them.",
			Review:   "Verify who operates the site.",
		},
		{
			ID:       siteRemoved,
			Severity: Note,
			Title:    "Site removed",
			Many:     "sites removed",
			Why:      "Exchange files from the site are rejected.",
			Review:   "Remove the keys of the site from the allowed signers.",
		},
		{
			ID:       signerAdded,
			Severity: Danger,
			Title:    "Signer allowed",
			Many:     "signers allowed",
			Why: "The holder of the key speaks for every cluster of the site: its exchange files set API servers, CAs and " +
				"gateway addresses, and request certificates.",
			Review: "Verify the fingerprint with the holder over another channel.",
		},
		{
			ID:       signerRemoved,
			Severity: Note,
			Title:    "Signer no longer allowed",
			Many:     "signers no longer allowed",
			Why:      "Exchange files that this key signed are rejected. Imported facts and certificates are kept.",
			Review:   "If the key was compromised, review everything that was imported from the site.",
		},
		{
			ID:       signerLimits,
			Severity: Danger,
			Title:    "Limits of a signer changed",
			Many:     "signers with other limits",
			Why:      "The key signs for other namespaces, or is valid for another time.",
			Review:   "Verify the new limits with the holder of the key.",
		},
		{
			ID:       siteRecipientsAdded,
			Severity: Danger,
			Title:    "Exchange recipient added",
			Many:     "exchange recipients added",
			Why:      "Its holder can decrypt the tokens in every new exchange file for the site.",
			Review:   "Verify the public key with its holder over another channel.",
		},
		{
			ID:       siteRecipientsRemoved,
			Severity: Note,
			Title:    "Exchange recipient removed",
			Many:     "exchange recipients removed",
			Why:      "Its holder cannot decrypt new exchange files, but can still decrypt earlier ones.",
			Review:   "Rotate the credentials that the holder must no longer have.",
		},
	}
}

// Signer is a key that signs a site's exchange files.
type Signer struct {
	Site, Fingerprint string
	// Limits of the key: namespaces and validity.
	Limits []string
	// Line in trust/allowed_signers.
	Line int32
}

// sites compares which site may speak for which cluster. New clusters and new meshes are included, because the holder
// of the key can change the mesh.
func (c *comparison) sites() {
	c.speakers()
	byName := func(site v1alpha1.Site) string { return site.Name }
	removed, added, both := match(sitesOf(c.base.Mesh), sitesOf(c.head.Mesh), byName)
	for _, site := range added {
		c.site(siteAdded, site, c.siteField(site.Name, "name"), say("%s is a new site", site.Name))
		c.recipientsOf(v1alpha1.Site{}, site)
	}
	for _, site := range removed {
		c.site(siteRemoved, site, gone(c.field("spec.sites")), say("%s is no longer a site", site.Name))
	}
	for _, pair := range both {
		c.recipientsOf(*pair.base, *pair.head)
	}
	c.signers()
}

func (c *comparison) site(id ID, site v1alpha1.Site, at summary.Place, says Phrase) {
	c.add(id, Change{Object: "site/" + site.Name, Class: "site", Clusters: site.Clusters, At: at, Says: says})
}

// speakers compares each cluster's site.
func (c *comparison) speakers() {
	for _, cluster := range clustersOf(c.head.Mesh) {
		name := cluster.Name
		before, after := siteOf(c.base.Mesh, name), siteOf(c.head.Mesh, name)
		change := Change{Object: "cluster/" + name, Class: "site", Clusters: []string{name},
			Before: value(before), After: value(after)}
		switch {
		case before == after:
		case after == "":
			change.Says, change.At = say("no site speaks for %s", name), gone(c.field("spec.sites"))
			c.add(siteSilent, change)
		default:
			change.Says, change.At = say("site %s speaks for %s", after, name), c.siteField(after, "clusters")
			c.add(siteSpeaks, change)
		}
	}
}

func (c *comparison) recipientsOf(base, head v1alpha1.Site) {
	recipient := func(id ID, one, text string) {
		c.add(id, Change{Object: "site/" + head.Name + "/" + one, Class: "recipient", Clusters: head.Clusters,
			At: c.siteField(head.Name, "recipients"), Says: say(text, head.Name, one)})
	}
	for _, one := range missing(base.Recipients, head.Recipients) {
		recipient(siteRecipientsAdded, one, "tokens for site %s are also encrypted to %s")
	}
	for _, one := range missing(head.Recipients, base.Recipients) {
		recipient(siteRecipientsRemoved, one, "tokens for site %s are no longer encrypted to %s")
	}
}

// signers compares the keys in trust/allowed_signers.
func (c *comparison) signers() {
	removed, added, both := match(c.base.Signers, c.head.Signers, Signer.object)
	for _, signer := range added {
		change := signer.change(c.head.Mesh, "key %s signs for site %s")
		change.After = signer.Limits
		c.add(signerAdded, change)
	}
	for _, signer := range removed {
		change := signer.change(c.base.Mesh, "key %s no longer signs for site %s")
		change.At, change.Before = gone(change.At), signer.Limits
		c.add(signerRemoved, change)
	}
	for _, pair := range both {
		if slices.Equal(pair.base.Limits, pair.head.Limits) {
			continue
		}
		change := pair.head.change(c.head.Mesh, "key %s signs for site %s within other limits")
		change.Class, change.Before, change.After = "limits", pair.base.Limits, pair.head.Limits
		c.add(signerLimits, change)
	}
}

func (s Signer) object() string { return "signer/" + s.Site + "/" + s.Fingerprint }

// change of a signer, for the clusters that its site speaks for.
func (s Signer) change(mesh *v1alpha1.Mesh, text string) Change {
	change := Change{Object: s.object(), Class: "key", Says: say(text, s.Fingerprint, s.Site),
		At: summary.Place{File: layout.AllowedSigners(), Line: s.Line}}
	for _, site := range sitesOf(mesh) {
		if site.Name == s.Site {
			change.Clusters = site.Clusters
		}
	}
	return change
}

func sitesOf(mesh *v1alpha1.Mesh) []v1alpha1.Site {
	if mesh == nil {
		return nil
	}
	return mesh.Spec.Sites
}

// siteOf returns the site that speaks for a cluster; empty if there is none.
func siteOf(mesh *v1alpha1.Mesh, cluster string) string {
	if mesh == nil {
		return ""
	}
	site, _ := mesh.Spec.SiteOf(cluster)
	return site.Name
}

// siteField returns the place of a site's field on the head side.
func (c *comparison) siteField(name, path string) summary.Place {
	i := slices.IndexFunc(sitesOf(c.head.Mesh), func(site v1alpha1.Site) bool { return site.Name == name })
	return c.field(fmt.Sprintf("spec.sites[%d].%s", i, path))
}
