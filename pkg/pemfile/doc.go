// Package pemfile names what a file holds that should hold certificates, a private key or a certificate
// request as PEM (RFC 7468), and how to get PEM out of it.
//
// Files from other people's PKI arrive in every form that openssl, keytool, a browser, Vault and kubectl
// write. "invalid PEM" helps with none of them. Nothing here repeats what a file holds: it may be a
// secret. The package reads no disk; what it is given is bounded by its caller.
package pemfile
