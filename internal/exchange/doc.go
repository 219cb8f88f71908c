// Package exchange transfers parts of a workspace between sites without a connection: an export packs them into a
// signed file, and an import verifies the file and writes what it may.
//
// Statements of other sites are evidence, not authority: identities, clusters, sites and roots come from mesh.yaml.
package exchange
