package changes

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// The kinds of changes of protection.
const (
	policyRemoved    ID = "MC050"
	policyAdded      ID = "MC051"
	waiverAdded      ID = "MC052"
	waiverRemoved    ID = "MC053"
	waiverReason     ID = "MC054"
	recipientAdded   ID = "MC055"
	recipientRemoved ID = "MC056"
	storeChanged     ID = "MC057"
	sealedChanged    ID = "MC058"
)

func policyKinds() []Kind {
	return []Kind{
		{
			ID: policyRemoved, Severity: Danger, Title: "Admission policy removed", Many: "clusters without the admission policy",
			Why: "Without the policy, whoever may create a Secret in the namespace of istiod can have it read any API server: a remote secret that " +
				"is not of this mesh is admitted.",
			Review: "Verify who may create Secrets there.",
		},
		{
			ID: policyAdded, Severity: Note, Title: "Admission policy added", Many: "clusters with a new admission policy",
			Why:    "API servers admit the remote secrets of this mesh and no others.",
			Review: "Verify that no remote secret of another origin is in use: the policy refuses its next update.",
		},
		{
			ID: waiverAdded, Severity: Warning, Title: "Waiver added", Many: "waivers added",
			Why:    "A finding of this rule no longer stops a rendering, or is no longer shown.",
			Review: "Judge the reason. Limit the waiver to the clusters that it is about.",
		},
		{
			ID: waiverRemoved, Severity: Note, Title: "Waiver removed", Many: "waivers removed",
			Why:    "Findings of the rule count again.",
			Review: "Nothing.",
		},
		{
			ID: waiverReason, Severity: Note, Title: "Reason of a waiver changed", Many: "reasons of waivers changed",
			Why:    "The reason is what reviewers have agreed to.",
			Review: "Judge the new reason.",
		},
		{
			ID: recipientAdded, Severity: Danger, Title: "Sealing recipient added", Many: "sealing recipients added",
			Why:    "Its holder can decrypt every credential that is sealed for this cluster from now on.",
			Review: "Verify the public key with its holder over another channel.",
		},
		{
			ID: recipientRemoved, Severity: Note, Title: "Sealing recipient removed", Many: "sealing recipients removed",
			Why:    "Its holder cannot decrypt what is sealed from now on, but keeps what is in the history of the repository.",
			Review: "Seal again, and rotate the credentials that the holder should no longer know.",
		},
		{
			ID: storeChanged, Severity: Danger, Title: "Secret store changed", Many: "secret stores changed",
			Why:    "Credentials come from another store. Who writes there decides which API server is read with what.",
			Review: "Verify who can write to the store.",
		},
		{
			ID: sealedChanged, Severity: Danger, Title: "Sealed credential changed", Many: "sealed credentials changed",
			Why: "Ciphertext cannot be reviewed, and everyone who has the public key can make it. What is inside may lead the control plane to another " +
				"API server, or have it sign with another key, whatever the annotations beside it say.",
			Review: "Where a key that opens it is at hand, compare it with its annotations: kubectl mesh validate --identity FILE",
		},
	}
}

func (c *comparison) policy() {
	base, head := c.base.Summary.Admission, c.head.Summary.Admission
	if base == nil {
		base = &summary.Admission{}
	}
	at := c.field("spec.admissionPolicy")
	if head == nil {
		head = &summary.Admission{}
	}
	for _, cluster := range missing(head.Clusters, base.Clusters) {
		if c.head.has(cluster) {
			c.add(policyRemoved, Change{Object: "admission/" + cluster, Class: "policy", Clusters: []string{cluster}, At: at,
				Says: say("%s admits every remote secret", cluster)})
		}
	}
	for _, cluster := range missing(base.Clusters, head.Clusters) {
		c.add(policyAdded, Change{Object: "admission/" + cluster, Class: "policy", Clusters: []string{cluster}, At: at,
			Says: say("%s admits the remote secrets of this mesh and no others", cluster)})
	}
	c.waivers()
}

func (c *comparison) waivers() {
	removed, added, both := match(c.base.Summary.Waivers, c.head.Summary.Waivers, func(w summary.Waiver) string { return w.ID })
	for _, waiver := range added {
		c.add(waiverAdded, Change{Object: waiver.ID, Class: "waiver", Clusters: waiver.Clusters, At: waiver.At, Says: waived(waiver), After: value(waiver.Reason)})
	}
	for _, waiver := range removed {
		c.add(waiverRemoved, Change{Object: waiver.ID, Class: "waiver", Clusters: waiver.Clusters, At: gone(waiver.At),
			Says: say("findings of %s ("+plainFormat(waiver.Title)+") count again", waiver.Rule), Before: value(waiver.Reason)})
	}
	for _, pair := range both {
		if pair.base.Reason != pair.head.Reason {
			c.add(waiverReason, Change{Object: pair.head.ID, Class: "reason", Clusters: pair.head.Clusters, At: pair.head.At,
				Says: say("the waiver of %s has another reason", pair.head.Rule), Before: value(pair.base.Reason), After: value(pair.head.Reason)})
		}
	}
}

func waived(waiver summary.Waiver) Phrase {
	title := " (" + plainFormat(waiver.Title) + ")"
	if waiver.Clusters == nil {
		return say("findings of %s"+title+" pass in every cluster, later ones too", waiver.Rule)
	}
	return say("findings of %s"+title+" pass in %s", waiver.Rule, names(waiver.Clusters))
}

// sealing compares for whom credentials are sealed, and where else they come from.
func (c *comparison) sealing() {
	for _, pair := range c.clusterSpecs() {
		base, head, name := pair.base, pair.head, pair.head.Name
		before, after := recipients(base), recipients(head)
		for _, one := range missing(before, after) {
			c.add(recipientAdded, Change{Object: "sealing/" + name + "/" + one, Class: "recipient", Clusters: []string{name}, At: c.fieldOf(name, "sealing"),
				Says: say("credentials of %s are sealed for %s, too", name, one), Common: say("for %s", one)})
		}
		for _, one := range missing(after, before) {
			c.add(recipientRemoved, Change{Object: "sealing/" + name + "/" + one, Class: "recipient", Clusters: []string{name}, At: c.fieldOf(name, "sealing"),
				Says: say("credentials of %s are no longer sealed for %s", name, one), Common: say("for %s", one)})
		}
		if old, now := jsonText(base.Reader.External), jsonText(head.Reader.External); old != now {
			c.add(storeChanged, Change{Object: "cluster/" + name, Class: "readerStore", Clusters: []string{name}, At: c.fieldOf(name, "reader.external"),
				Says: say("tokens for %s come from another secret store", name), Before: value(old), After: value(now)})
		}
	}
}

// recipients are those who can open what is sealed for a cluster.
func recipients(cluster *v1alpha1.Cluster) []string {
	switch cluster.Sealing.Format {
	case v1alpha1.SealingSealedSecrets:
		return []string{"SealedSecrets controller with certificate " + sum(string(cluster.Sealing.SealedSecrets.CertificateData))}
	case v1alpha1.SealingSOPS:
		return cluster.Sealing.Age.Recipients
	case v1alpha1.SealingNone:
	}
	return nil
}
