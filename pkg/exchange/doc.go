// Package exchange is the format of the files that sites of a mesh pass to each other: readable JSON, signed with the
// SSH key of the site that wrote it. It knows what a file says, not whether this site believes it.
package exchange
