package rules_test

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

func expiryCases() map[string][]ruleCase {
	const endless = "spec.reader.allowNonExpiring"
	const remedy = "allow it: set reader: {allowNonExpiring: true} in spec; or use credentials that expire: reader: {auth: clientCertificate}, kubectl mesh explain spec.reader.auth"
	return map[string][]ruleCase{
		"MESH040": {
			{name: "by default", spec: `{clusters: [{name: a}, {name: b}]}`, want: []mesh.Problem{found(endless, "the reader tokens for a, b never expire", remedy, "a", "b")}},
			{name: "those that are read", spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b}]}`,
				want: []mesh.Problem{found(endless, "the reader tokens for b never expire", remedy, "b")}},
			{name: "in a store too", spec: `{reader: {auth: external, external: {secretStoreRef: {name: s}}}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b}]}`,
				want: []mesh.Problem{found(endless, "the reader tokens for b never expire", remedy, "b")}},
			{name: "many", spec: `{clusters: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}, {name: g}]}`,
				want: []mesh.Problem{found(endless, "the reader tokens for a, b, c, d, e and 2 more never expire", remedy, "a", "b", "c", "d", "e", "f", "g")}},
			{name: "allowed", spec: `{reader: {allowNonExpiring: true}, clusters: [{name: a}, {name: b}]}`},
			{name: "allowed in one", spec: `{reader: {allowNonExpiring: true}, clusters: [{name: a}, {name: b, reader: {allowNonExpiring: false}}]}`,
				want: []mesh.Problem{found(endless, "the reader tokens for b never expire", remedy, "b")}},
			{name: "certificates", spec: `{reader: {auth: clientCertificate}, clusters: [{name: a}, {name: b}]}`},
			{name: "nobody reads", spec: `{links: [], clusters: [{name: a}, {name: b}]}`},
		},
		"MESH041": {
			{name: "revoked", spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, revokedReaders: {a: 2}}]}`, want: []mesh.Problem{found(
				"spec.clusters[1].revokedReaders", "a cannot read b: generation 2 of its credential is revoked", "kubectl mesh credentials rotate --link a:b; or remove the link", "b", "a")}},
			{name: "let in again", spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, revokedReaders: {a: 2}, readerGenerations: {a: [3]}}]}`},
			{name: "without a link", spec: `{links: [], clusters: [{name: a}, {name: b, revokedReaders: {a: 2}}]}`},
		},
		"MESH042": endingCases(),
		"MESH043": {
			{name: "a slip", spec: `{clusters: [{name: east}, {name: west, readerGenerations: {eats: [2]}, revokedReaders: {eats: 1, gone: 4}}]}`, want: []mesh.Problem{
				found("spec.clusters[1].readerGenerations", `generations are set for "eats", but no cluster has that name`, `did you mean "east"?`, "west"),
				found("spec.clusters[1].readerGenerations", `generations are set for "gone", but no cluster has that name`, "correct it, or remove it from .kubectl-mesh/state.yaml", "west")}},
			{name: "known", spec: `{clusters: [{name: east}, {name: west, readerGenerations: {east: [2]}}]}`},
		},
	}
}

func endingCases() []ruleCase {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	const file = "credentials/b/a/token"
	with := func(at time.Time, life, left time.Duration) func(*rules.Input) {
		return func(in *rules.Input) {
			in.Now = at
			c := rules.Credential{Target: "b", Consumer: "a", File: file, NotAfter: now.Add(left)}
			if life > 0 {
				c.NotBefore = c.NotAfter.Add(-life)
			}
			in.Credentials = []rules.Credential{c}
		}
	}
	const day = 24 * time.Hour
	says := func(what string) []mesh.Problem {
		return []mesh.Problem{inFile(file, found("", "the credential of a for b "+what, "kubectl mesh credentials rotate --link a:b", "b", "a"))}
	}
	const spec = `{clusters: [{name: a}, {name: b}]}`
	return []ruleCase{
		{name: "long before", spec: spec, change: with(now, 90*day, 15*day)},
		{name: "soon", spec: spec, change: with(now, 90*day, 13*day), want: says("expires at 2026-12-04T12:00:00Z")},
		{name: "over", spec: spec, change: with(now, 0, -time.Hour), want: says("expired at 2026-11-21T11:00:00Z")},
		{name: "a short life, just begun", spec: spec, change: with(now, 2*day, 40*time.Hour)},
		{name: "a short life, near its end", spec: spec, change: with(now, 2*day, 15*time.Hour), want: says("expires at 2026-11-22T03:00:00Z")},
		{name: "without a clock", spec: spec, change: with(time.Time{}, 0, -time.Hour)},
	}
}
