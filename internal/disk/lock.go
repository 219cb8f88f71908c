package disk

import "errors"

// ErrLocked is what TryLock returns while another process, or another open file of this one, has the lock.
var ErrLocked = errors.New("locked by another process")

// The lock belongs to the open file. Programs that this one starts do not inherit it (Go opens every file
// close-on-exec), and the kernel releases it when the process ends, however it ends. Across hosts it holds
// as far as the file system does: Linux turns flock into a byte-range lock on NFS, which needs a file that
// is open for writing and a server with a lock manager.
