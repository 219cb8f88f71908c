// Package signer finds the SSH key with which a site signs its exchange files, in a file or in an agent.
package signer
