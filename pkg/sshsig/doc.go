// Package sshsig signs and verifies texts with SSH keys, as ssh-keygen -Y sign and -Y verify do, and reads the file of
// allowed signers. It knows neither agents nor files.
package sshsig
