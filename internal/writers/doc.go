// Package writers has no code of its own. Its tests run every command that writes a workspace the way that machines
// do: killed at each of its file operations and run again, on a disk that is full, and several at once.
package writers
