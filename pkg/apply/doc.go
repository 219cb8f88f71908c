// Package apply changes clusters; no other package does. It is all there is to review about what kubectl mesh can do to
// a cluster.
//
// A Session is one run of changes to one cluster for one mesh. Its methods, one per file, in order of use:
//
//	Plan      dry-runs the objects and reports all problems together
//	Hold      registers objects of the mesh that cannot be planned yet, so that they are never orphans
//	Orphans   finds objects that an earlier session applied and that the mesh no longer contains
//	Owe       registers a task that must follow the changes, such as a restart
//	Apply     applies a plan; the inventory is announced before the first change
//	Prune     deletes orphans
//	Delete    deletes objects by name
//	Restart   replaces the pods of a Deployment
//	Finish    marks an owed task as done
//	Settle    records the resulting state in the inventory, also after an interruption
//
// The inventory is a ConfigMap in the cluster. It lists an object before the object exists, and an owed task before the
// change that requires it. A session can therefore be killed between any two requests: the next one reads from the
// inventory what may exist and what is still due. Only objects with the UID in the inventory and with all labels of the
// mesh are deleted, and the API server checks the UID again.
//
// Two sessions can change a cluster concurrently: writes of the inventory carry the resource version that was read, and
// are merged again after a conflict.
//
// Callers verify the identity of the cluster first. The package does not know mesh.yaml.
package apply
