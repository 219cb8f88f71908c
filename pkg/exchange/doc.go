// Package exchange is the format of the files that sites of a mesh exchange: readable JSON, signed with the SSH key of
// the site that wrote it. It validates the file; whether to trust its content is up to the caller.
package exchange
