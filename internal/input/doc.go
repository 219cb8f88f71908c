// Package input reads the files that somebody gives the program: those of a workspace, those that flags name,
// those that a kubeconfig refers to, and stdin. It opens regular files and nothing else, because a named pipe
// or a device can block forever, or never end; it holds no more than a limit; and what may still block, stdin
// and the pipes that a shell opens, ends with the context.
//
// It imports internal/verdict and the standard library.
package input
