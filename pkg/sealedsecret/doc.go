// Package sealedsecret encrypts values for the controller of SealedSecrets
// (https://github.com/bitnami-labs/sealed-secrets), offline, with the controller's certificate, and
// opens them with its key. The scope is always strict: a value opens under one namespace and name
// only. test/sops proves it against the controller's own code.
//
// It imports the standard library only. Chance is an argument.
package sealedsecret
