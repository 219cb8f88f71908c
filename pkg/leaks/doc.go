// Package leaks finds credentials in text that is to be committed: bearer tokens, private keys, age
// identities, passwords in URLs, and what kubeconfigs, registries and headers log in with. It reads them in
// the open, encoded, compressed, and split over several strings or lines. A finding has a place, a rule and
// a fingerprint, never the credential itself.
//
// The rules are data. The scan of kubectl mesh and the configuration that it writes for gitleaks are
// made of the same ones. It is pure, and imports the standard library, pkg/hint and templates.
package leaks
