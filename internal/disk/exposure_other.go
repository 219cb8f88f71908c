//go:build !unix

package disk

import "io/fs"

// Exposure finds nothing: mode bits say nothing about permissions on these systems.
func Exposure(fs.FileInfo, string) (reason, remedy string) { return "", "" }

// OpenToOthers finds nothing, for the same reason.
func OpenToOthers(fs.FileInfo) bool { return false }

// Sync does nothing: a directory cannot be synced on these systems.
func (d Dir) Sync(string) error { return nil }
