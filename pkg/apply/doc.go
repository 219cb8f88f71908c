// Package apply is the only one that changes a cluster. Whoever asks what kubectl mesh may do to a cluster reads this
// package and no other.
//
// A Session is one run of changes to one cluster on behalf of one mesh. Its verbs, a file each, in the order of use:
//
//	Plan      asks the API server what applying objects would do: a dry run, all problems at once
//	Hold      names objects of the mesh that cannot be planned yet: they are never orphans
//	Orphans   finds what an earlier session applied and the mesh no longer has
//	Owe       names work that has to follow the changes, such as a restart
//	Apply     applies a plan; the inventory is announced before the first change
//	Prune     deletes orphans
//	Delete    deletes objects by name
//	Restart   replaces the pods of a Deployment
//	Finish    names owed work that is done
//	Settle    records in the inventory what the cluster has now, also after an interruption
//
// The inventory is a ConfigMap in the cluster that the session changes. It lists an object before the object exists
// and owed work before the change that it follows, so a session may be killed between any two requests: the next one
// finds in the inventory what may exist and what is still due. Only an object with the UID in the inventory and with
// all labels of the mesh is deleted; the API server compares the UID once more.
//
// Two sessions may change the same cluster at once: the inventory is written with the version that was read, and merged
// again where another session was faster.
//
// Callers have verified before that the cluster is the one that is meant. The package knows no mesh.yaml.
package apply
