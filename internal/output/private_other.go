//go:build !unix

package output

import "io/fs"

// exposure finds nothing: mode bits say nothing about who may do what on these systems.
func exposure(fs.FileInfo, string) (reason, hint string) { return "", "" }

func openToOthers(fs.FileInfo) bool { return false }

// syncFolder does nothing: a folder cannot be synced on these systems.
func (d disk) syncFolder(string) {}
