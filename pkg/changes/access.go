package changes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Kinds of changes of remote access.
const (
	accessGranted      ID = "MC001"
	accessRemoved      ID = "MC002"
	permissionsWidened ID = "MC003"
	permissionsReduced ID = "MC004"
	credentialWeakened ID = "MC005"
	credentialStronger ID = "MC006"
	credentialRotated  ID = "MC007"
	readerRevoked      ID = "MC008"
	tokensUnlimited    ID = "MC009"
)

func accessKinds() []Kind {
	return []Kind{
		{
			ID:       accessGranted,
			Severity: Danger,
			Title:    "Remote access granted",
			Many:     "new grants to read every Secret of another cluster",
			Why: "The control plane of the consumer gets a credential for the API server of the target. istiod must read " +
				"Secrets there, so anyone who has this credential, or runs code in that istiod, can read every Secret of the " +
				"target.",
			Review: "Verify that the consumer is meant to read the target, and that its owner agrees.",
		},
		{
			ID:       accessRemoved,
			Severity: Warning,
			Title:    "Remote access removed",
			Many:     "grants of remote access removed",
			Why: "The control plane of the consumer no longer learns the endpoints of the target, so calls from its " +
				"clusters to the target fail. The account and its credential stay in the target until they are pruned there.",
			Review: "Verify that no workload calls the target, and prune the target after the merge.",
		},
		{
			ID:       permissionsWidened,
			Severity: Danger,
			Title:    "Reader permissions widened",
			Many:     "readers with wider permissions",
			Why:      "A stolen credential grants the same permissions.",
			Review:   "Verify that the control plane needs the new permissions.",
		},
		{
			ID:       permissionsReduced,
			Severity: Note,
			Title:    "Reader permissions reduced",
			Many:     "readers with fewer permissions",
			Why:      "A stolen credential grants fewer permissions.",
			Review: "Verify that the control plane does not need the removed permissions: istiod stops syncing a cluster " +
				"in which it cannot list a resource.",
		},
		{
			ID:       credentialWeakened,
			Severity: Danger,
			Title:    "Credential weakened",
			Many:     "weaker reader credentials",
			Why: "Credentials differ in how long a stolen one is useful. From strong to weak: federated stores none, and " +
				"its tokens expire within the hour; a client certificate expires, and its bindings can be deleted; a token in " +
				"a secret store or in a Secret never expires. An account that all readers share cannot be revoked for one of " +
				"them.",
			Review: "Verify that the platform supports no stronger kind.",
		},
		{
			ID:       credentialStronger,
			Severity: Note,
			Title:    "Credential strengthened",
			Many:     "stronger reader credentials",
			Why:      "A stolen credential is useful for a shorter time, or can be revoked separately.",
			Review:   "Apply the target first: the consumer keeps its old credential until it has the new one.",
		},
		{
			ID:       credentialRotated,
			Severity: Note,
			Title:    "Credential rotated",
			Many:     "reader credentials rotated",
			Why: "The valid generations of a credential change. During a rotation two are valid; afterwards the old one is " +
				"deleted in the target. Some istiod releases must be restarted when a remote secret changes (docs/supported.md).",
			Review: "Verify that the rotation is intended, and complete it.",
		},
		{
			ID:       readerRevoked,
			Severity: Warning,
			Title:    "Reader revoked",
			Many:     "readers revoked",
			Why: "The target accepts no credential of the consumer any longer. The consumer loses the endpoints of the " +
				"target, and calls from its clusters to the target fail.",
			Review: "Verify that the revocation is intended, and apply to the target first: until then the credential works.",
		},
		{
			ID:       tokensUnlimited,
			Severity: Warning,
			Title:    "Non-expiring tokens allowed",
			Many:     "clusters that allow non-expiring tokens",
			Why: "Without this setting, a reader token that never expires is an error. A stolen one is useful until its " +
				"Secret is deleted.",
			Review: "Verify that the platform supports no credential that expires.",
		},
	}
}

func (c *comparison) access() {
	id := func(a summary.RemoteAccess) string { return a.ID }
	removed, added, both := match(c.base.Summary.RemoteAccess, c.head.Summary.RemoteAccess, id)
	for _, access := range added {
		c.grant(access)
	}
	for _, access := range removed {
		if !access.Revoked {
			c.add(accessRemoved, Change{
				Object: access.ID,
				Class:  "access",
				From:   access.Consumer,
				To:     access.Target,
				At:     gone(access.At),
				Says:   say("%s no longer reads %s", access.Consumer, access.Target),
			})
		}
	}
	for _, pair := range both {
		switch base, head := *pair.base, *pair.head; {
		case base.Revoked && !head.Revoked:
			c.grant(head)
		case head.Revoked && !base.Revoked:
			c.add(readerRevoked, Change{
				Object: head.ID,
				Class:  "revocation",
				From:   head.Consumer,
				To:     head.Target,
				At:     head.Credential.GenerationsAt,
				Says:   say("all credentials of %s for %s are revoked", head.Consumer, head.Target),
				Before: generations(base),
			})
		case !head.Revoked:
			c.regrant(base, head)
			c.credential(base, head)
		}
	}
	c.permissions()
	c.unlimited()
}

// unlimited compares whether readers may have tokens that never expire.
func (c *comparison) unlimited() {
	const path = "reader.allowNonExpiring"
	for _, pair := range c.clusterSpecs() {
		before, after := jsonText(pair.base.Reader.AllowNonExpiring), jsonText(pair.head.Reader.AllowNonExpiring)
		switch name := pair.head.Name; {
		case before == after:
		case after == "true":
			c.add(tokensUnlimited, Change{Object: "cluster/" + name, Class: path, Clusters: []string{name},
				At: c.fieldOf(name, path), Says: say("readers of %s may have tokens that never expire", name)})
		default:
			c.other(name, path, before, after)
		}
	}
}

// grant reports remote access that did not exist before.
func (c *comparison) grant(access summary.RemoteAccess) {
	if access.Revoked {
		return
	}
	change := Change{Object: access.ID, Class: "access", From: access.Consumer, To: access.Target, At: access.At,
		Says:   say("%s can read %s", access.Consumer, access.Target),
		Common: say("with " + credentialWords(access.Credential))}
	if access.EverySecret {
		change.Says.Format, change.Class = "%s can read every Secret of %s", "everySecret"
	}
	change.More = append(change.More, say("credential: "+credentialWords(access.Credential)))
	c.add(accessGranted, change)
}

// credentialWords are fixed texts without values of the mesh.
func credentialWords(credential summary.Credential) string {
	words := map[string]string{
		"token":             "a token",
		"clientCertificate": "a client certificate",
		"federated":         "no stored credential (federated)",
		"external":          "a token from a secret store",
	}[credential.Kind]
	if credential.Shared {
		words += " of an account that all readers share"
	}
	return words + "; lifetime: " + strings.ReplaceAll(credential.Lifetime, "%", "%%")
}

// regrant compares the permissions of a reader's roles.
func (c *comparison) regrant(base, head summary.RemoteAccess) {
	change := Change{
		Object: head.ID,
		Class:  "roles",
		From:   head.Consumer,
		To:     head.Target,
		At:     head.At,
		Before: roles(base),
		After:  roles(head),
	}
	switch {
	case head.EverySecret && !base.EverySecret:
		change.Class, change.Says = "everySecret", say("%s can now read every Secret of %s", head.Consumer, head.Target)
		c.add(permissionsWidened, change)
	case len(missing(roles(base), roles(head))) > 0:
		change.Says = say("%s has more roles in %s", head.Consumer, head.Target)
		c.add(permissionsWidened, change)
	case len(missing(roles(head), roles(base))) > 0:
		change.Says = say("%s has fewer roles in %s", head.Consumer, head.Target)
		c.add(permissionsReduced, change)
	}
}

func roles(access summary.RemoteAccess) []string {
	all := slices.Clone(access.Roles)
	if access.GrantedBy != "" {
		all = append(all, "permissions granted by "+access.GrantedBy)
	}
	return all
}

// strength orders kinds of credentials by how long a stolen one is usable.
func strength(kind string) int {
	return slices.Index([]string{"token", "external", "clientCertificate", "federated"}, kind)
}

func (c *comparison) credential(base, head summary.RemoteAccess) {
	before, after := base.Credential, head.Credential
	change := Change{
		Object: head.ID,
		Class:  "kind",
		From:   head.Consumer,
		To:     head.Target,
		At:     after.At,
		Before: value(before.Kind),
		After:  value(after.Kind),
		Says:   say("%s reads %s with another kind of credential", head.Consumer, head.Target),
		Common: say("from %s to %s", before.Kind, after.Kind),
	}
	switch {
	case strength(after.Kind) < strength(before.Kind):
		c.add(credentialWeakened, change)
	case before.Kind != after.Kind:
		c.add(credentialStronger, change)
	case !slices.Equal(before.Generations, after.Generations):
		c.add(credentialRotated, Change{
			Object: head.ID,
			Class:  "generations",
			From:   head.Consumer,
			To:     head.Target,
			At:     after.GenerationsAt,
			Says:   say("the valid generations of %s's credential for %s change", head.Consumer, head.Target),
			Before: generations(base),
			After:  generations(head),
		})
	}
	change = Change{
		Object: head.ID,
		Class:  "account",
		From:   head.Consumer,
		To:     head.Target,
		At:     after.At,
		Before: before.Identities,
		After:  after.Identities,
	}
	switch {
	case after.Shared && before.Shared && !slices.Equal(before.Identities, after.Identities):
		change.Says = say("%s reads %s with another account, whose other permissions it gets", head.Consumer, head.Target)
		c.add(permissionsWidened, change)
	case after.Shared && !before.Shared:
		change.Says = say("%s reads %s with an account that all readers share", head.Consumer, head.Target)
		c.add(credentialWeakened, change)
	case before.Shared && !after.Shared:
		change.Says = say("%s reads %s with an account of its own", head.Consumer, head.Target)
		c.add(credentialStronger, change)
	}
}

func generations(access summary.RemoteAccess) []string {
	var all []string
	for _, generation := range access.Credential.Generations {
		all = append(all, strconv.Itoa(int(generation)))
	}
	switch last := len(all) - 1; last {
	case -1:
		return nil
	case 0:
		return []string{"generation " + all[0]}
	default:
		return []string{"generations " + strings.Join(all[:last], ", ") + " and " + all[last]}
	}
}

// permissions compares what each cluster's roles grant.
func (c *comparison) permissions() {
	_, _, clusters := match(c.base.Summary.Clusters, c.head.Summary.Clusters, clusterName)
	for _, cluster := range clusters {
		_, _, both := match(cluster.base.Roles, cluster.head.Roles, func(r summary.Role) string { return r.Name })
		for _, role := range both {
			before, after := permissionTexts(*role.base), permissionTexts(*role.head)
			object := "role/" + cluster.head.Name + "/" + role.head.Name
			change := Change{Object: object, Class: "permissions", Clusters: []string{cluster.head.Name}, At: cluster.head.At}
			if more := missing(before, after); len(more) > 0 {
				change.Says, change.Before, change.After = say("role %s of %s grants more",
					role.head.Name, cluster.head.Name), missing(after, before), more
				c.add(permissionsWidened, change)
			} else if less := missing(after, before); len(less) > 0 {
				change.Says, change.Before = say("role %s of %s grants less", role.head.Name, cluster.head.Name), less
				c.add(permissionsReduced, change)
			}
		}
	}
}

func permissionTexts(role summary.Role) []string {
	var all []string
	for _, p := range role.Permissions {
		text := strings.Join(p.Verbs, ",") + " " + p.Resource
		if p.APIGroup != "" {
			text += "." + p.APIGroup
		}
		if p.Namespace != "" {
			text += " in " + p.Namespace
		}
		if p.Names != nil {
			text += ": " + strings.Join(p.Names, ", ")
		}
		all = append(all, text)
	}
	return all
}
