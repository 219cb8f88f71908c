// Package leaks finds credentials in text that will be committed: bearer tokens, private keys, age identities,
// passwords in URLs, and what kubeconfigs, registries and headers log in with. It finds them in clear, encoded,
// compressed, and split over several strings or lines. A finding has a place, a rule and a fingerprint, never the
// credential itself.
//
// The rules are data: the scan of kubectl mesh and its configuration for gitleaks use the same ones. The package is
// pure, and imports the standard library, pkg/hint and templates.
package leaks
