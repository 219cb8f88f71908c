package rules_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

const rootFile = "trust/root-cert.pem"

// sum is a fingerprint that is easy to tell from others.
func sum(letter string) string { return strings.Repeat(letter, 64) }

// root is one in trust/, whose fingerprint is a letter, and that of its key the next.
func root(letter string, signs ...string) rules.Root {
	next := string(letter[0] + 1)
	return rules.Root{File: rootFile, SHA256: sum(letter), KeySHA256: sum(next), Subject: "CN=" + letter,
		NotAfter: time.Date(2036, 3, 1, 0, 0, 0, 0, time.UTC), Signs: signs}
}

// pinned is a mesh that pins roots, and whose clusters trust others.
func pinned(pins string, east, west string) string {
	of := func(letters string) string {
		var sums []string
		for _, letter := range strings.Split(letters, "") {
			sums = append(sums, sum(letter))
		}
		return "[" + strings.Join(sums, ", ") + "]"
	}
	trust := ""
	if pins != "" {
		trust = "trust: {ca: {roots: " + of(pins) + "}}, "
	}
	cluster := func(name, trusts string) string {
		if trusts == "" {
			return "{name: " + name + "}"
		}
		return "{name: " + name + ", installed: {rootSHA256: " + of(trusts) + "}}"
	}
	return fmt.Sprintf("{%sclusters: [%s, %s]}", trust, cluster("east", east), cluster("west", west))
}

func in(roots ...rules.Root) func(*rules.Input) {
	return func(in *rules.Input) { in.Roots = roots }
}

// rootCases are about roots in trust/ and in clusters.
func rootCases() map[string][]ruleCase {
	const compare = "compare the fingerprint with the owner of the root over another channel; then, in mesh.yaml, set spec.trust.ca.roots to: "
	list := func(letters ...string) string {
		var sums []string
		for _, letter := range letters {
			sums = append(sums, sum(letter))
		}
		return "[" + strings.Join(sums, ", ") + "]"
	}
	return map[string][]ruleCase{
		"MESH065": {
			{name: "the second of a rotation", spec: pinned("a", "", ""), change: in(root("a", "east"), root("c", "west")), want: []mesh.Problem{
				inFile(rootFile, found("", "root CN=c (SHA-256 "+sum("c")+") is not pinned", compare+list("a", "c"), "west"))}},
			{name: "another one", spec: pinned("a", "", ""), change: in(root("c")), want: []mesh.Problem{
				inFile(rootFile, found("", "root CN=c (SHA-256 "+sum("c")+") is not pinned", compare+list("a", "c")))}},
			{name: "both of a rotation are pinned", spec: pinned("ac", "", ""), change: in(root("a"), root("c"))},
			{name: "nothing is pinned", spec: pinned("", "", ""), change: in(root("a"))},
			{name: "nothing is there", spec: pinned("a", "", "")},
		},
		"MESH066": {
			{name: "two clusters", spec: pinned("a", "ce", "c"), want: []mesh.Problem{
				found("spec.trust.ca.roots", "east, west trust a root that is not pinned: SHA-256 "+sum("c"),
					"apply the certificates of the mesh and collect again: kubectl mesh render --apply; if the root belongs to the mesh, "+compare+list("a", "c"), "east", "west"),
				found("spec.trust.ca.roots", "east trusts a root that is not pinned: SHA-256 "+sum("e"),
					"apply the certificates of the mesh and collect again: kubectl mesh render --apply; if the root belongs to the mesh, "+compare+list("a", "e"), "east")}},
			{name: "pinned", spec: pinned("ac", "ac", "a")},
			{name: "in trust/ as well, of which MESH065 speaks", spec: pinned("a", "c", ""), change: in(root("c"))},
			{name: "nothing is pinned", spec: pinned("", "a", "c")},
		},
		"MESH067": {
			{name: "a root", spec: pinned("", "", ""), change: in(root("a")), want: []mesh.Problem{
				found("spec.trust.ca.roots", "the roots of the mesh are not pinned: CN=a", "in mesh.yaml, add below spec: trust: {ca: {roots: "+list("a")+"}}")}},
			{name: "two roots", spec: pinned("", "", ""), change: in(root("c"), root("a")), want: []mesh.Problem{
				found("spec.trust.ca.roots", "the roots of the mesh are not pinned: CN=c, CN=a", "in mesh.yaml, add below spec: trust: {ca: {roots: "+list("c", "a")+"}}")}},
			{name: "pinned", spec: pinned("a", "", ""), change: in(root("a"))},
			{name: "no root in trust/", spec: pinned("", "a", "")},
		},
		"MESH068": {
			{name: "a rotation is over", spec: pinned("ac", "c", "c"), change: in(root("c")), want: []mesh.Problem{
				found("spec.trust.ca.roots[0]", "the pinned root "+sum("a")+" is neither in trust/ nor in a cluster", "in mesh.yaml, set spec.trust.ca.roots to: "+list("c"))}},
			{name: "the only pin", spec: pinned("a", "c", ""), want: []mesh.Problem{
				found("spec.trust.ca.roots[0]", "the pinned root "+sum("a")+" is neither in trust/ nor in a cluster", "in mesh.yaml, remove spec.trust.ca.roots")}},
			{name: "the public key", spec: pinned("eb", "", ""), change: in(root("a"), root("e")), want: []mesh.Problem{
				found("spec.trust.ca.roots[1]", sum("b")+" is the SHA-256 of the public key of CN=a, not of the certificate", "in mesh.yaml, set spec.trust.ca.roots to: "+list("e", "a"))}},
			{name: "still in a cluster", spec: pinned("ac", "", "a"), change: in(root("c"))},
			{name: "nothing is known", spec: pinned("a", "", "")},
		},
		"MESH070": {
			{name: "two of three", spec: pinned("", "", ""), change: in(root("a", "east"), root("c"), root("e")), want: []mesh.Problem{
				inFile(rootFile, found("", "2 of 3 roots sign for no cluster: CN=c, CN=e", "remove them from trust/root-cert.pem"))}},
			{name: "all of them sign", spec: pinned("", "", ""), change: in(root("a", "east"), root("c", "west"), root("e", "east"))},
			{name: "a rotation", spec: pinned("", "", ""), change: in(root("a", "east"), root("c"))},
		},
		"MESH071": {
			{name: "in 179 days", spec: pinned("", "", ""), change: before(179*24*time.Hour, root("a", "east", "west")), want: []mesh.Problem{
				inFile(rootFile, found("", "the root CN=a expires on 2036-03-01", "kubectl mesh ca rotate --root", "east", "west"))}},
			{name: "yesterday", spec: pinned("", "", ""), change: before(-24*time.Hour, root("a")), want: []mesh.Problem{
				inFile(rootFile, found("", "the root CN=a expired on 2036-03-01", "kubectl mesh ca rotate --root"))}},
			{name: "in 181 days", spec: pinned("", "", ""), change: before(181*24*time.Hour, root("a"))},
			{name: "a rendering has no clock", spec: pinned("", "", ""), change: in(root("a"))},
		},
	}
}

// before is some time before the end of a root.
func before(left time.Duration, root rules.Root) func(*rules.Input) {
	return func(in *rules.Input) { in.Roots, in.Now = []rules.Root{root}, root.NotAfter.Add(-left) }
}

// signingCases are about what clusters sign with.
func signingCases() map[string][]ruleCase {
	const two = `{clusters: [{name: east}, {name: west}, {name: north}]}`
	with := func(certificates ...rules.Certificate) func(*rules.Input) {
		return func(in *rules.Input) {
			in.Certificates = certificates
			for i := range certificates {
				certificates[i].File = "trust/" + certificates[i].Cluster + "/ca-cert.pem"
			}
		}
	}
	noon := time.Date(2030, 3, 1, 12, 0, 0, 0, time.UTC)
	begins := func(in time.Duration) func(*rules.Input) {
		return func(input *rules.Input) {
			input.Now = noon
			with(rules.Certificate{Cluster: "east", NotBefore: noon.Add(in)})(input)
		}
	}
	return map[string][]ruleCase{
		"MESH091": {
			{name: "nothing", spec: two, want: []mesh.Problem{found("spec.trust.ca", "east, north, west share no root of trust: there are no certificates in trust/",
				"kubectl mesh ca init, then: kubectl mesh ca issue --all; if something else provides Secret cacerts, set trust: {ca: {provider: none}}", "east", "north", "west")}},
			{name: "a root alone", spec: `{clusters: [{name: east}, {name: west}]}`, change: in(root("a")), want: []mesh.Problem{found("spec.trust.ca",
				"east, west share no root of trust: there are no certificates in trust/",
				"kubectl mesh ca issue --all; if something else provides Secret cacerts, set trust: {ca: {provider: none}}", "east", "west")}},
			{name: "keys in the clusters", spec: `{trust: {ca: {keys: cluster}}, clusters: [{name: east}, {name: west}]}`, want: []mesh.Problem{found("spec.trust.ca",
				"east, west share no root of trust: there are no certificates in trust/", "kubectl mesh ca init, then: kubectl mesh ca request and kubectl mesh ca sign for each cluster; "+
					"if something else provides Secret cacerts, set trust: {ca: {provider: none}}", "east", "west")}},
			{name: "certificates", spec: two, change: with(rules.Certificate{Cluster: "east"})},
			{name: "of another", spec: `{trust: {ca: {provider: none}}, clusters: [{name: east}, {name: west}]}`},
			{name: "one istiod", spec: `{clusters: [{name: east}, {name: west, controlPlane: east}]}`},
		},
		"MESH069": {
			{name: "three of three", spec: two, change: with(rules.Certificate{Cluster: "east", KeySHA256: "aa"}, rules.Certificate{Cluster: "north", KeySHA256: "aa"},
				rules.Certificate{Cluster: "west", KeySHA256: "aa"}), want: []mesh.Problem{inFile("trust/west/ca-cert.pem", found("",
				"east, north, west sign with the same key: SHA-256 aa", "create another key for west: kubectl mesh ca rotate --cluster west", "east", "north", "west"))}},
			{name: "two of three", spec: two, change: with(rules.Certificate{Cluster: "east", KeySHA256: "aa"}, rules.Certificate{Cluster: "north", KeySHA256: "bb"},
				rules.Certificate{Cluster: "west", KeySHA256: "bb"}), want: []mesh.Problem{inFile("trust/west/ca-cert.pem", found("",
				"north, west sign with the same key: SHA-256 bb", "create another key for west: kubectl mesh ca rotate --cluster west", "north", "west"))}},
			{name: "a key each", spec: two, change: with(rules.Certificate{Cluster: "east", KeySHA256: "aa"}, rules.Certificate{Cluster: "west", KeySHA256: "bb"})},
			{name: "not known", spec: two, change: with(rules.Certificate{Cluster: "east"}, rules.Certificate{Cluster: "west"})},
		},
		"MESH072": {
			{name: "tomorrow", spec: two, change: begins(24 * time.Hour), want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
				"the certificate of east is not valid before 2030-03-02T12:00:00Z", "compare the clocks of this machine and of the CA", "east"))}},
			{name: "now", spec: two, change: begins(0)},
			{name: "a rendering has no clock", spec: two, change: with(rules.Certificate{Cluster: "east", NotBefore: noon})},
		},
	}
}
