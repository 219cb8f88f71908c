// Package transaction changes files of one workspace: all of a change or nothing of it, by one writer at a
// time, whatever kills the process. It imports internal/disk, pkg/hint and pkg/leaks, and knows neither what
// the files are nor which commands there are.
//
// # A change, step by step
//
// A Tx holds the lock of the workspace (.kubectl-mesh/lock) and collects in memory what is to change. Commit
// carries it out as transaction N, one more than the last. Whatever a step needs is on the disk before:
//
//  1. staging/plan lists the files, each with the digest that it has and the one that it will have.
//     Beside each file, hence on its file system and in its directory of secrets, come the new content
//     (.kubectl-mesh-new-N-i, with its mode from the first byte) and a second name for the old one
//     (.kubectl-mesh-old-N-i). No file of the workspace has been touched.
//  2. plan is renamed to staging/journal. From here on files may be half changed.
//  3. Every file gets its new content by one link or rename, and is read back; the caller verifies the whole.
//  4. staging/next, which says N, is renamed to staging/settled. This is the commit.
//  5. The files of step 1 are removed, the journal last.
//
// A failure before step 4 takes everything back in the same run. The next run does the same for one that was
// killed: with a plan it removes what was staged; with a journal whose number is not settled it restores the
// old content; with one that is settled it goes on with step 5. Each of these steps may be killed and done
// again. Restoring looks at the content first: a file that has neither the old content nor the new one was
// edited since, and stops the recovery with a list of such files rather than lose an edit.
//
// # Readers
//
// A reader takes no lock. Settle makes sure that no change is half done (it waits for a running one and takes
// back an interrupted one), and its Snapshot tells afterwards whether one was made while the files were read.
//
// # Locks
//
// The lock is flock on the lock file (LockFileEx on Windows): it ends with the process, however that ends, and
// programs that the process starts do not inherit it. Containers that share the directory share the lock.
// On NFS it holds between hosts if the server has a lock manager. Where the file system has no locks, changes
// are still all or nothing, but nothing keeps two runs apart: Tx.Notes says so.
package transaction
