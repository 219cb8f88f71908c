// Package exchange passes what a workspace has between sites that never meet: an export packs it into one signed
// file, an import verifies such a file and writes what it may.
//
// What another site says is evidence, never authority: identities, clusters, sites and roots come from mesh.yaml.
package exchange
