// Package input reads the files that users specify: those of a workspace, of flags, and of a kubeconfig, and stdin. It
// opens only regular files, because a named pipe or a device can block forever or never end; it reads up to a limit;
// and what can still block, stdin and pipes that a shell opens, ends with the context.
//
// It imports internal/verdict and the standard library.
package input
