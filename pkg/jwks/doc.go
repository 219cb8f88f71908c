// Package jwks reads JSON Web Key Sets of public keys (RFC 7517) as an API server or a facts file has them,
// and writes them in one form. It imports pkg/strict.
package jwks
