package cli_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// certificateAttacks: files of another site's authority, and requests to ours.
func certificateAttacks(t *testing.T) []attack {
	base := authorityWorkspace(t)
	request, certificate := base["trust/east/ca.csr"], base["trust/west/ca-cert.pem"]
	delete(base, "trust/east/ca.csr")
	var attacks []attack
	for name, text := range brokenPEM(request, certificate) {
		attacks = append(attacks, attack{name: "request, " + name, files: with(base, "their.csr", text), runs: []attempt{
			{args: "ca sign their.csr --cluster east --fingerprint SHA256:00 --passphrase-fd 0", exits: []int{1, 2}, says: []string{"error: "}},
		}})
	}
	for name, text := range brokenPEM(certificate, request) {
		attacks = append(attacks, attack{name: "certificate, " + name, files: with(base, "theirs.pem", text), runs: []attempt{
			{args: "ca import theirs.pem --cluster east", exits: []int{1, 2}, says: []string{"error: "}},
			{args: "ca import theirs.pem --cluster east --root-ca theirs.pem", exits: []int{1, 2}, says: []string{"error: "}},
		}}, attack{name: "workspace, " + name, files: with(base, "trust/west/ca-cert.pem", text), runs: []attempt{
			{args: "validate", exits: []int{0, 2, 3}, says: []string{"trust/"}},
			{args: "render --output-dir deploy", exits: []int{0, 1, 2, 3}},
			{args: "ca status", exits: []int{0, 1, 2, 3}},
		}}, attack{name: "root, " + name, files: with(base, "trust/root-cert.pem", text), runs: []attempt{
			{args: "validate", exits: []int{0, 2, 3}, says: []string{"trust/"}},
			{args: "ca status", exits: []int{0, 1, 2, 3}},
		}})
	}
	return attacks
}

func with(base map[string]string, name, text string) map[string]string {
	files := maps.Clone(base)
	files[name] = text
	return files
}

// authorityWorkspace has a root, a certificate of west, and a request of east.
func authorityWorkspace(t *testing.T) map[string]string {
	t.Helper()
	files := signingClusters()
	enter(t, files)
	for _, args := range []string{"ca init --insecure-no-passphrase", "ca issue --cluster west", "ca request --cluster east"} {
		if got := run(false, strings.Fields(args)...); got.code != 0 {
			t.Fatalf("%s: %s", args, got.stderr)
		}
	}
	made := filesHere(t)
	maps.DeleteFunc(made, func(name, _ string) bool { return strings.HasPrefix(name, ".git/") })
	return made
}

// brokenPEM are files where one is expected that is right.
func brokenPEM(right, other string) map[string]string {
	block, _ := pem.Decode([]byte(right))
	again := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	broken := map[string]string{
		"empty": "", "text": "hello\n", "NUL": "\x00", "another kind": other, "JSON": `{"cert":"x"}`, "BOM": "\ufeff" + other, "DER": string(block.Bytes),
		"twice": right + right, "many": strings.Repeat(right, 2000), "no end": strings.TrimSuffix(right, "-----\n"), "no base64": strings.ReplaceAll(right, "M", "!"),
		"headers": strings.Replace(right, "\n", "\nProc-Type: 4,ENCRYPTED\n\n", 1), "words before": "\u202e\x1b[31mhint: forged\n" + other,
		"another type": again("X509 CRL", block.Bytes), "a private key": again("PRIVATE KEY", block.Bytes), "rest": again(block.Type, append(bytes.Clone(block.Bytes), 0)),
		"large": again(block.Type, make([]byte, 2<<20)), "type with ESC": again("CERT\x1b[31m", block.Bytes), "type with override": again("CERT\u202e", block.Bytes),
	}
	for i := 1; i < 16; i++ {
		broken[fmt.Sprint("cut off at ", i, "/16")] = again(block.Type, block.Bytes[:len(block.Bytes)*i/16])
		flipped := bytes.Clone(block.Bytes)
		flipped[len(flipped)*i/16] ^= 0x55
		broken[fmt.Sprint("changed at ", i, "/16")] = again(block.Type, flipped)
	}
	return broken
}

// settingsAttacks: a directory brings settings for git, and more; nothing of it is executed.
func settingsAttacks(*testing.T) []attack {
	runs := []attempt{
		{args: "validate --secrets", exits: []int{0, 1, 2}},
		{args: "render --cluster east --secrets=mask", exits: []int{0, 1, 2}},
		{args: "render --output-dir deploy --secrets=include", exits: []int{0, 1, 2}},
	}
	settings := func(text string) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			file, err := os.OpenFile(".git/config", os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if _, err := file.WriteString(strings.ReplaceAll(text, "RUN", execute(t))); err != nil {
				t.Fatal(err)
			}
		}
	}
	var attacks []attack
	for name, text := range map[string]string{
		"fsmonitor": "[core]\n\tfsmonitor = \"RUN\"\n", "hooksPath": "[core]\n\thooksPath = .\n", "pager": "[core]\n\tpager = \"RUN\"\n",
		"editor": "[core]\n\teditor = \"RUN\"\n", "sshCommand": "[core]\n\tsshCommand = \"RUN\"\n", "askpass": "[core]\n\taskPass = \"RUN\"\n",
		"alias": "[alias]\n\tls-files = \"!RUN\"\n\trev-parse = \"!RUN\"\n\tcheck-ignore = \"!RUN\"\n", "diff": "[diff]\n\texternal = \"RUN\"\n",
		"filter": "[filter \"x\"]\n\tclean = \"RUN\"\n\tsmudge = \"RUN\"\n\tprocess = \"RUN\"\n\trequired = true\n", "textconv": "[diff \"x\"]\n\ttextconv = \"RUN\"\n",
		"credential helper": "[credential]\n\thelper = \"!RUN\"\n", "gpg": "[gpg]\n\tprogram = \"RUN\"\n", "trailer": "[trailer \"x\"]\n\tcmd = \"RUN\"\n",
		"partial clone": "[extensions]\n\tpartialClone = o\n[remote \"o\"]\n\tpromisor = true\n\turl = \"ext::sh -c '%S RUN'\"\n", "include": "[include]\n\tpath = ../mesh.yaml\n",
		"worktree": "[core]\n\tworktree = /\n", "excludes": "[core]\n\texcludesFile = /dev/zero\n", "attributes": "[core]\n\tattributesFile = /dev/zero\n",
		"broken": "[core\n", "ESC": "[core]\n\tx\x1b[31m = 1\n",
	} {
		attacks = append(attacks, attack{name: name, prepare: settings(text), files: map[string]string{".gitattributes": "* filter=x diff=x\n"}, runs: runs})
	}
	for name, files := range map[string]map[string]string{
		"ignore with an exception": {".gitignore": "*\n!credentials/\n!credentials/**\n"}, "ignore with blanks": {".gitignore": " /credentials/\n"},
		"ignore with NUL": {".gitignore": "\x00\x1b[31m\n"}, "settings of sops": {".sops.yaml": "creation_rules: [{age: x}]\nstores: {}\n"},
		"settings of gitleaks": {".gitleaks.toml": "[allowlist]\npaths = ['''.*''']\n"}, "submodules": {".gitmodules": "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh\n\tupdate = !touch ../outside/executed\n"},
		"names": {"a\u202eb.yaml": "x: 1\n", "hint: forged": "x", "-rf": "x", "a\nhint: forged": "token: x\n"},
		"lock":  {".kubectl-mesh/lock": "\x1b[31m\u202e", ".kubectl-mesh/staging/journal": "{"}, "tree lock": {"deploy/mesh.lock": "0000  ../../outside/x\n\x1b[31m"},
		"tree lock of devices": {"deploy/mesh.lock": strings.Repeat("0", 64) + "  con\n"},
	} {
		attacks = append(attacks, attack{name: name, files: files, runs: runs})
	}
	hook := attack{name: "hooks", runs: runs, prepare: func(t *testing.T) {
		t.Helper()
		if err := os.MkdirAll(".git/hooks", 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"} {
			if err := os.WriteFile(".git/hooks/"+name, []byte("#!/bin/sh\n"+execute(t)+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}}
	link := attack{name: "links that lead out", runs: runs, prepare: func(t *testing.T) {
		t.Helper()
		for from, to := range map[string]string{"clusters/east.yaml": "/etc/passwd", "trust": "/etc", "deploy": "../outside", "sealed": "../outside", ".sops.yaml": "/dev/zero"} {
			if err := os.Symlink(to, from); err != nil {
				t.Fatal(err)
			}
		}
	}}
	return append(attacks, hook, link)
}

// sealedAttacks: whoever may write to the repository may write ciphertext.
func sealedAttacks(t *testing.T) []attack {
	base := twoClusters()
	base["mesh.yaml"] = sealedMesh(canaryRecipient)
	enter(t, base)
	if got := run(false, "seal"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	const file = "sealed/east/remote-secret-west.yaml"
	made := filesHere(t)
	maps.DeleteFunc(made, func(name, _ string) bool { return strings.HasPrefix(name, ".git/") })
	right := made[file]
	if right == "" {
		t.Fatalf("nothing was sealed: %v", made)
	}
	texts := map[string]string{"empty": "", "no YAML": "{", "NUL": "\x00", "two documents": right + "---\n" + right, "duplicate": right + "kind: Secret\n",
		"folded twin": right + "Kind: Secret\n", "long s": right + "\u017fops: {}\n", "large": right + "# " + strings.Repeat("x", 5<<20), "deep": strings.Repeat("[", 50_000),
		"a plain Secret":        "apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: istio-system}\nstringData: {west: x}\n",
		"override in a comment": right + "# \u202e\n", "anchor": strings.Replace(right, "kind: Secret", "kind: &a Secret", 1)}
	for path, value := range map[string]any{
		"metadata.finalizers": []any{"x"}, "metadata.ownerReferences": []any{map[string]any{"kind": "Pod"}}, "metadata.namespace": "kube-system", "metadata.name": "cacerts",
		"metadata.labels.istio/multiCluster": "false", "metadata.labels.x": "y", "metadata.generateName": "x", "metadata.uid": "x", "metadata.managedFields": []any{},
		"status.x": "y", "immutable": true, "type": "kubernetes.io/service-account-token", "data.x": "eA==", "stringData.north": "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]",
		"sops.mac": "x", "sops.version": "\x1b[31m", "sops.lastmodified": "forever", "sops.kms": []any{map[string]any{"arn": "x"}}, "sops.pgp": []any{map[string]any{"fp": "x"}},
		"sops.hc_vault": []any{map[string]any{"vault_address": "http://127.0.0.1:1"}}, "sops.encrypted_regex": ".*", "sops.unencrypted_suffix": "_x", "sops.age": []any{},
	} {
		texts[path] = changed(t, right, path, value)
	}
	for name, value := range payloads() {
		texts["annotation, "+name] = changed(t, right, "metadata.annotations.x", value)
		texts["cipher, "+name] = changed(t, right, "stringData.west", value)
	}
	var attacks []attack
	for name, text := range texts {
		attacks = append(attacks, attack{name: name, files: with(made, file, text), runs: []attempt{
			{args: "validate", exits: []int{2}, says: []string{file}},
			{args: "render --cluster east --secrets=skip", exits: []int{0, 2}},
			{args: "render --output-dir deploy", exits: []int{2}, says: []string{file}},
		}})
	}
	return attacks
}

// changed is a document with a field set, of which slashes in names are part.
func changed(t *testing.T, text, path string, value any) string {
	t.Helper()
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	put(document, path, value)
	out, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
