package v1alpha1

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxRoots is as many as pkg/trust reads of one file.
const maxRoots = 64

// The lengths of fingerprints in hexadecimal digits.
const (
	sha256Digits = 64
	sha1Digits   = 40
)

// validateRoots requires one spelling for each root, for reviews and searches. It rejects an empty list, which
// would pin nothing and look as if it did.
func validateRoots(path *field.Path, roots []string) []Problem {
	switch {
	case roots != nil && len(roots) == 0:
		return []Problem{required(path, "add the fingerprint that kubectl mesh ca status prints, or remove the field")}
	case len(roots) > maxRoots:
		return []Problem{{
			Error:  field.TooMany(path, len(roots), maxRoots),
			Remedy: "pin the roots under which the clusters sign: one, or two during a rotation",
		}}
	}
	var errs []Problem
	seen := map[string]bool{}
	for i, root := range roots {
		if len(errs) > maxErrors {
			break
		}
		at := path.Index(i)
		switch detail, remedy := rootFault(root); {
		case detail != "":
			errs = append(errs, invalid(at, root, detail, remedy))
		case seen[root]:
			errs = append(errs, duplicate(at, root, "the root is already pinned", "remove one of the two"))
		}
		seen[root] = true
	}
	return errs
}

// rootFault is empty for a fingerprint in the required spelling.
func rootFault(root string) (detail, remedy string) {
	const must = "must be the SHA-256 of a root certificate in 64 lower-case hexadecimal digits"
	digits := fingerprintDigits(root)
	_, err := hex.DecodeString(digits)
	switch {
	case err == nil && digits == root && len(digits) == sha256Digits:
		return "", ""
	case err == nil && len(digits) == sha256Digits:
		return must, "write " + digits
	case err == nil && len(digits) == sha1Digits:
		return must + ", but this is a SHA-1", "openssl x509 -in trust/root-cert.pem -noout -fingerprint -sha256"
	}
	return must, "copy the fingerprint from: kubectl mesh ca status"
}

// fingerprintDigits extracts the digits from the formats of openssl (sha256 Fingerprint=AB:CD), step and Windows.
func fingerprintDigits(text string) string {
	if _, value, found := strings.Cut(text, "="); found {
		text = value
	}
	text = strings.ToLower(text)
	text = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "sha256:"), "0x")
	return strings.NewReplacer(":", "", " ", "", "-", "").Replace(text)
}

// Pins are the roots that mesh.yaml pins, and their location.
type Pins struct {
	Roots []string
	// Below is the innermost existing field above the list: spec, spec.trust or spec.trust.ca. It is used if there are
	// no pins; empty means spec.
	Below string
}

// RootsEdit is the edit of mesh.yaml that pins these roots, without duplicates and in the given order.
func RootsEdit(pins Pins, roots []string) string {
	var once []string
	for _, root := range roots {
		if !slices.Contains(once, root) {
			once = append(once, root)
		}
	}
	list := "[" + strings.Join(once, ", ") + "]"
	switch {
	case len(once) == 0:
		return "in mesh.yaml, remove spec.trust.ca.roots"
	case len(pins.Roots) > 0:
		return "in mesh.yaml, set spec.trust.ca.roots to: " + list
	case pins.Below == "spec.trust.ca":
		return "in mesh.yaml, add below spec.trust.ca: roots: " + list
	case pins.Below == "spec.trust":
		return fmt.Sprintf("in mesh.yaml, add below spec.trust: ca: {roots: %s}", list)
	}
	return fmt.Sprintf("in mesh.yaml, add below spec: trust: {ca: {roots: %s}}", list)
}
