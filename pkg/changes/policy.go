package changes

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of protection.
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
			ID:       policyRemoved,
			Severity: Danger,
			Title:    "Admission policy removed",
			Many:     "clusters without the admission policy",
			Why: "Without the policy, anyone with permission to create Secrets in istiod's namespace can make it read any " +
				"API server: a remote secret that is not of this mesh is admitted.",
			Review: "Verify who has permission to create Secrets there.",
		},
		{
			ID:       policyAdded,
			Severity: Note,
			Title:    "Admission policy added",
			Many:     "clusters with a new admission policy",
			Why:      "API servers admit only the remote secrets of this mesh.",
			Review:   "Verify that no other remote secret is in use: the policy rejects its next update.",
		},
		{
			ID:       waiverAdded,
			Severity: Warning,
			Title:    "Waiver added",
			Many:     "waivers added",
			Why:      "Findings of this rule no longer prevent rendering, or are no longer shown.",
			Review:   "Review the reason. Limit the waiver to the affected clusters.",
		},
		{
			ID:       waiverRemoved,
			Severity: Note,
			Title:    "Waiver removed",
			Many:     "waivers removed",
			Why:      "Findings of the rule are reported again.",
			Review:   "Nothing.",
		},
		{
			ID:       waiverReason,
			Severity: Note,
			Title:    "Reason of a waiver changed",
			Many:     "reasons of waivers changed",
			Why:      "Reviewers approved the previous reason.",
			Review:   "Review the new reason.",
		},
		{
			ID:       recipientAdded,
			Severity: Danger,
			Title:    "Sealing recipient added",
			Many:     "sealing recipients added",
			Why:      "Its holder can decrypt every credential that is sealed for this cluster in the future.",
			Review:   "Verify the public key with its holder over another channel.",
		},
		{
			ID:       recipientRemoved,
			Severity: Note,
			Title:    "Sealing recipient removed",
			Many:     "sealing recipients removed",
			Why:      "Its holder cannot decrypt new sealed files, but can still decrypt those in Git's history.",
			Review:   "Seal again, and rotate the credentials that the holder must no longer have.",
		},
		{
			ID:       storeChanged,
			Severity: Danger,
			Title:    "Secret store changed",
			Many:     "secret stores changed",
			Why:      "Credentials come from another store. Anyone who writes to it controls which credential is used.",
			Review:   "Verify who can write to the store.",
		},
		{
			ID:       sealedChanged,
			Severity: Danger,
			Title:    "Sealed credential changed",
			Many:     "sealed credentials changed",
			Why: "Ciphertext cannot be reviewed, and anyone who has the public key can create it. It may point the control " +
				"plane at another API server, or make it sign with another key, whatever its annotations claim.",
			Review: "With a key that decrypts it, compare it with its annotations: kubectl mesh validate --identity FILE",
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
			Says: say("%s admits only the remote secrets of this mesh", cluster)})
	}
	c.waivers()
}

func (c *comparison) waivers() {
	id := func(w summary.Waiver) string { return w.ID }
	removed, added, both := match(c.base.Summary.Waivers, c.head.Summary.Waivers, id)
	for _, waiver := range added {
		c.add(waiverAdded, Change{
			Object:   waiver.ID,
			Class:    "waiver",
			Clusters: waiver.Clusters,
			At:       waiver.At,
			Says:     waived(waiver),
			After:    value(waiver.Reason),
		})
	}
	for _, waiver := range removed {
		c.add(waiverRemoved, Change{
			Object:   waiver.ID,
			Class:    "waiver",
			Clusters: waiver.Clusters,
			At:       gone(waiver.At),
			Says:     say("findings of %s ("+plainFormat(waiver.Title)+") are reported again", waiver.Rule),
			Before:   value(waiver.Reason),
		})
	}
	for _, pair := range both {
		if pair.base.Reason != pair.head.Reason {
			c.add(waiverReason, Change{
				Object:   pair.head.ID,
				Class:    "reason",
				Clusters: pair.head.Clusters,
				At:       pair.head.At,
				Says:     say("the waiver of %s has another reason", pair.head.Rule),
				Before:   value(pair.base.Reason),
				After:    value(pair.head.Reason),
			})
		}
	}
}

func waived(waiver summary.Waiver) Phrase {
	title := " (" + plainFormat(waiver.Title) + ")"
	if waiver.Clusters == nil {
		return say("findings of %s"+title+" are accepted in every cluster, including future ones", waiver.Rule)
	}
	return say("findings of %s"+title+" are accepted in %s", waiver.Rule, names(waiver.Clusters))
}

// sealing compares the recipients of sealed credentials, and their other sources.
func (c *comparison) sealing() {
	for _, pair := range c.clusterSpecs() {
		base, head, name := pair.base, pair.head, pair.head.Name
		before, after := recipients(base), recipients(head)
		for _, one := range missing(before, after) {
			c.add(recipientAdded, Change{
				Object:   "sealing/" + name + "/" + one,
				Class:    "recipient",
				Clusters: []string{name},
				At:       c.fieldOf(name, "sealing"),
				Says:     say("credentials of %s are also sealed for %s", name, one),
				Common:   say("for %s", one),
			})
		}
		for _, one := range missing(after, before) {
			c.add(recipientRemoved, Change{
				Object:   "sealing/" + name + "/" + one,
				Class:    "recipient",
				Clusters: []string{name},
				At:       c.fieldOf(name, "sealing"),
				Says:     say("credentials of %s are no longer sealed for %s", name, one),
				Common:   say("for %s", one),
			})
		}
		if old, now := jsonText(base.Reader.External), jsonText(head.Reader.External); old != now {
			c.add(storeChanged, Change{
				Object:   "cluster/" + name,
				Class:    "readerStore",
				Clusters: []string{name},
				At:       c.fieldOf(name, "reader.external"),
				Says:     say("tokens for %s come from another secret store", name),
				Before:   value(old),
				After:    value(now),
			})
		}
	}
}

// recipients returns who can open what is sealed for a cluster.
func recipients(cluster *v1alpha1.Cluster) []string {
	switch cluster.Sealing.Format {
	case v1alpha1.SealingSealedSecrets:
		certificate := string(cluster.Sealing.SealedSecrets.CertificateData)
		return []string{"SealedSecrets controller with certificate " + sum(certificate)}
	case v1alpha1.SealingSOPS:
		return cluster.Sealing.Age.Recipients
	case v1alpha1.SealingNone:
	}
	return nil
}
