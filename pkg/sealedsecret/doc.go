// Package sealedsecret encrypts values for the SealedSecrets controller
// (https://github.com/bitnami-labs/sealed-secrets), offline, with the controller's certificate, and decrypts them with
// its key. The scope is always strict: a value can be decrypted only under one namespace and name. test/sops proves it
// against the controller's own code.
//
// It imports only the standard library. Randomness is an argument.
package sealedsecret
