package git

import (
	"os"
	"slices"
	"strings"
)

// settings outrank every file of configuration, those that include.path and extensions.worktreeConfig
// add among them. A filter, a textconv, an alias, a pager, an editor or a signing program needs no
// setting: no command of this package uses one.
func settings() []string {
	return []string{
		// A program, or a daemon of git's own, that says which files changed. Empty means none in every
		// version; "false" is the name of a program to git before 2.36 (fsmonitor-settings.c).
		"core.fsmonitor=",
		// Hooks, post-index-change among them. Nothing is below a file.
		"core.hooksPath=/dev/null",
		// A cache in the index of what is untracked: it could say that a file is not there.
		"core.untrackedCache=false",
		// A cache of parents: it could make up a history.
		"core.commitGraph=false",
		// A directory of the work tree with the files of a bare repository in it, and its configuration
		// (since 2.38; https://git-scm.com/docs/git-config, safe.bareRepository).
		"safe.bareRepository=explicit",
		// git fetch downloads it before it asks which transports are allowed (2.40; builtin/fetch.c), and
		// then asks credential helpers. An empty one forgets those that were configured before.
		"fetch.bundleURI=",
		"credential.helper=",
	}
}

// environment is the user's, without what points git elsewhere or starts a program, and with what forbids
// it to ask, to write and to transfer.
func environment(environ []string) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(strings.ToUpper(name), "GIT_") && !users(name)
	})
	return append(kept,
		"LC_ALL=C", // messages in one language
		// An object that a partial clone lacks is missing: nothing is fetched for it (since 2.45, and
		// 2.39.4, 2.40.2, 2.41.1, 2.42.2, 2.43.4, 2.44.1; promisor-remote.c). Before, a fetch starts, and
		// finds no transport that it may use.
		"GIT_NO_LAZY_FETCH=1",
		// The list of transports that are allowed, whatever protocol.* says (transport.c). There is none of
		// this name; an empty list would be no list on Windows.
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		// What replaces objects, and makes up parents: a reviewed revision is what its ID says.
		"GIT_NO_REPLACE_OBJECTS=1",
		"GIT_GRAFT_FILE="+os.DevNull,
	)
}

// users reports whether a variable says where the user's own configuration is, or how far up git looks
// for a repository. Others, which git sets for hooks and aliases, would point git to another repository.
func users(name string) bool {
	switch name {
	case "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT",
		"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM":
		return true
	}
	return strings.HasPrefix(name, "GIT_CONFIG_KEY_") || strings.HasPrefix(name, "GIT_CONFIG_VALUE_")
}
