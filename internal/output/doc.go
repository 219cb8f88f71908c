// Package output writes a rendered tree to a directory completely or not at all, and reports whether the directory
// contains it. It never overwrites or removes files of other authors unless forced, and never leaves the specified
// directory. It imports internal/disk, pkg/hint, pkg/layout for the tree, and pkg/leaks.
//
// A run first inspects the directory (plan), writes everything new into a hidden directory inside the target (staging),
// and then renames it into place (commit). mesh.lock stores the digests of what was written: a file is ours if
// mesh.lock lists its content. During the renames mesh.lock lists the old and the new digest of every path, so that
// after a killed run the next one takes nothing for a manual edit.
//
// What such a run had not put in place yet is still staged, so that Recover, and the next Write, complete it. Trees
// have their own atomic writes, separate from internal/transaction: they are large, can be rendered again, and
// therefore need no sync. A command that writes one holds the lock of the workspace, an open transaction; a directory
// outside the workspace has a claim of its own, which Write takes.
package output
