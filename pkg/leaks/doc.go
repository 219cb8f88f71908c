// Package leaks finds credentials in text that is to be committed: bearer tokens, private keys, age
// identities and what a kubeconfig logs in with, in the open or inside of base64. What it finds it
// tells by place, rule and fingerprint; the credential itself leaves it never.
//
// The rules are data. The scan of kubectl mesh and the configuration that it writes for gitleaks are
// made of the same ones. It is pure, and imports the standard library and templates.
package leaks
