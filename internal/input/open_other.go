//go:build !unix

package input

// withoutWaiting: opening waits for nothing here.
const withoutWaiting = 0
