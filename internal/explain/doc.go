// Package explain prints what a field of mesh.yaml, a rule, a check or a kind of change is.
package explain
