package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func TestValidateRoots(t *testing.T) {
	const must = "must be the SHA-256 of a root certificate in 64 lower-case hexadecimal digits"
	one, other := strings.Repeat("0a", 32), strings.Repeat("f1", 32)
	colons := strings.ToUpper("0a" + strings.Repeat(":0a", 31))
	roots := func(roots ...string) edit { return func(m *v1alpha1.Mesh) { m.Spec.Trust.CA.Roots = roots } }
	refused := func(value, detail, hint string) wrong {
		return wrong{roots(one, value), []string{fmt.Sprintf("spec.trust.ca.roots[1]: Invalid value: %q: %s\nhint: %s", value, detail, hint)}}
	}
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf("%064x", i)
	}
	checkAll(t, map[string]wrong{
		"none":           {edit: roots()},
		"one":            {edit: roots(one)},
		"two":            {edit: roots(one, other)},
		"of 64":          {edit: roots(many[:64]...)},
		"capitals":       refused(strings.ToUpper(other), must, "write "+other),
		"colons":         refused(colons, must, "write "+one),
		"openssl":        refused("sha256 Fingerprint="+colons, must, "write "+one),
		"of ca request":  refused("SHA256:"+colons, must, "write "+one),
		"prefix":         refused("sha256:"+other, must, "write "+other),
		"Windows":        refused(strings.ReplaceAll(colons, ":", " "), must, "write "+one),
		"space":          refused(" "+other, must, "write "+other),
		"SHA-1":          refused(colons[:59], must+", but this is a SHA-1", "openssl x509 -in trust/root-cert.pem -noout -fingerprint -sha256"),
		"too short":      refused(one[1:], must, "copy the fingerprint from: kubectl mesh ca status"),
		"too long":       refused(one+"00", must, "copy the fingerprint from: kubectl mesh ca status"),
		"empty":          refused("", must, "copy the fingerprint from: kubectl mesh ca status"),
		"base64":         refused("SHA256:"+strings.Repeat("A", 43), must, "copy the fingerprint from: kubectl mesh ca status"),
		"another letter": refused(strings.Replace(other, "f", "g", 1), must, "copy the fingerprint from: kubectl mesh ca status"),
		"twice":          {roots(one, other, one), []string{fmt.Sprintf("spec.trust.ca.roots[2]: Duplicate value: %q: the root is already pinned\nhint: remove one of the two", one)}},
		"a list without entries": {func(m *v1alpha1.Mesh) { m.Spec.Trust.CA.Roots = []string{} },
			[]string{"spec.trust.ca.roots: Required value: set it\nhint: add the fingerprint that kubectl mesh ca status prints, or remove the field"}},
		"too many": {roots(many...), []string{"spec.trust.ca.roots: Too many: 65: must have at most 64 items\n" +
			"hint: pin the roots under which the clusters sign: one, or two during a rotation"}},
	})
}

func TestRootsEdit(t *testing.T) {
	for _, c := range []struct {
		name  string
		pins  v1alpha1.Pins
		roots []string
		want  string
	}{
		{"the first", v1alpha1.Pins{}, []string{"aa"}, "in mesh.yaml, add below spec: trust: {ca: {roots: [aa]}}"},
		{"the first two", v1alpha1.Pins{Below: "spec"}, []string{"bb", "aa", "bb"}, "in mesh.yaml, add below spec: trust: {ca: {roots: [bb, aa]}}"},
		{"the first beside a trust domain", v1alpha1.Pins{Below: "spec.trust"}, []string{"aa"}, "in mesh.yaml, add below spec.trust: ca: {roots: [aa]}"},
		{"the first beside a provider", v1alpha1.Pins{Below: "spec.trust.ca"}, []string{"aa"}, "in mesh.yaml, add below spec.trust.ca: roots: [aa]"},
		{"one more", v1alpha1.Pins{Roots: []string{"aa"}, Below: "spec.trust.ca"}, []string{"aa", "bb"}, "in mesh.yaml, set spec.trust.ca.roots to: [aa, bb]"},
		{"none is left", v1alpha1.Pins{Roots: []string{"aa"}, Below: "spec.trust.ca"}, nil, "in mesh.yaml, remove spec.trust.ca.roots"},
	} {
		if got := v1alpha1.RootsEdit(c.pins, c.roots); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
