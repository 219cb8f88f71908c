// Package templates holds the text that kubectl mesh writes and that is no Kubernetes object:
// shell, Markdown and TOML. Nothing in it is YAML; Kubernetes objects are typed Go. It imports nothing.
package templates

import "embed"

// FS holds the templates by file name.
//
//go:embed kubectl_complete-mesh INSTALL.md gitleaks.toml firewall.tf.tmpl gcloud
var FS embed.FS

// CompletionShim lets kubectl complete its plugin: kubectl runs the program of this name with
// the words so far (kubectl pkg/cmd/plugin_completion.go).
const CompletionShim = "kubectl_complete-mesh"

// Install is the list of commands that install a mesh.
const Install = "INSTALL.md"

// Gitleaks is the configuration of gitleaks for a workspace.
const Gitleaks = "gitleaks.toml"
