package disk

import "errors"

// ErrLocked is the error of TryLock while another process, or another open file of this one, holds the lock.
var ErrLocked = errors.New("locked by another process")

// The lock belongs to the open file. Child processes do not inherit it (Go opens every file close-on-exec), and the
// kernel releases it when the process ends, however it ends. Across hosts it depends on the file system: Linux converts
// flock to a byte-range lock on NFS, which needs a file open for writing and a server with a lock manager.
