package istio

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// scenarios is where the rendered trees of all scenarios are, from the directory of this test.
const scenarios = "../../testdata/scenarios"

// TestCharts has the charts of each line of Istio take every file of values of every scenario, as the commands of
// INSTALL.md name chart, release and namespace. Nothing runs.
func TestCharts(t *testing.T) {
	t.Parallel()
	eachLine(t, func(t *testing.T, line istiod.Line) {
		seen := chartsSeen{line: line, ignored: map[string]string{}, rendered: map[string][]*unstructured.Unstructured{}}
		for _, dir := range scenarioDirs(t) {
			t.Run(filepath.Base(dir), func(t *testing.T) {
				releases := releasesOfScenario(t, dir)
				for _, cluster := range slices.Sorted(maps.Keys(releases)) {
					t.Run(cluster, func(t *testing.T) { seen.testCluster(t, dir, cluster, releases[cluster]) })
				}
			})
		}
		for _, chart := range []string{"base", "istiod", "cni", "ztunnel", "gateway"} {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(seen.ignored)), func(k string) bool { return strings.HasPrefix(k, chart+"/") }) {
				t.Errorf("no scenario has values for chart %s", chart)
			}
		}
		for key, file := range seen.ignored {
			if file != "" && !slices.Contains(keysOfSolo(), key) {
				t.Errorf("the chart does not take %s: %s", key, file)
			}
		}
	})
}

// chartsSeen is what was already done: scenarios have much in common, and a chart takes a second.
type chartsSeen struct {
	line     istiod.Line
	ignored  map[string]string                       // by CHART/KEY: a file whose value makes no difference, "" when another's does
	rendered map[string][]*unstructured.Unstructured // by release and values
}

func scenarioDirs(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(scenarios, "*", "want", "deploy"))
	if err != nil || len(dirs) < 20 {
		t.Fatalf("find the scenarios: %d, %v", len(dirs), err)
	}
	for i, dir := range dirs {
		dirs[i] = filepath.Dir(filepath.Dir(dir))
	}
	return dirs
}

// otherInstallers are the scenarios whose clusters get no chart: Google's control planes.
func otherInstallers() []string { return []string{"gke-fleet", "gke-mesh", "single-vpc"} }

// keysOfSolo are the keys that only the charts of Solo's builds know, which take a licence. All others of their values
// must be those of Istio's charts.
func keysOfSolo() []string {
	return []string{
		"istiod/license.secretRef.name", "istiod/license.secretRef.namespace", "istiod/pilot.cni.namespace", "istiod/platforms.peering.enabled",
	}
}

func releasesOfScenario(t *testing.T, dir string) map[string][]istiod.Release {
	t.Helper()
	releases := releasesOf(t, func(name string) string { return filepath.Join(dir, "want", "deploy", filepath.FromSlash(name)) })
	files, err := filepath.Glob(filepath.Join(dir, "want", "deploy", "helm", "*", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var taken []string
	for _, all := range releases {
		for _, release := range all {
			taken = append(taken, release.Values)
		}
	}
	slices.Sort(taken)
	if slices.Contains(otherInstallers(), filepath.Base(dir)) {
		files = nil
	}
	if !slices.Equal(taken, files) {
		t.Errorf("files of values that INSTALL.md gives to Istio's charts: got %q, want %q", taken, files)
	}
	return releases
}

// testCluster renders the releases of a cluster, and looks at what comes out.
func (seen chartsSeen) testCluster(t *testing.T, dir, cluster string, releases []istiod.Release) {
	for _, release := range releases {
		if unquoted(seen.line, release) {
			t.Skipf("the charts of %s write namespace %s as a number", seen.line.Name, release.Namespace)
		}
		values := map[string]any{}
		decodeFile(t, release.Values, &values)
		objects := seen.render(t, release, values)
		seen.note(t, release, values, objects)
		rendered := chartOutput{cluster: declared(t, dir, cluster), release: release, values: values, objects: objects}
		switch release.Chart {
		case "istiod":
			rendered.wantControlPlane(t)
		case "ztunnel":
			rendered.wantZtunnel(t)
		case "gateway":
			rendered.wantGateway(t, dir)
		}
	}
}

// unquoted reports whether a line cannot be installed in a namespace: up to 1.30 the charts write its name without quotes,
// and YAML takes it to be a number.
func unquoted(line istiod.Line, release istiod.Release) bool {
	_, err := strconv.Atoi(release.Namespace)
	return err == nil && line.Name == "1.30"
}

func (seen chartsSeen) render(t *testing.T, release istiod.Release, values map[string]any) []*unstructured.Unstructured {
	t.Helper()
	key := fmt.Sprint(release.Name, release.Chart, release.Namespace, values)
	if _, done := seen.rendered[key]; !done {
		objects, err := seen.line.TemplateWith(release, values)
		if err != nil {
			t.Fatal(err)
		}
		seen.rendered[key] = objects
	}
	return seen.rendered[key]
}

// note looks for keys that a chart does not know, of which Helm says nothing: it knows those that it has by itself, and
// those with another value of which it renders something else or refuses it.
func (seen chartsSeen) note(t *testing.T, release istiod.Release, values map[string]any, objects []*unstructured.Unstructured) {
	t.Helper()
	defaults, err := seen.line.Defaults(release.Chart)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range leaves(values) {
		key := release.Chart + "/" + strings.Join(path, ".")
		if file, known := seen.ignored[key]; known && file == "" {
			continue
		}
		seen.ignored[key] = ""
		if isDefault(defaults, path) {
			continue
		}
		others, err := seen.line.TemplateWith(release, changed(t, values, path))
		if err == nil && reflect.DeepEqual(withoutValues(others), withoutValues(objects)) {
			seen.ignored[key] = release.Values
		}
	}
}

// isDefault reports whether a chart has a value of its own at a path. Chart istiod has those of pilot at its top level.
func isDefault(defaults map[string]any, path []string) bool {
	if path[0] == "pilot" && len(path) > 1 && isDefault(defaults, path[1:]) {
		return true
	}
	_, found, err := unstructured.NestedFieldNoCopy(defaults, path...)
	return found && err == nil
}

// withoutValues leaves out where chart istiod repeats whatever it was given.
func withoutValues(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, object := range objects {
		switch {
		case object.GetKind() != "ConfigMap" || !strings.HasPrefix(object.GetName(), "values") && !isInjector(object):
			all = append(all, object)
		case isInjector(object):
			object = object.DeepCopy()
			unstructured.RemoveNestedField(object.Object, "data", "values")
			all = append(all, object)
		}
	}
	return all
}

func isInjector(object *unstructured.Unstructured) bool {
	return object.GetKind() == "ConfigMap" && strings.HasPrefix(object.GetName(), "istio-sidecar-injector")
}

// leaves returns the paths of all values that are no maps with something in them, sorted.
func leaves(values map[string]any) [][]string {
	var all [][]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		inner, isMap := values[key].(map[string]any)
		if !isMap || len(inner) == 0 {
			all = append(all, []string{key})
			continue
		}
		for _, path := range leaves(inner) {
			all = append(all, append([]string{key}, path...))
		}
	}
	return all
}

// changed copies values with another one at a path: what is not text is left out.
func changed(t *testing.T, values map[string]any, path []string) map[string]any {
	t.Helper()
	copied := (&unstructured.Unstructured{Object: values}).DeepCopy().Object
	value, found, err := unstructured.NestedFieldCopy(copied, path...)
	if err != nil || !found {
		t.Fatalf("find %q: %t, %v", path, found, err)
	}
	unstructured.RemoveNestedField(copied, path...)
	if text, ok := value.(string); ok {
		if err := unstructured.SetNestedField(copied, text+"-other", path...); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}
