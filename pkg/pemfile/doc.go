// Package pemfile recognizes what a file contains instead of PEM certificates, a private key or a certificate signing
// request (RFC 7468), and how to convert it.
//
// Files from other PKIs arrive in every format that openssl, keytool, a browser, Vault and kubectl write, and "invalid
// PEM" helps with none of them. Errors repeat nothing of a file, which could be a secret. The package reads no files;
// callers bound the size of its input.
package pemfile
