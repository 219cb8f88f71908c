package render

import (
	"bytes"
	"fmt"
	"text/template"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// scripts is what the gcloud scripts do. The scripts are the same for every mesh and read it from one data file, so a
// new cluster changes only that file. Values are written to it as shell.Word, which quotes itself, or as remark, in
// comments.
type scripts struct {
	Mesh     shell.Word
	Networks []networkWords
	// Servers are the clusters whose API servers must allow control planes.
	Servers []serverWords
	// Fleet is nil if no cluster is registered.
	Fleet   *fleetWords
	Members []memberWords
	// Kept are lines about what the teardown does not revert.
	Kept []shell.Word
}

// remark is text on a line of its own, of which it stays one.
type remark string

func (r remark) String() string {
	return printable.Map(string(r), ' ')
}

// scripts derives the content of the scripts from the firewall plan.
func (in Input) scripts(plan firewall.Plan) (scripts, error) {
	s := scripts{Mesh: shell.Word(in.Mesh.Metadata.Name), Networks: in.scriptNetworks(plan)}
	s.Fleet, s.Members = in.scriptFleet()
	for _, access := range plan.Accesses {
		if !access.Needed() {
			continue
		}
		cluster, err := in.Graph.Get(access.Cluster)
		if err != nil {
			return scripts{}, err
		}
		s.Servers = append(s.Servers, serverWordsOf(cluster, access))
		if access.GlobalAccess && !cluster.GKE.GlobalAccess {
			s.Kept = append(s.Kept, keptGlobalAccess(cluster))
		}
	}
	s.Kept = append(s.Kept, in.keptFleet()...)
	return s, nil
}

// names are the paths of the required scripts and their library, nil if none is required.
func (s scripts) names() []string {
	var names []string
	for _, script := range []struct {
		name   string
		needed bool
	}{
		{name: layout.FirewallScript, needed: s.Networks != nil},
		{name: layout.AccessScript, needed: s.Servers != nil},
		{name: layout.FleetScript, needed: s.Members != nil},
	} {
		if script.needed {
			names = append(names, script.name)
		}
	}
	if names == nil {
		return nil
	}
	return append(names, layout.TeardownScript, layout.ScriptLibrary)
}

func (s scripts) files() ([]layout.File, error) {
	var files []layout.File
	for _, name := range s.names() {
		text, err := templates.FS.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read script: %w", err)
		}
		files = append(files, layout.File{Path: name, Content: text})
	}
	if files == nil {
		return nil, nil
	}
	data, err := s.dataFile()
	return append(files, data), err
}

// dataFile is the file that the scripts read.
func (s scripts) dataFile() (layout.File, error) {
	page, err := template.ParseFS(templates.FS, layout.ScriptData+".tmpl")
	if err != nil {
		return layout.File{}, fmt.Errorf("parse template: %w", err)
	}
	var text bytes.Buffer
	if err := page.Execute(&text, s); err != nil {
		return layout.File{}, fmt.Errorf("write %s: %w", layout.ScriptData, err)
	}
	return layout.File{Path: layout.ScriptData, Content: text.Bytes()}, nil
}

// words quotes values as they are printed.
func words[T fmt.Stringer](values []T) []shell.Word {
	all := make([]shell.Word, len(values))
	for i, value := range values {
		all[i] = shell.Word(value.String())
	}
	return all
}
