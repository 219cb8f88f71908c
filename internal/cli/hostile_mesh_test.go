package cli_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// payloads are texts that nobody means well with.
func payloads() map[string]string {
	return map[string]string{
		"ESC": "a\x1b[31mb", "C1": "a\u009b31mb", "lines": "a\nhint: forged\nerror: forged", "override": "a\u202eb", "isolate": "a\u2066b",
		"zero width": "a\u200bb", "variation": "a\ufe0f", "tag": "a\U000e0041", "filler": "\u3164", "separator": "a\u2028b", "no-break": "a\u00a0b",
		"path": "../../outside/x", "absolute": "/etc/passwd", "drive": `C:\x`, "device": "con", "substitution": "$(touch ../outside/executed)",
		"backtick": "`touch ../outside/executed`", "quote": "a'; touch ../outside/executed; '", "template": "{{ .Values.x }}", "long": strings.Repeat("x", 100_000),
		"option": "--kubeconfig=x", "anchor": "&a *a", "merge": "<<: *x",
	}
}

// put sets a field of a document, by its path: lists have numbers.
func put(document map[string]any, path string, value any) {
	var at any = document
	steps := strings.Split(path, ".")
	for i, step := range steps {
		last := i == len(steps)-1
		if index, err := strconv.Atoi(step); err == nil {
			at = at.([]any)[index]
			continue
		}
		object := at.(map[string]any)
		if last {
			object[step] = value
			return
		}
		if object[step] == nil {
			object[step] = map[string]any{}
		}
		at = object[step]
	}
}

// hostileMesh is the mesh of twoClusters with a field set, as JSON, which is YAML.
func hostileMesh(path string, value any) string {
	cluster := func(name, address string) any {
		return map[string]any{"name": name, "context": "ctx-" + name,
			"api": map[string]any{"server": "https://203.0.113." + address, "certificateAuthority": "clusters/api.crt"}}
	}
	document := map[string]any{"apiVersion": "kubectl-mesh.dev/v1alpha1", "kind": "Mesh", "metadata": map[string]any{"name": "shop"},
		"spec": map[string]any{"reader": map[string]any{"allowNonExpiring": true},
			"trust": map[string]any{"ca": map[string]any{"provider": "none"}}, "clusters": []any{cluster("east", "10"), cluster("west", "20")}}}
	put(document, path, value)
	return ascii(document)
}

// ascii is a document in flow style, in ASCII: an editor would show nothing but escapes.
func ascii(document any) string {
	var b strings.Builder
	text, _ := json.Marshal(document) // of plain values
	for _, r := range string(text) {
		if r < 0x7f {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// anyMesh is run on what a mesh or its facts hold: it may be fine, and then nothing comes of it.
func anyMesh(says ...string) []attempt {
	return []attempt{
		{args: "validate -o json", exits: []int{0, 2}},
		{args: "validate", exits: []int{0, 2}, says: says},
		{args: "render --output-dir deploy", exits: []int{0, 1, 2, 3}},
	}
}

// meshAttacks: the owner's own files and flags may say everything, but not so that somebody reads another thing.
func meshAttacks(*testing.T) []attack {
	var attacks []attack
	for path := range strings.FieldsSeq(`metadata.name spec.clusters.0.name spec.clusters.0.context spec.clusters.0.uid spec.clusters.0.network
		spec.clusters.0.clusterID spec.clusters.0.trustDomain spec.clusters.0.locality.region spec.clusters.0.api.server
		spec.clusters.0.api.certificateAuthority spec.clusters.0.api.tlsServerName spec.clusters.0.api.proxyURL spec.clusters.0.istio.revision
		spec.clusters.0.istio.version spec.clusters.0.gateway.namespace spec.clusters.0.gke.project spec.clusters.0.gke.cluster
		spec.reader.serviceAccount spec.trust.domain`) {
		for name, value := range payloads() {
			last := path[strings.LastIndex(path, ".")+1:]
			if strings.Contains(path, "gke") {
				last = "gke" // a location is missing there as well
			}
			attacks = append(attacks, attack{name: path + ", " + name, files: map[string]string{"mesh.yaml": hostileMesh(path, value)}, runs: anyMesh(last)})
		}
	}
	return append(append(attacks, wholeMeshes()...), flagAttacks()...)
}

// wholeMeshes are texts that are no mesh, and texts that would be a large one.
func wholeMeshes() []attack {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'j'; i++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	many := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: x}\nspec:\n  clusters:\n" + strings.Repeat("  - {name: a}\n", 30_000)
	var attacks []attack
	for name, text := range map[string]string{
		"empty": "", "NUL": "a: \x00", "no UTF-8": "a: \xff\xfe", "UTF-16": "\xff\xfea\x00", "aliases": bomb, "deep lists": strings.Repeat("[", 100_000),
		"deep maps": strings.Repeat("{a: ", 50_000), "deep JSON": strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_000), "many clusters": many,
		"large": "# " + strings.Repeat("x", 5<<20), "two documents": twoClusters()["mesh.yaml"] + "---\n" + twoClusters()["mesh.yaml"],
		"duplicate key": twoClusters()["mesh.yaml"] + "kind: Mesh\n", "folded key": twoClusters()["mesh.yaml"] + "Kind: Mesh\n",
		"tag": "!!python/object/apply:os.system [\"touch ../outside/executed\"]", "binary": "\x7fELF\x02\x01\x01",
		"override in a comment": twoClusters()["mesh.yaml"] + "# \u202e\n", "a carriage return in a comment": twoClusters()["mesh.yaml"] + "# a\rspec: {}\n",
	} {
		attacks = append(attacks, attack{name: "mesh.yaml, " + name, files: map[string]string{"mesh.yaml": text}, runs: []attempt{
			{args: "validate", exits: []int{2}, says: []string{"mesh.yaml"}},
			{args: "render --cluster east", exits: []int{2}},
		}})
	}
	return attacks
}

// flagAttacks: what is not printed is in no flag, and no name leads out.
func flagAttacks() []attack {
	var attacks []attack
	for name, value := range payloads() {
		if strings.ContainsAny(value, " \n") || name == "long" { // arguments are split at blanks here
			continue
		}
		attacks = append(attacks, attack{name: "flags, " + name, runs: []attempt{
			{args: "render --cluster " + value, exits: []int{2}, says: []string{"error: "}},
			{args: "validate -f ./" + value, exits: []int{2}, says: []string{"error: "}},
			{args: "explain " + value, exits: []int{2}, says: []string{"error: "}},
			{args: "check --kubeconfig ./" + value, exits: []int{1, 2}, says: []string{"error: "}},
		}})
	}
	return attacks
}

// factsAttacks: another site writes them.
func factsAttacks(*testing.T) []attack {
	facts := func(path string, value any) string {
		document := map[string]any{"apiVersion": "kubectl-mesh.dev/v1alpha1", "kind": "ClusterFacts", "metadata": map[string]any{"name": "east"}, "spec": map[string]any{}}
		put(document, path, value)
		return ascii(document)
	}
	var attacks []attack
	for path := range strings.FieldsSeq(`metadata.name spec.network spec.kubernetesVersion spec.api.server spec.api.certificateAuthorityData
		spec.api.tlsServerName spec.api.proxyURL spec.api.serviceAccountIssuer spec.locality.region spec.locality.zone spec.istio.version
		spec.istio.revision spec.gke.project spec.gke.network spec.installed.meshID spec.installed.clusterID`) {
		for name, value := range payloads() {
			last := path[strings.LastIndex(path, ".")+1:]
			attacks = append(attacks, attack{name: path + ", " + name, files: map[string]string{"clusters/east.yaml": facts(path, value)}, runs: anyMesh(last)})
		}
	}
	for field, value := range map[string]any{
		"context": "prod", "uid": "0123", "reader": map[string]any{"serviceAccount": "admin"}, "readerGenerations": map[string]any{"west": []int{9}},
		"revokedReaders": map[string]any{"west": 9}, "sealing": map[string]any{"format": "none"}, "controlPlane": "west", "clusters": []any{}, "links": []any{},
		"trust": map[string]any{"ca": map[string]any{}}, "waivers": []any{}, "Context": "prod", "conte\u017ft": "prod", "name": "west", "token": "x",
	} {
		attacks = append(attacks, attack{name: "spec." + field, files: map[string]string{"clusters/east.yaml": facts("spec."+field, value)}, runs: []attempt{
			{args: "validate", exits: []int{2}, says: []string{"clusters/east.yaml", "spec." + field}},
			{args: "render --cluster west", exits: []int{2}, says: []string{"spec." + field}},
			{args: "render --output-dir deploy", exits: []int{2}},
		}})
	}
	return append(attacks, dumpAttacks()...)
}

// dumpAttacks: what gcloud has printed somewhere else.
func dumpAttacks() []attack {
	var attacks []attack
	for path := range strings.FieldsSeq(`0.name 0.location 0.endpoint 0.network 0.subnetwork 0.selfLink 0.masterAuth.clusterCaCertificate 0.currentMasterVersion
		0.clusterIpv4Cidr 0.workloadIdentityConfig.workloadPool 0.fleet.project 0.status`) {
		for name, value := range payloads() {
			dump := map[string]any{"list": []any{map[string]any{"name": "east", "location": "us-east1", "endpoint": "203.0.113.10", "network": "default",
				"selfLink": "https://container.googleapis.com/v1/projects/acme-prod/locations/us-east1/clusters/east"}}}
			put(dump, "list."+path, value)
			mesh := strings.Replace(twoClusters()["mesh.yaml"], "name: east,", "name: east, gke: {project: acme-prod, location: us-east1, cluster: east},", 1)
			attacks = append(attacks, attack{name: "dump, " + path + ", " + name, runs: []attempt{
				{args: "import gke dump.json", exits: []int{0, 1, 2}},
				{args: "validate", exits: []int{0}},
			}, files: map[string]string{"dump.json": jsonText(dump["list"]), "mesh.yaml": mesh}})
		}
	}
	return attacks
}

func jsonText(value any) string {
	text, _ := json.Marshal(value) // of plain values
	return string(text)
}

// stateAttacks: only this program writes it, and somebody may have edited it.
func stateAttacks(*testing.T) []attack {
	const head = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\n"
	texts := map[string]string{
		"empty": "", "no YAML": "{", "another kind": "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\n", "unknown field": head + "spec: {context: prod}\n",
		"a context": head + "spec: {clusters: {east: {context: prod}}}\n", "a folded key": head + "spec: {clusters: {east: {UID: a}}}\n",
		"two UIDs": head + "spec: {clusters: {east: {uid: a, uid: b}}}\n", "an alias": head + "spec: {clusters: {east: &a {uid: a}, west: *a}}\n",
		"a number": head + "spec: {clusters: {east: {uid: 010}}}\n", "two documents": head + "---\n" + head, "a negative generation": head + "spec: {clusters: {east: {readerGenerations: {west: [-1]}}}}\n",
		"large": head + "# " + strings.Repeat("x", 5<<20), "deep": head + "spec: " + strings.Repeat("[", 20_000), "no text": "\x00\x01",
	}
	for name, value := range payloads() {
		quoted := ascii(value)
		texts["uid, "+name] = head + "spec: {clusters: {east: {uid: " + quoted + "}}}\n"
		texts["reader, "+name] = head + "spec: {clusters: {east: {readerGenerations: {" + quoted + ": [1]}}}}\n"
		texts["cluster, "+name] = head + "spec: {clusters: {" + quoted + ": {uid: a}}}\n"
	}
	var attacks []attack
	for name, text := range texts {
		attacks = append(attacks, attack{name: name, files: map[string]string{".kubectl-mesh/state.yaml": text}, runs: []attempt{
			{args: "validate", exits: []int{0, 2}, says: []string{"state.yaml"}},
			{args: "render --output-dir deploy", exits: []int{0, 2}},
			{args: "collect --pin", exits: []int{1, 2}},
		}})
	}
	return attacks
}
