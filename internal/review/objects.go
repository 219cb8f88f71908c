package review

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// rendered compares the objects of two meshes and keeps only differences. A mesh has a few objects per pair of
// clusters, so only as many clusters as processors are in memory at a time. Objects with a credential are compared in
// their redacted form, in which certificates are visible and credentials are not.
func rendered(ctx context.Context, base, head side) (changes.Rendered, error) {
	clusters := clustersOf(base, head)
	found, errs := make([]changes.Rendered, len(clusters)), make([]error, len(clusters))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, cluster := range clusters {
		group.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] == nil {
				found[i], errs[i] = renderedIn(cluster, base, head)
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are beside the results
	var all changes.Rendered
	for _, one := range found {
		all = all.With(one)
	}
	return all, cmp.Or(errs...)
}

// clustersOf returns the names of both meshes' clusters, sorted.
func clustersOf(sides ...side) []string {
	var names []string
	for _, one := range sides {
		if one.input.Graph != nil {
			names = append(names, one.input.Graph.Names()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func renderedIn(cluster string, base, head side) (found changes.Rendered, err error) {
	before, errBase := base.objects(cluster)
	if errBase != nil {
		return found, uncompared(fmt.Errorf("render base: %w", errBase))
	}
	after, err := head.objects(cluster)
	if err != nil {
		return found, err
	}
	known := make(map[identity]render.Object, len(before))
	for _, object := range before {
		known[identityOf(object)] = object
	}
	for _, object := range after {
		id := identityOf(object)
		old, both := known[id]
		delete(known, id)
		switch {
		case !both:
			found.Added = append(found.Added, id.in(cluster))
		case reflect.DeepEqual(old, object):
		case onlyLabelsDiffer(old, object):
			found.Relabelled = append(found.Relabelled, id.in(cluster))
		default:
			found.Changed = append(found.Changed, id.in(cluster))
		}
	}
	for _, object := range before {
		if id := identityOf(object); known[id] != nil {
			found.Removed = append(found.Removed, id.in(cluster))
		}
	}
	return found, nil
}

// objects returns what a cluster gets; none if it is not in the mesh.
func (s side) objects(cluster string) ([]render.Object, error) {
	if s.input.Graph == nil {
		return nil, nil
	}
	if _, member := s.input.Graph.Cluster(cluster); !member {
		return nil, nil
	}
	overlay, err := render.Compile(s.input, cluster, render.Options{Redacted: true})
	if err != nil {
		return nil, err
	}
	var objects []render.Object
	for _, manifest := range overlay.Manifests {
		objects = append(objects, manifest.Objects...)
	}
	return objects, nil
}

// identity of an object in its cluster.
type identity struct{ kind, namespace, name string }

func identityOf(object render.Object) identity {
	id := identity{kind: *object.GetKind(), name: *object.GetName()}
	if namespace := object.GetNamespace(); namespace != nil {
		id.namespace = *namespace
	}
	return id
}

func (id identity) in(cluster string) changes.Object {
	name := id.kind + " " + id.name
	if id.namespace != "" {
		name = id.kind + " " + id.namespace + "/" + id.name
	}
	return changes.Object{Cluster: cluster, Name: name}
}

// onlyLabelsDiffer compares two objects without the labels in their metadata.
func onlyLabelsDiffer(a, b render.Object) bool {
	one, errA := withoutLabels(a)
	other, errB := withoutLabels(b)
	return errA == nil && errB == nil && bytes.Equal(one, other)
}

func withoutLabels(object render.Object) ([]byte, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	if metadata, ok := fields["metadata"].(map[string]any); ok {
		delete(metadata, "labels")
	}
	return json.Marshal(fields)
}
