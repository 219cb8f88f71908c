package changes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of trust.
const (
	rootPinned          ID = "MC020"
	rootUnpinned        ID = "MC021"
	rootNotPinned       ID = "MC022"
	rootRemoved         ID = "MC023"
	phaseChanged        ID = "MC024"
	intermediateChanged ID = "MC025"
	domainChanged       ID = "MC026"
	aliasAdded          ID = "MC027"
	aliasRemoved        ID = "MC028"
	authorityChanged    ID = "MC029"
)

func trustKinds() []Kind {
	const root = "The holder of a root key can impersonate every workload of the mesh. "
	const compare = "Compare the SHA-256 with the owner of the root over another channel."
	return []Kind{
		{
			ID:       rootPinned,
			Severity: Danger,
			Title:    "Root pinned",
			Many:     "roots pinned",
			Why:      root + "spec.trust.ca.roots lists the roots that reviewers approved.",
			Review:   compare,
		},
		{
			ID:       rootUnpinned,
			Severity: Danger,
			Title:    "Root no longer pinned",
			Many:     "roots no longer pinned",
			Why: "Certificates under this root are rejected as soon as it is removed from trust/. If no root is pinned, " +
				"every root that is added to trust/ is accepted.",
			Review: "Verify that no cluster signs under it any longer, and that another root is pinned.",
		},
		{
			ID:       rootNotPinned,
			Severity: Danger,
			Title:    "Root present without being pinned",
			Many:     "roots present without being pinned",
			Why:      root + "This one is in trust/, or trusted by a cluster, without a reviewer's approval.",
			Review:   compare + " Then pin it in spec.trust.ca.roots, or remove it.",
		},
		{
			ID:       rootRemoved,
			Severity: Warning,
			Title:    "Root removed",
			Many:     "roots removed",
			Why:      "Workloads reject certificates under this root. This completes a rotation, or causes an outage.",
			Review: "Verify with kubectl mesh ca status that no cluster signs under it, and that all workloads have " +
				"certificates under another root.",
		},
		{
			ID:       phaseChanged,
			Severity: Warning,
			Title:    "Root rotation phase changed",
			Many:     "root rotation phases changed",
			Why: "The phases of a rotation are trust (both roots are trusted), sign (clusters sign under the new root) and " +
				"steady (the old root is removed). A phase is complete when the workloads have it, not when the Secret has it.",
			Review: "Verify that the previous phase was applied to every cluster and reached its workloads: kubectl mesh ca " +
				"status",
		},
		{
			ID:       intermediateChanged,
			Severity: Warning,
			Title:    "Intermediate certificate changed",
			Many:     "intermediate certificates changed",
			Why: "The cluster's istiod signs workload certificates with another certificate. The old one stays valid " +
				"until it expires.",
			Review: "Verify that the owner of the root issued the certificate.",
		},
		{
			ID:       domainChanged,
			Severity: Danger,
			Title:    "Trust domain changed",
			Many:     "trust domains changed",
			Why: "Every workload of the cluster gets another identity. Authorization policies that name the old one no " +
				"longer match.",
			Review: "Verify that policies and trust.domainAliases include both names until all workloads have new certificates.",
		},
		{
			ID:       aliasAdded,
			Severity: Danger,
			Title:    "Trust domain alias added",
			Many:     "trust domain aliases added",
			Why:      "Identities of this trust domain count as the mesh's own in every authorization policy.",
			Review:   "Verify who issues certificates in this trust domain.",
		},
		{
			ID:       aliasRemoved,
			Severity: Warning,
			Title:    "Trust domain alias removed",
			Many:     "trust domain aliases removed",
			Why:      "Identities of this trust domain no longer match authorization policies of the mesh.",
			Review:   "Verify that no workload has such an identity.",
		},
		{
			ID:       authorityChanged,
			Severity: Danger,
			Title:    "Source of signing certificates changed",
			Many:     "sources of signing certificates changed",
			Why:      "Anyone who controls this source can impersonate every workload of the mesh.",
			Review:   "Verify who controls the new source, and that it issues under a root that the mesh trusts.",
		},
	}
}

func (c *comparison) trust() {
	base, head := c.base.Summary.Trust, c.head.Summary.Trust
	c.roots(base.Roots, head.Roots)
	c.rotation(base.Rotation, head.Rotation)
	c.intermediates(base.Intermediates, head.Intermediates)
	for _, pair := range c.clusterSpecs() {
		if name := pair.head.Name; pair.base.TrustDomain != pair.head.TrustDomain {
			c.add(domainChanged, Change{
				Object:   "cluster/" + name,
				Class:    "trustDomain",
				Clusters: []string{name},
				At:       c.fieldOf(name, "trustDomain"),
				Says:     say("workloads of %s get identities in another trust domain", name),
				Before:   value(pair.base.TrustDomain),
				After:    value(pair.head.TrustDomain),
			})
		}
	}
	at := c.field("spec.trust.domainAliases")
	for _, alias := range missing(base.DomainAliases, head.DomainAliases) {
		c.add(aliasAdded, Change{
			Object: "trustDomainAlias/" + alias,
			Class:  "alias",
			At:     at,
			Says:   say("identities of trust domain %s count as the mesh's own", alias),
		})
	}
	for _, alias := range missing(head.DomainAliases, base.DomainAliases) {
		c.add(aliasRemoved, Change{
			Object: "trustDomainAlias/" + alias,
			Class:  "alias",
			At:     at,
			Says:   say("identities of trust domain %s no longer count as the mesh's own", alias),
		})
	}
	c.authority(base, head)
}

func (c *comparison) authority(base, head summary.Trust) {
	if c.base.Mesh == nil || c.head.Mesh == nil {
		return
	}
	add := func(class, format string, before, after string) {
		if before != after {
			c.add(authorityChanged, Change{
				Object: "authority",
				Class:  class,
				At:     head.At,
				Says:   say(format),
				Before: value(before),
				After:  value(after),
			})
		}
	}
	add("provider", "signing certificates come from another provider", base.Provider, head.Provider)
	add("keys", "signing keys are stored elsewhere", base.Keys, head.Keys)
	before, after := c.base.Mesh.Spec.Trust.CA, c.head.Mesh.Spec.Trust.CA
	add("issuer", "signing certificates come from another issuer of cert-manager",
		jsonText(before.IssuerRef), jsonText(after.IssuerRef))
	add("store", "signing certificates come from another secret store",
		jsonText(before.External), jsonText(after.External))
}

func rootText(root summary.Root) string {
	text := "SHA-256 " + root.SHA256
	if root.Subject != "" {
		text = root.Subject + ", " + text + ", valid until " + root.Expires
	}
	return text
}

func (c *comparison) roots(base, head []summary.Root) {
	before := map[string]summary.Root{}
	for _, root := range base {
		before[root.SHA256] = root
	}
	for _, root := range head {
		old := before[root.SHA256]
		delete(before, root.SHA256)
		c.root(old, root)
	}
	for _, root := range base {
		if _, gone := before[root.SHA256]; gone {
			c.root(root, summary.Root{ID: root.ID, SHA256: root.SHA256, Subject: root.Subject, Expires: root.Expires})
		}
	}
}

// root compares one root; on a side without it, it is neither pinned nor present.
func (c *comparison) root(old, root summary.Root) {
	object, text := "root/"+root.SHA256, rootText(root)
	add := func(id ID, class string, at summary.Place, says Phrase, before, after []string, more ...Phrase) {
		c.add(id, Change{
			Object:   object,
			Class:    class,
			Clusters: root.Signs,
			At:       at,
			Says:     says,
			Before:   before,
			After:    after,
			More:     more,
		})
	}
	inTrust := summary.Place{File: "trust/root-cert.pem"}
	was := []string{rootText(old)}
	if root.Pinned && !old.Pinned {
		more := []Phrase{}
		if !root.Present {
			more = append(more, say("it is not in trust/root-cert.pem yet"))
		}
		add(rootPinned, "pin", root.At, say("a root is pinned"), nil, []string{text}, more...)
	}
	if old.Pinned && !root.Pinned {
		more := []Phrase{}
		if root.Present {
			more = append(more, say("it is still in trust/root-cert.pem"))
		}
		if len(old.Signs) > 0 {
			more = append(more, say("%s signed under it", strings.Join(old.Signs, ", ")))
		}
		add(rootUnpinned, "pin", c.field("spec.trust.ca.roots"), say("a root is no longer pinned"), was, nil, more...)
	}
	if root.Present && !old.Present && !root.Pinned {
		add(rootNotPinned, "trust", inTrust, say("a root is in trust/ without being pinned"), nil, []string{text})
	}
	if names := missing(old.TrustedBy, root.TrustedBy); len(names) > 0 && !root.Pinned {
		says := say("%s report a root that is not pinned", strings.Join(names, ", "))
		add(rootNotPinned, "reported", root.At, says, nil, []string{text})
	}
	if old.Present && !root.Present {
		more := []Phrase{}
		if len(old.Signs) > 0 {
			more = append(more, say("%s signed under it", strings.Join(old.Signs, ", ")))
		}
		add(rootRemoved, "trust", inTrust, say("workloads no longer trust a root"), was, nil, more...)
	}
}

func (c *comparison) rotation(base, head *summary.Rotation) {
	var before, after summary.Rotation
	if base != nil {
		before = *base
	}
	if head != nil {
		after = *head
	}
	if base != nil && head != nil && before.Phase != after.Phase {
		change := Change{
			Object: "rotation",
			Class:  "phase",
			At:     summary.Place{File: "trust/root-cert.pem"},
			Says:   say("the root rotation is in another phase"),
			Before: value(cmp.Or(before.Phase, "unreadable")),
			After:  value(cmp.Or(after.Phase, "unreadable")),
		}
		if after.New != "" {
			change.More = append(change.More, say("old root: %s", after.Old), say("new root: %s", after.New))
		}
		if len(after.Behind) > 0 {
			change.More = append(change.More, say("still signing under the old root: %s", strings.Join(after.Behind, ", ")))
		}
		if len(after.Foreign) > 0 {
			change.More = append(change.More, say("signing under no root of the mesh: %s", strings.Join(after.Foreign, ", ")))
		}
		c.add(phaseChanged, change)
	}
	_, _, both := match(before.Applied, after.Applied, func(a summary.AppliedPhase) string { return a.Cluster })
	for _, pair := range both {
		if pair.base.Phase != pair.head.Phase || pair.base.Root != pair.head.Root {
			c.add(phaseChanged, Change{
				Object:   "rotation/" + pair.head.Cluster,
				Class:    "applied",
				Clusters: []string{pair.head.Cluster},
				At:       pair.head.At,
				Says:     say("another phase of the rotation was applied to %s", pair.head.Cluster),
				Before:   value(pair.base.Phase + " of root " + pair.base.Root),
				After:    value(pair.head.Phase + " of root " + pair.head.Root),
			})
		}
	}
}

func (c *comparison) intermediates(base, head []summary.Intermediate) {
	removed, added, both := match(base, head, func(i summary.Intermediate) string { return i.Cluster })
	for _, one := range removed {
		if c.stays(one.Cluster) && !one.Missing {
			c.intermediate(one, summary.Intermediate{Cluster: one.Cluster, Missing: true})
		}
	}
	for _, one := range added {
		if c.stays(one.Cluster) && !one.Missing {
			c.intermediate(summary.Intermediate{Cluster: one.Cluster, Missing: true}, one)
		}
	}
	for _, pair := range both {
		if !slices.Equal(intermediateText(*pair.base), intermediateText(*pair.head)) || pair.base.Root != pair.head.Root {
			c.intermediate(*pair.base, *pair.head)
		}
	}
}

func (c *comparison) intermediate(before, after summary.Intermediate) {
	c.add(intermediateChanged, Change{
		Object:   "intermediate/" + after.Cluster,
		Class:    "certificate",
		Clusters: []string{after.Cluster},
		At:       after.At,
		Says:     say("%s's istiod signs with another certificate", after.Cluster),
		Before:   intermediateText(before),
		After:    intermediateText(after),
	})
}

func intermediateText(i summary.Intermediate) []string {
	switch {
	case i.Missing:
		return nil
	case i.Problem != "":
		return []string{"unreadable: " + i.Problem}
	}
	text := certificateText(i.Certificate)
	if i.Root != "" {
		text += ", under root " + i.Root
	}
	return []string{text}
}
