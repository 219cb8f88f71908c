// Package sshsig signs and verifies texts with SSH keys, like ssh-keygen -Y sign and -Y verify, and reads allowed
// signers files. It uses neither agents nor files.
package sshsig
