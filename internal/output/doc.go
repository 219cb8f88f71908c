// Package output makes a directory hold a rendered tree, all of it or nothing, and reports whether it does. It
// never overwrites or removes what somebody else wrote unless it is forced to, and never leaves the directory
// that it was given. It imports internal/disk, pkg/hint, pkg/layout for the tree, and pkg/leaks.
//
// A run looks first (plan), writes everything new into a hidden directory inside the target (staging), and then
// renames it into place (commit). mesh.lock keeps the digests of what was written: a file is ours when mesh.lock
// lists it with the bytes that it has. While the renames are under way mesh.lock lists the old and the new digest
// of every path, so that a run that was killed leaves nothing behind that the next one would take for the work of
// a hand.
//
// What such a run had not put in place yet is still staged, so that Recover, and the next Write, complete it.
// Trees have their own way to be all or nothing, apart from internal/transaction: they are large, can be rendered
// again, and so wait for no disk. A command that writes one holds the lock of the workspace while it does, an open
// transaction; a directory outside of the workspace has a claim of its own, which Write takes for itself.
package output
