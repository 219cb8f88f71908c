package sealing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// edit is a change of a sealed file: the first old becomes new. An empty old stands for the end of the file.
type edit struct{ old, new, want string }

func (e edit) apply(t *testing.T, what, text string) string {
	t.Helper()
	if e.old == "" {
		return text + e.new
	}
	if !strings.Contains(text, e.old) {
		t.Fatalf("%s: there is no %q to change", what, e.old)
	}
	return strings.Replace(text, e.old, e.new, 1)
}

func checkRefused(t *testing.T, sealed string, edits map[string]edit) {
	t.Helper()
	for what, e := range edits {
		_, err := sealing.Parse([]byte(e.apply(t, what, sealed)))
		if fmt.Sprint(err) != e.want {
			t.Errorf("%s:\n got %v\nwant %s", what, err, e.want)
		}
	}
}

// Whatever another reader could see in a file, and Prove would not, is refused: fields that differ in case
// or that this program does not write, at every level; and what is YAML to one reader in another way.
func TestParseRefusesInBothForms(t *testing.T) {
	const quoted = "is a key that is not text to every YAML reader: quote it"
	for form, holder := range map[string]holder{"sops": newHolder(t), "SealedSecret": newController(t)} {
		t.Run(form, func(t *testing.T) {
			checkRefused(t, holder.seal(t, remote(t, nil), ""), map[string]edit{
				"finalizers":         {"metadata:\n", "metadata:\n  finalizers: [a/b]\n", "metadata.finalizers: unknown field"},
				"owner":              {"metadata:\n", "metadata:\n  ownerReferences: [{kind: Node}]\n", "metadata.ownerReferences: unknown field"},
				"generateName":       {"metadata:\n", "metadata:\n  generateName: a\n", "metadata.generateName: unknown field"},
				"uid":                {"metadata:\n", "metadata:\n  uid: a\n", "metadata.uid: unknown field"},
				"status":             {"", "status: {}\n", "status: unknown field"},
				"immutable":          {"", "immutable: true\n", "immutable: unknown field"},
				"another field":      {"", "x-anything: 1\n", "x-anything: unknown field"},
				"kind in capitals":   {"kind:", "Kind: ConfigMap\nkind:", "kind: differs from Kind in letter case only"},
				"metadata twice":     {"metadata:\n", "Metadata: {name: x}\nmetadata:\n", "metadata: differs from Metadata in letter case only"},
				"a long s":           {"  namespace: istio-system\n", "  name\u017fpace: evil\n  namespace: istio-system\n", "metadata.namespace: differs from name\u017fpace in letter case only"},
				"a long s alone":     {"  namespace: istio-system\n", "  name\u017fpace: istio-system\n", "metadata.name\u017fpace: unknown field"},
				"a name twice":       {"  name: istio", "  name: evil\n  name: istio", "metadata.name: duplicate field"},
				"a name by escape":   {"  name: istio", "  \"n\\u0061me\": evil\n  name: istio", "metadata.name: duplicate field"},
				"annotations folded": {"  annotations:\n", "  Annotations: {}\n  annotations:\n", "metadata.annotations: differs from Annotations in letter case only"},
				"an annotation": {"  annotations:\n", "  annotations:\n    argocd.argoproj.io/hook: PreDelete\n",
					"metadata.annotations[argocd.argoproj.io/hook]: is not written by kubectl mesh seal"},
				"the scope": {"  annotations:\n", "  annotations:\n    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n",
					"metadata.annotations[sealedsecrets.bitnami.com/cluster-wide]: is not written by kubectl mesh seal"},
				"last applied": {"  annotations:\n", "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\n",
					"metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]: repeats the plain object"},
				"a fact of our prefix": {"  annotations:\n", "  annotations:\n    kubectl-mesh.dev/anything: a\n",
					"metadata.annotations[kubectl-mesh.dev/anything]: is not written by kubectl mesh seal"},
				"a fact in capitals": {"  annotations:\n", "  annotations:\n    kubectl-mesh.dev/Server: a\n",
					"metadata.annotations[kubectl-mesh.dev/server]: differs from kubectl-mesh.dev/Server in letter case only"},
				"a fact that no terminal is to see": {"    kubectl-mesh.dev/server: https", "    kubectl-mesh.dev/server: \"\\u200bhttps\"\n    # https",
					"metadata.annotations[kubectl-mesh.dev/server]: has characters that kubectl mesh seal does not write"},
				"prune, another way": {"  annotations:\n", "  annotations:\n    kustomize.toolkit.fluxcd.io/prune: enabled\n",
					"metadata.annotations[kustomize.toolkit.fluxcd.io/prune]: must be disabled"},
				"a label":                {"  labels:\n", "  labels:\n    app: a\n", "metadata.labels.app: is not written by kubectl mesh seal"},
				"managed by another":     {"managed-by: kubectl-mesh", "managed-by: Helm", "metadata.labels[app.kubernetes.io/managed-by]: must be kubectl-mesh"},
				"a label that is a word": {"/mesh: shop", "/mesh: yes", "metadata.labels[kubectl-mesh.dev/mesh]: is text to some YAML readers only: quote it"},
				"a label that is true":   {"/mesh: shop", "/mesh: true", "metadata.labels: must be a string, and is a boolean"},
				"an anchor":              {"  name: istio", "  name: &a istio", "metadata.name: has an anchor: remove it"},
				"an alias":               {"  namespace: istio-system\n", "  namespace: *a\n", "the document is not YAML"},
				"a merge":                {"metadata:\n", "metadata:\n  <<: {name: evil}\n", "metadata: merges another mapping: replace it with its fields"},
				"a tag":                  {"  name: istio", "  name: !!str istio", "metadata.name: has a tag: remove it"},
				"a key that is a number": {"  labels:\n", "  labels:\n    1: a\n", "metadata.labels.1: " + quoted},
				"a second document":      {"", "---\napiVersion: v1\nkind: Secret\n", "the document has a second YAML document"},
				"a document before":      {"apiVersion:", "kind: Secret\n---\napiVersion:", "the document has a second YAML document"},
				"text behind the end":    {"", "...\nkind: Secret\n", "the document has a second YAML document"},
				"a directive":            {"# Sealed", "%YAML 1.1\n---\n# Sealed", "the document has a YAML directive: remove the line that begins with %"},
				"NUL":                    {"", "# \x00\n", "the document contains the character U+0000"},
				"UTF-16":                 {"# Sealed", "\xff\xfe# Sealed", "the document is not UTF-8 text"},
				"a line separator":       {"# Sealed", "# Sealed\u2028metadata: evil", "the document contains the character U+2028"},
				"carriage return":        {"# Sealed", "# Sealed\rmetadata: evil", "the document contains the character U+000D"},
				"deep":                   {"", "x: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "\n", "the document is nested deeper than 32 levels"},
				"deeper":                 {"", "x: " + strings.Repeat("[", 2<<20) + "\n", "the document is larger than 4 MiB or 50000 lines"},
				"huge":                   {"", "# " + strings.Repeat("x", 4<<20) + "\n", "the document is larger than 4 MiB or 50000 lines"},
				"many values":            {"", "x: [" + strings.Repeat("a,", 1<<20) + "]\n", "the document is larger than 4 MiB or 50000 lines"},
			})
		})
	}
}

func TestParseRefusesOfSOPS(t *testing.T) {
	const plain = "stringData: value 1 of 2 is not encrypted by sops"
	checkRefused(t, newHolder(t).seal(t, remote(t, nil), ""), map[string]edit{
		"no name":              {"  name: istio-remote-secret-west\n", "", "metadata.name: must be the name of a Secret"},
		"no namespace":         {"  namespace: istio-system\n", "", "metadata.namespace: must be the name of a namespace"},
		"a path for a name":    {"  name: istio-remote-secret-west\n", "  name: ../west\n", "metadata.name: must be the name of a Secret"},
		"another version":      {"apiVersion: v1", "apiVersion: v2", "it is neither a SOPS Secret nor a SealedSecret"},
		"a plain value":        {"stringData:\n", "stringData:\n  a: SECRETSECRET\n", plain},
		"a plain value in ENC": {"stringData:\n", "stringData:\n  a: ENC[SECRETSECRET]\n", plain},
		"an empty value":       {"stringData:\n", "stringData:\n  a: ''\n", "stringData: a value is empty"},
		"a number":             {"stringData:\n", "stringData:\n  a: 12\n", "stringData: must be a string, and is a number"},
		"a word":               {"stringData:\n", "stringData:\n  a: yes\n", "stringData.a: is text to some YAML readers only: quote it"},
		"a mapping":            {"stringData:\n", "stringData:\n  a: {b: c}\n", "stringData: must be a string, and is a mapping"},
		"no value":             {"  west: ENC", "  # west: ENC", "stringData: has no value"},
		"a key twice":          {"  west: ENC", "  west: ENC[]\n  west: ENC", "stringData.west: duplicate field"},
		"a key in two cases":   {"  west: ENC", "  West: ENC[]\n  west: ENC", "stringData.west: differs from West in letter case only"},
		"a key of no Secret":   {"  west: ENC", "  we/st: ENC", "stringData: a key is not a valid Secret key"},
		"unsorted":             {"", "  a: ENC[]\n", "stringData: the keys are not sorted, and the MAC covers the values in their order; " + plain},
		"stringdata":           {"stringData:\n", "stringdata: {west: SECRETSECRET}\nstringData:\n", "stringData: differs from stringdata in letter case only"},
		"data":                 {"stringData:\n", "data: {a: U0VDUkVU}\nstringData:\n", "data: unknown field"},
		"a type":               {"stringData:\n", "type: kubernetes.io/tls\nstringData:\n", "type: must be Opaque"},
		"spec":                 {"stringData:\n", "spec: {}\nstringData:\n", "spec: unknown field"},
		"a controller":         {"  annotations:\n", "  annotations:\n    kubectl-mesh.dev/sealing-certificate-sha256: " + strings.Repeat("ab", 32) + "\n", "metadata.annotations[kubectl-mesh.dev/sealing-certificate-sha256]: is not written by kubectl mesh seal"},
		"no block":             {"\nsops:\n", "\nSOPS:\n", "it is a plain Secret: it has no sops block"},
		"a block of text":      {"\nsops:\n", "\nsops: a\nx:\n", "sops: must be a mapping, and is a string"},
		"two blocks":           {"\nsops:\n", "\nSops: {pgp: [{fp: AA}]}\nsops:\n", "sops: differs from Sops in letter case only"},
		"kms":                  {"\nsops:\n", "\nsops:\n  kms: [{arn: a, enc: b}]\n", "sops.kms: allows decryption without an age recipient"},
		"gcp_kms":              {"\nsops:\n", "\nsops:\n  gcp_kms: [{resource_id: a, enc: b}]\n", "sops.gcp_kms: allows decryption without an age recipient"},
		"azure_kv":             {"\nsops:\n", "\nsops:\n  azure_kv: [{vault_url: a, enc: b}]\n", "sops.azure_kv: allows decryption without an age recipient"},
		"hc_vault":             {"\nsops:\n", "\nsops:\n  hc_vault: [{vault_address: a, enc: b}]\n", "sops.hc_vault: allows decryption without an age recipient"},
		"pgp":                  {"\nsops:\n", "\nsops:\n  pgp: [{fp: AA, enc: x}]\n", "sops.pgp: allows decryption without an age recipient"},
		"hckms":                {"\nsops:\n", "\nsops:\n  hckms: [{key_id: a}]\n", "sops.hckms: unknown field"},
		"key groups":           {"\nsops:\n", "\nsops:\n  key_groups: [{pgp: []}]\n  shamir_threshold: 1\n", "sops.key_groups: unknown field; sops.shamir_threshold: unknown field"},
		"AGE":                  {"\nsops:\n", "\nsops:\n  AGE: [{recipient: a}]\n", "sops.age: differs from AGE in letter case only"},
		"AGE alone":            {"  age:\n", "  Age:\n", "sops.Age: unknown field"},
		"a field of a stanza":  {"    recipient: ", "    note: SECRETSECRET\n    recipient: ", "sops.age[0].note: unknown field"},
		"other settings":       {"encrypted_regex: ^(data|stringData)$", "encrypted_regex: ^stringData$", "sops.encrypted_regex: must be ^(data|stringData)$"},
		"unencrypted_suffix":   {"  encrypted_regex:", "  unencrypted_suffix: _plain\n  encrypted_regex:", "sops.unencrypted_suffix: unknown field"},
		"MAC over all":         {"mac_only_encrypted: true", "mac_only_encrypted: false", "sops.mac_only_encrypted: must be true"},
		"MAC as text":          {"mac_only_encrypted: true", "mac_only_encrypted: \"true\"", "sops.mac_only_encrypted: must be a boolean, and is a string"},
	})
}

func TestParseRefusesOfSealedSecrets(t *testing.T) {
	controller := newController(t)
	sealed := controller.seal(t, remote(t, nil), "")
	_, ciphertext, _ := strings.Cut(sealed, "    west: ")
	ciphertext = ciphertext[:strings.Index(ciphertext, "\n")]
	changed := func(change func(string) string, want string) edit {
		return edit{"    west: " + ciphertext, "    west: " + change(ciphertext), want}
	}
	const none = "spec.encryptedData: value 1 of 1 is not encrypted for a SealedSecrets controller"
	checkRefused(t, sealed, map[string]edit{
		"no name":              {"  name: istio-remote-secret-west\n", "", "metadata.name: must be the name of a Secret; spec.template.metadata.name: must be metadata.name"},
		"no namespace":         {"  namespace: istio-system\n", "", "metadata.namespace: must be the name of a namespace; spec.template.metadata.namespace: must be metadata.namespace"},
		"a path for a name":    {"  name: istio-remote-secret-west\n", "  name: ../west\n", "metadata.name: must be the name of a Secret; spec.template.metadata.name: must be metadata.name"},
		"another version":      {"bitnami.com/v1alpha1", "bitnami.com/v1", "it is neither a SOPS Secret nor a SealedSecret"},
		"encrypteddata":        {"  encryptedData:\n", "  encrypteddata: {west: evil}\n  encryptedData:\n", "spec.encryptedData: differs from encrypteddata in letter case only"},
		"encrypteddata behind": {"  template:\n", "  encrypteddata: {west: evil}\n  template:\n", "spec.encrypteddata: differs from encryptedData in letter case only"},
		"encrypteddata alone":  {"  encryptedData:\n", "  encrypteddata:\n", "spec.encrypteddata: unknown field"},
		"spec in capitals":     {"\nspec:\n", "\nSpec: {encryptedData: {west: evil}}\nspec:\n", "spec: differs from Spec in letter case only"},
		"data of the spec":     {"  template:\n", "  data: U0VDUkVU\n  template:\n", "spec.data: unknown field"},
		"more of the spec":     {"  template:\n", "  scope: cluster\n  template:\n", "spec.scope: unknown field"},
		"data of the template": {"  template:\n", "  template:\n    data: {west: evil}\n", "spec.template.data: unknown field"},
		"immutable":            {"  template:\n", "  template:\n    immutable: true\n", "spec.template.immutable: unknown field"},
		"a template twice":     {"  template:\n", "  Template: {data: {west: evil}}\n  template:\n", "spec.template: differs from Template in letter case only"},
		"a type":               {"  template:\n", "  template:\n    type: kubernetes.io/tls\n", "spec.template.type: must be Opaque"},
		"finalizers":           {"    metadata:\n", "    metadata:\n      finalizers: [a/b]\n", "spec.template.metadata.finalizers: unknown field"},
		"owner":                {"    metadata:\n", "    metadata:\n      ownerReferences: []\n", "spec.template.metadata.ownerReferences: unknown field"},
		"a long s": {"      namespace: istio-system\n", "      name\u017fpace: evil\n      namespace: istio-system\n",
			"spec.template.metadata.namespace: differs from name\u017fpace in letter case only"},
		"another name":      {"      name: istio-remote-secret-west\n", "      name: cacerts\n", "spec.template.metadata.name: must be metadata.name"},
		"another namespace": {"      namespace: istio-system\n", "      namespace: evil\n", "spec.template.metadata.namespace: must be metadata.namespace"},
		"an annotation": {"      annotations:\n", "      annotations:\n        sealedsecrets.bitnami.com/managed: \"true\"\n",
			"spec.template.metadata.annotations[sealedsecrets.bitnami.com/managed]: is not written by kubectl mesh seal"},
		"the scope of the template": {"      annotations:\n", "      annotations:\n        sealedsecrets.bitnami.com/namespace-wide: \"true\"\n",
			"spec.template.metadata.annotations[sealedsecrets.bitnami.com/namespace-wide]: is not written by kubectl mesh seal"},
		"facts on the Secret": {"      annotations:\n", "      annotations:\n        kubectl-mesh.dev/server: https://203.0.113.66\n",
			"spec.template.metadata.annotations[kubectl-mesh.dev/server]: is not written by kubectl mesh seal"},
		"a label":             {"      labels:\n", "      labels:\n        app: a\n", "spec.template.metadata.labels.app: is not written by kubectl mesh seal"},
		"istio's label":       {"  labels:\n", "  labels:\n    istio/multiCluster: \"true\"\n", "metadata.labels[istio/multiCluster]: is not written by kubectl mesh seal"},
		"another value of it": {"        istio/multiCluster: \"true\"\n", "        istio/multiCluster: \"false\"\n", "spec.template.metadata.labels[istio/multiCluster]: must be true"},
		"plain beside":        {"\nspec:\n", "\ndata: {a: b}\nspec:\n", "data: unknown field"},
		"stringData beside":   {"\nspec:\n", "\nstringData: {a: b}\nspec:\n", "stringData: unknown field"},
		"sops beside":         {"\nspec:\n", "\nsops: {}\nspec:\n", "sops: unknown field"},
		"no value":            {"    west: ", "    # west: ", "spec.encryptedData: has no value"},
		"a key of no Secret":  {"    west: ", "    we/st: ", "spec.encryptedData: a key is not a valid Secret key"},
		"a number":            {"    west: ", "    a: 12\n    west: ", "spec.encryptedData: must be a string, and is a number"},
		"a word":              {"    west: ", "    a: on\n    west: ", "spec.encryptedData.a: is text to some YAML readers only: quote it"},
		"a key in two cases":  {"    west: ", "    West: AAAA\n    west: ", "spec.encryptedData.west: differs from West in letter case only"},
		"base64 with a blank": changed(func(s string) string { return s[:8] + " " + s[8:] }, none),
		"base64 over lines":   changed(func(s string) string { return "|-\n      " + s[:64] + "\n      " + s[64:] }, none),
		"base64 folded":       changed(func(s string) string { return ">-\n      " + s[:64] + "\n      " + s[64:] }, none),
		"base64 with no end":  changed(func(s string) string { return strings.TrimRight(s, "=")[:len(s)-5] }, none),
		"base64 of URLs":      changed(func(s string) string { return strings.Repeat("-_", len(s)/4*2) }, none),
		"a plain value":       changed(func(string) string { return "U0VDUkVUU0VDUkVU" }, none),
		"a value of its size": changed(func(s string) string { return "AAAA" + s[4:] }, none),
	})
}

// What is taken is rendered as the one text that this program writes of it, whatever the file looks like.
func TestParseRendersWhatItHasVerified(t *testing.T) {
	for form, holder := range map[string]holder{"sops": newHolder(t), "SealedSecret": newController(t)} {
		for what, secret := range map[string]sealing.Secret{"remote secret": remote(t, nil), "cacerts": cacerts(t)} {
			sealed := holder.seal(t, secret, "hmac-sha256:00112233:44")
			_, canonical, _ := strings.Cut(sealed, "\n") // without the comment
			asJSON, err := yaml.YAMLToJSON([]byte(sealed))
			if err != nil {
				t.Fatal(err)
			}
			var tree map[string]any
			if err := json.Unmarshal(asJSON, &tree); err != nil {
				t.Fatal(err)
			}
			indented, err := json.MarshalIndent(tree, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			for how, text := range map[string]string{
				"as it is":        sealed,
				"byte order mark": "\ufeff" + sealed,
				"CRLF":            strings.ReplaceAll(sealed, "\n", "\r\n"),
				"markers":         "---\n" + sealed + "...\n",
				"comments":        strings.ReplaceAll(sealed, "metadata:\n", "metadata: # a comment\n# another\n"),
				"quotes":          strings.ReplaceAll(sealed, "  namespace: istio-system\n", "  \"namespace\": 'istio-system'\n"),
				"JSON":            string(asJSON),
				"JSON, indented":  string(indented),
				"older sops":      strings.ReplaceAll(sealed, "\nsops:\n", "\nsops:\n  kms: []\n  gcp_kms: []\n  azure_kv: []\n  hc_vault: []\n  pgp: []\n"),
				"null":            withNullLabels(sealed),
			} {
				file, err := sealing.Parse([]byte(text))
				if err != nil {
					t.Errorf("%s of %s, %s: %v", form, what, how, err)
					continue
				}
				if rendered, err := manifest.Encode(file.Object()); err != nil || string(rendered) != canonical {
					t.Errorf("%s of %s, %s: %v\n%s\nand not\n%s", form, what, how, err, rendered, canonical)
				}
				if err := file.Prove(holder.keys); err != nil {
					t.Errorf("%s of %s, %s: %v", form, what, how, err)
				}
			}
		}
	}
}

// withNullLabels says that there are no labels if there are none.
func withNullLabels(sealed string) string {
	if strings.Contains(sealed, "labels:") {
		return sealed
	}
	return strings.Replace(sealed, "metadata:\n", "metadata:\n  labels:\n", 1)
}
