// Package sops writes and reads the part of the format of SOPS (https://getsops.io) that sealed
// Secrets of a mesh need: age recipients, the values below data and stringData, and a MAC over those
// alone. A caller decodes and encodes the document around them. What it writes the real sops decrypts,
// and the other way round; test/sops proves both. The library of sops itself would make the program
// four times as large, because it links the client of every key service there is.
//
// It imports filippo.io/age, and nothing of ours. Chance and time are arguments, but for the key of each
// age file, which age draws from the system itself.
package sops
