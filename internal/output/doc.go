// Package output makes a folder hold a rendered tree, all of it or nothing, and tells whether
// it does. It never overwrites or removes what somebody else wrote unless it is forced to, and
// never leaves the folder that it was given. It is the only package that writes files.
// It imports pkg/render for the tree, and otherwise nothing but the standard library.
//
// A run looks first (plan), writes everything new into a hidden folder inside the target
// (staging), and then renames it into place (commit). mesh.lock keeps the digests of what was
// written: a file is ours when mesh.lock lists it with the bytes that it has. While the renames
// are under way mesh.lock lists the old and the new digest of every path, so that a run that
// was killed leaves nothing behind that the next one would take for the work of a hand.
package output
