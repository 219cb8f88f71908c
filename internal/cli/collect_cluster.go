package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// collect reads one cluster and keeps what it told. Facts are kept even when a token is
// missing: each stands for itself.
func (c *collector) collect(ctx context.Context, target *v1alpha1.Cluster) collected {
	result := collected{Cluster: target.Name, Context: c.contextOf(target), Changed: []string{}, Tokens: []fetched{}, Notes: []cluster.Note{}}
	if result.err = c.read(ctx, target, &result); result.err != nil {
		if ctx.Err() != nil {
			result.err = errInterrupted
		}
		result.Error = plain(oneParagraph{result.err}.Error())
	}
	return result
}

func (c *collector) read(ctx context.Context, target *v1alpha1.Cluster, result *collected) error {
	config, err := c.config(target)
	if err != nil {
		return err
	}
	client, err := cluster.Open(config)
	if err != nil {
		return c.explain(err, result.Context)
	}
	if result.UID, err = client.UID(ctx); err != nil {
		return c.explain(err, result.Context)
	}
	if err := c.identify(target, result.UID, result.Context); err != nil {
		return err
	}
	told, notes, err := client.Facts(ctx, c.ask(target))
	if err != nil {
		return c.explain(err, result.Context)
	}
	result.Notes = append(result.Notes, notes...)
	return errors.Join(c.keepFacts(ctx, target, told, result), c.fetchTokens(ctx, source{target, config, client}, result))
}

// ask looks for the control plane that mesh.yaml names; the revision that was found the last
// time may be gone.
func (c *collector) ask(target *v1alpha1.Cluster) cluster.Ask {
	return cluster.Ask{
		Namespace: target.Istio.Namespace,
		Revision:  c.declared[target.Name].Istio.Revision,
		Served:    target.ControlPlane != target.Name || *target.Istio.Managed,
	}
}

// keepFacts writes the facts file when a fact has changed.
func (c *collector) keepFacts(ctx context.Context, target *v1alpha1.Cluster, told cluster.Facts, result *collected) error {
	endpoint, notes := c.endpointFacts(target)
	facts, unsound, err := soundFacts(target.Name, liveFacts(result.UID, told, endpoint))
	if err != nil {
		return err
	}
	result.Notes = append(append(append(result.Notes, notes...), unsound...), c.silent(target, told)...)
	facts = keepWider(facts, c.recordedList(target.Name, "podCIDRs"))

	file := mesh.FactsFile(target.Name)
	result.File = c.ws.path(file)
	before := c.ws.doc.Facts(target.Name)
	text, changed, err := mergeFacts(before, target.Name, facts)
	if err != nil || len(changed) == 0 || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	if broken := mesh.CheckFacts(target.Name, text); len(broken) > len(mesh.CheckFacts(target.Name, before)) && before != nil {
		return withHint(fmt.Errorf("write %s: the facts do not fit in: %s", result.File, broken[0].Message),
			"write its fields out, without anchors and <<, or remove it")
	}
	c.store.Lock()
	defer c.store.Unlock()
	if now, err := fs.ReadFile(c.ws.root.FS(), file); err == nil && !bytes.Equal(now, before) || err != nil && before != nil {
		return withHint(fmt.Errorf("write %s: somebody else has changed it in the meantime", result.File), "run the same command again")
	}
	if err := output.WriteFile(result.File, text, output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		return err
	}
	result.Changed = changed
	return nil
}

// silent notes what the file says and the cluster does not, where peers rely on it. It may be
// planned, or gone.
func (c *collector) silent(target *v1alpha1.Cluster, told cluster.Facts) []cluster.Note {
	var notes []cluster.Note
	note := func(field, live string) {
		if value := c.recorded(target.Name, field); value != "" && live == "" {
			notes = append(notes, cluster.Note{What: field,
				Why: fmt.Sprintf("%s says %s, and the cluster says none: it is kept", c.ws.path(mesh.FactsFile(target.Name)), value)})
		}
	}
	note("network", told.Network)
	note("gateway.addresses", first(told.GatewayAddresses))
	return notes
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// saysUID names the file that has the UID of a cluster.
func (c *collector) saysUID(target *v1alpha1.Cluster) string {
	if c.declared[target.Name].UID == target.UID {
		return c.ws.name
	}
	return c.ws.path(mesh.FactsFile(target.Name))
}
