package v1alpha1

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/jwks"
)

// factsOf is the facts file of east.
func factsOf(spec FactsSpec) *ClusterFacts {
	return &ClusterFacts{TypeMeta: TypeMeta{APIVersion: APIVersion, Kind: KindClusterFacts},
		Metadata: Metadata{Name: "east"}, Spec: spec}
}

func TestValidateFacts(t *testing.T) {
	const fingerprint = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := map[string]struct {
		spec FactsSpec
		want []string
	}{
		"nothing": {},
		"everything": {spec: FactsSpec{
			KubernetesVersion: "v1.36.3",
			API:               API{ServiceAccountJWKS: `{"keys": [{"kty": "RSA", "kid": "a", "n": "AQ", "e": "AQAB"}]}`},
			Installed:         &Installed{MeshID: "shop", ClusterID: "Kubernetes", RootSHA256: []string{fingerprint}},
		}},
		"GKE":       {spec: FactsSpec{KubernetesVersion: "v1.30.5-gke.1014001"}},
		"EKS":       {spec: FactsSpec{KubernetesVersion: "v1.30.4-eks-a737599"}},
		"OpenShift": {spec: FactsSpec{KubernetesVersion: "v1.29.8+f10c92d"}},
		"K3s":       {spec: FactsSpec{KubernetesVersion: "v1.30.4+k3s1"}},
		"no version": {
			spec: FactsSpec{KubernetesVersion: "latest"},
			want: []string{"spec.kubernetesVersion: Invalid value: \"latest\": must be a version of Kubernetes\nhint: use a form such as v1.36.3"},
		},
		"a fingerprint with colons": {
			spec: FactsSpec{Installed: &Installed{RootSHA256: []string{fingerprint, "AB:CD"}}},
			want: []string{"spec.installed.rootSHA256[1]: Invalid value: \"AB:CD\": must be a SHA-256 in 64 lower-case hexadecimal digits\n" +
				"hint: read it from the cluster: kubectl mesh collect"},
		},
		"an ID of two lines": {
			spec: FactsSpec{Installed: &Installed{MeshID: "a\nb"}},
			want: []string{"spec.installed.meshID: Invalid value: \"a\\nb\": must be one line of at most 253 characters\n" +
				"hint: read it from the cluster: kubectl mesh collect"},
		},
		"a long ID": {
			spec: FactsSpec{Installed: &Installed{ClusterID: strings.Repeat("x", 254)}},
			want: []string{"spec.installed.clusterID: Invalid value: \"" + strings.Repeat("x", 254) + "\": must be one line of at most 253 characters\n" +
				"hint: read it from the cluster: kubectl mesh collect"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, textsOf(ValidateFacts(factsOf(test.spec)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateFactsName(t *testing.T) {
	facts := factsOf(FactsSpec{})
	facts.Metadata.Name = ""
	want := []string{"metadata.name: Required value: set it\nhint: use a name such as east"}
	if diff := cmp.Diff(want, textsOf(ValidateFacts(facts))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheckJWKS(t *testing.T) {
	const none = `must be a JSON Web Key Set with at least one key: {"keys": [...]}`
	for text, want := range map[string]string{
		`{"keys": [{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, {"kty": "RSA", "n": "AQ", "e": "AQAB"}]}`: "",
		`[]`:                          none,
		`{}`:                          none,
		`{"keys": []}`:                none,
		`{"keys": 1}`:                 none,
		`{"keys": [`:                  none,
		`-----BEGIN PRIVATE KEY-----`: none,
		`{"keys": [{"kid": "a"}]}`:    "must contain keys with a type: keys[0] has no kty",
		`{"keys": [{"kty": "RSA"}, {"kty": "EC", "d": "secret"}]}`:         "must contain only public keys: keys[1] has d, which is a part of a private key",
		`{"keys": [{"kty": "oct", "k": "secret"}]}`:                        "must contain only public keys: keys[0] has k, which is a part of a private key",
		`{"keys": [{"kty": "RSA", "qi": null}]}`:                           "must contain only public keys: keys[0] has qi, which is a part of a private key",
		`{"keys": [{"kty": "` + strings.Repeat("x", jwks.MaxSize) + `"}]}`: "must not be larger than 64 KiB",
	} {
		if got := checkJWKS(text); got != want {
			t.Errorf("checkJWKS(%.60s): got %q, want %q", text, got, want)
		}
	}
}

// TestJWKSErrorsKeepTheValue: what stands in the wrong place may be a private key.
func TestJWKSErrorsKeepTheValue(t *testing.T) {
	for _, text := range []string{`{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}`, `c2VjcmV0`} {
		got := textsOf(ValidateFacts(factsOf(FactsSpec{API: API{ServiceAccountJWKS: text}})))
		if len(got) == 0 || strings.Contains(strings.Join(got, "\n"), "c2VjcmV0") {
			t.Errorf("%s: got %q, want an error without the value", text, got)
		}
	}
}
