package render_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// admissionOf is the policy in a cluster's overlay, if there is one.
func admissionOf(t testing.TB, in render.Input, cluster string) (policy admissionv1.ValidatingAdmissionPolicy, found bool) {
	t.Helper()
	overlay, err := render.Compile(in, cluster, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range overlay.Manifests {
		if !isAdmissionPolicy(m.Objects) {
			continue
		}
		stream, err := render.Overlay{Cluster: cluster, Manifests: []render.Manifest{{Objects: m.Objects[:1]}}}.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalStrict(stream, &policy); err != nil {
			t.Fatal(err)
		}
		return policy, true
	}
	return policy, false
}

func isAdmissionPolicy(objects []render.Object) bool {
	return len(objects) > 0 && *objects[0].GetKind() == "ValidatingAdmissionPolicy"
}

func variable(t testing.TB, policy admissionv1.ValidatingAdmissionPolicy, name string) string {
	t.Helper()
	for _, v := range policy.Spec.Variables {
		if v.Name == name {
			return v.Expression
		}
	}
	t.Fatalf("no variable %s", name)
	return ""
}

// Every remote secret that any scenario renders would be admitted: the digits that the policy knows are
// those that its kubeconfig begins with, as far as the credential.
func TestPoliciesKnowWhatIsRendered(t *testing.T) {
	pairs := regexp.MustCompile(`'([^']+)': '([A-Za-z0-9+/=]+)'`)
	secrets := 0
	eachScenario(t, func(t *testing.T, s scenario) {
		mesh := *s.Mesh
		mesh.Spec.AdmissionPolicy = true
		in := s.Input
		in.Mesh = &mesh
		for _, consumer := range s.clusters() {
			policy, found := admissionOf(t, in, consumer)
			if own := cluster(t, in, consumer).ControlPlane == consumer; found != own {
				t.Fatalf("%s: has a policy: %t, a control plane: %t", consumer, found, own)
			}
			begins := map[string]string{}
			for _, pair := range pairs.FindAllStringSubmatch(variable(t, orEmpty(policy, found), "begins"), -1) {
				begins[pair[1]] = pair[2]
			}
			for _, secret := range remoteSecrets(t, yamlOf(t, compile(t, in, consumer, render.Options{Secrets: true}))) {
				secrets++
				id := secret.Annotations["networking.istio.io/cluster"]
				text := base64.StdEncoding.EncodeToString([]byte(secret.StringData[id]))
				if begins[id] == "" || !strings.HasPrefix(text, begins[id]) {
					t.Errorf("%s would refuse the remote secret of %s: it knows %.40s…", consumer, id, begins[id])
				}
				if strings.Contains(secret.StringData[id], "tokenFile") && begins[id] != text {
					t.Errorf("%s does not know all of the remote secret of %s", consumer, id)
				}
			}
		}
	})
	if secrets < 50 {
		t.Errorf("only %d remote secrets", secrets)
	}
}

func orEmpty(policy admissionv1.ValidatingAdmissionPolicy, found bool) admissionv1.ValidatingAdmissionPolicy {
	if !found {
		policy.Spec.Variables = []admissionv1.Variable{{Name: "begins"}}
	}
	return policy
}

// FuzzPrintable: without decoding base64, the policy knows whether it is one line of printable text, which
// is all that a token can be. Behind a second line YAML would let the server be written again.
func FuzzPrintable(f *testing.F) {
	policy, _ := admissionOf(f, pairWithPolicy(f), "east")
	last := policy.Spec.Validations[len(policy.Spec.Validations)-1].Expression
	_, expression, _ := strings.Cut(last, ".matches('")
	expression, _, _ = strings.Cut(expression, "')")
	printable := regexp.MustCompile(expression)
	line := regexp.MustCompile(`^[\x20-\x7f]*\n?$`)
	for _, seed := range []string{"", "\n", "a", "a\n", "ab\n", "abc\n", "abcd\n", "a\nb", "ab\nc", "abc\nd", "\r", "a\u0085b", "~\x7f", "\n\n", "a\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		encoded := base64.StdEncoding.EncodeToString([]byte(text))
		if got, want := printable.MatchString(encoded), line.MatchString(text); got != want {
			t.Errorf("%q, which is %s: got %t, want %t", text, encoded, got, want)
		}
	})
}

func pairWithPolicy(t testing.TB) render.Input {
	return load(t, `
  admissionPolicy: true
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}}
`)
}
