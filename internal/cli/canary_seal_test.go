package cli_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// canaryRecipient is a public key; nobody has the other half.
const canaryRecipient = "age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w"

// canaryIdentity stands where an identity of age belongs, and where none does.
func canaryIdentity() string { return "AGE-SECRET-KEY-1" + canaryAge }

// sealedMesh has both clusters sealed for.
func sealedMesh(recipient string) string {
	return strings.Replace(twoClusters()["mesh.yaml"], "spec:\n", fmt.Sprintf("spec:\n  sealing: {format: sops, age: {recipients: [%q]}}\n", recipient), 1)
}

// sealInputs are secrets where seal looks for keys, ciphertext and settings, and what it is there for.
func sealInputs() []input {
	identity := "# created by a test\n" + canaryIdentity() + "\n"
	with := func(name string, files map[string]string) input {
		all := map[string]string{"mesh.yaml": sealedMesh(canaryRecipient), "id.agekey": identity}
		maps.Copy(all, files)
		return input{name: name, files: all}
	}
	var inputs []input
	for _, token := range tokenInputs() {
		inputs = append(inputs, with("seal, "+token.name, token.files))
	}
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: istio-system}\n"
	for what, text := range map[string]string{
		"a plain Secret":       secret + "stringData: {west: %q}\n",
		"a block without more": secret + "stringData: {west: %q}\nsops: {age: []}\n",
		"plain beside cipher":  secret + "data: {west: %q}\nstringData: {west: ''}\nsops: {mac: x}\n",
		"a key of a map":       secret + "stringData: {%q: x}\nsops: {mac: x}\n",
		"no YAML":              "%s: {\n",
		"only it":              "%s\n",
		"a name":               "apiVersion: v1\nkind: Secret\nmetadata: {name: %q, namespace: istio-system}\nsops: {mac: x}\n",
		"a SealedSecret":       "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: istio-remote-secret-west, namespace: istio-system}\nspec: {template: {data: {west: %q}}}\n",
	} {
		for kind, token := range map[string]string{"": canaryToken(), ", opaque": canaryOpaque} {
			inputs = append(inputs, with("sealed, "+what+kind, map[string]string{"sealed/east/remote-secret-west.yaml": fmt.Sprintf(text, token)}))
		}
	}
	for what, text := range map[string]string{"a key": canaryKey(), "a token": canaryToken(), "an EC key": strings.ReplaceAll(canaryKey(), "PRIVATE", "EC PRIVATE"), "two lines": identity + canaryOpaque} {
		inputs = append(inputs, with("identity, "+what, map[string]string{"id.agekey": text}))
	}
	return append(inputs,
		with("recipient is an identity", map[string]string{"mesh.yaml": sealedMesh(canaryIdentity())}),
		with("recipient is a token", map[string]string{"mesh.yaml": sealedMesh(canaryToken())}),
		with("settings of others", map[string]string{".sops.yaml": "token: " + canaryToken()}),
		with("source key", map[string]string{"credentials/sealing.key": canaryToken()}),
		with("controller's key for its certificate", map[string]string{"clusters/sealing.crt": canaryKey(), "mesh.yaml": strings.Replace(
			sealedMesh(canaryRecipient), "{format: sops,", "{format: sealedSecrets, sealedSecrets: {certificate: clusters/sealing.crt},", 1)}),
	)
}

func sealCommands() []command {
	return []command{
		{args: "validate --identity=id.agekey"},
		{args: "validate -o json"},
		{args: "render --output-dir=deploy"},
		{args: "render --cluster=east --secrets=skip"},
		{args: "seal --cluster=east --identity=id.agekey"},
		{args: "seal"},
		{args: "seal"},
		{args: "render --output-dir=deploy --force"},
		{args: "render --cluster=east --secrets=skip -o json"},
		{args: "render --cluster=east --secrets=mask"},
		{args: "validate --identity=id.agekey"},
	}
}

// TestCanarySeals shows that the others look at something: the token is there, sealed.
func TestCanarySeals(t *testing.T) {
	sealInputs()[0].enter(t)
	if got := run(false, "seal"); got.code != 0 {
		t.Fatalf("seal: %d\n%s", got.code, got.stderr)
	}
	if text := filesHere(t)["sealed/east/remote-secret-west.yaml"]; !strings.Contains(text, "west: ENC[AES256_GCM,data:") {
		t.Errorf("nothing is sealed:\n%s", text)
	}
}
