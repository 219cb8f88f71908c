// Package git reads Git repositories with the git program; no other package starts git.
//
// Nothing that the directory configures is executed, and no network is used, whatever its .git, its .gitattributes and
// its files contain. There are three layers:
//   - only plumbing that reads the index, the ignore rules and the object database is run: no
//     command that takes content through a filter, compares, commits, signs, pages, edits or transfers.
//   - what such plumbing could still start is overridden on the command line, which outranks every file
//     of configuration: see settings.
//   - transports are forbidden in the environment, which outranks the command line: see environment.
//
// The user's own configuration is honoured: safe.directory, and the ignore rules of core.excludesFile.
//
// The package has been tested with git 2.25, 2.34, 2.39, 2.40 and 2.55. It uses nothing that git 2.25 lacks.
package git
