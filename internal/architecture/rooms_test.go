package architecture_test

// The layers of the house, from the ground up. Imports point down; within a layer only where the table
// lists it.
const (
	leaves    = iota + 1 // import nothing of ours
	model                // what a mesh is
	decisions            // pure: what follows from it
	edges                // files, clusters, terminals, git
	useCases             // one piece of work each, over a workspace and live clusters
	commands             // flags to calls, results to text, errors to exit codes
	programs             // main, and tools for developers
)

// room is a package with its layer and what it may import of the project. A new edge is a line here with
// its reason in the commit.
type room struct {
	layer   int
	imports string
}

func rooms() map[string]room {
	return map[string]room{
		"cmd/kubectl-mesh": {programs, "internal/cli"},

		"internal/cli": {commands, "internal/authority internal/collect internal/disk internal/exchange internal/explain internal/initial internal/input " +
			"internal/inspect internal/live internal/manual internal/migrate internal/plan internal/progress internal/proof internal/reader internal/report internal/review internal/reviewed " +
			"internal/rollout internal/sample internal/scan internal/seal internal/signer internal/status internal/terminal internal/tree " +
			"internal/verdict internal/workspace pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 " +
			"pkg/changes pkg/check pkg/handshake pkg/hint pkg/leaks pkg/nearest pkg/printable " +
			"pkg/shell pkg/trust templates"},
		// An explanation is printed as a report is.
		"internal/explain": {commands, "internal/report internal/verdict pkg/apis/mesh/v1alpha1 pkg/changes pkg/check pkg/hint pkg/rules pkg/summary"},
		"internal/manual":  {edges, "internal/terminal"},
		"internal/report": {commands, "internal/authority internal/collect internal/exchange internal/migrate internal/output internal/plan internal/reader internal/rollout " +
			"internal/scan internal/status internal/terminal internal/workspace pkg/access pkg/apis/mesh " +
			"pkg/apis/mesh/v1alpha1 pkg/changes pkg/check pkg/handshake pkg/hint pkg/layout pkg/printable pkg/render pkg/rules pkg/summary " +
			"pkg/topology pkg/trust"},

		"internal/authority": {useCases, "internal/input internal/live internal/progress internal/terminal internal/tree internal/verdict " +
			"internal/workspace pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/cluster " +
			"pkg/handshake pkg/hint pkg/layout pkg/render pkg/shell pkg/trust"},
		"internal/collect": {useCases, "internal/facts internal/input internal/live internal/output internal/parallel " +
			"internal/progress internal/terminal internal/verdict internal/workspace internal/yamlnode pkg/access " +
			"pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/apply pkg/check pkg/cluster pkg/gke pkg/hint " +
			"pkg/kubeconfig pkg/layout pkg/shell"},
		// An import shows what it would change in the words of a review.
		"internal/exchange": {useCases, "internal/input internal/output internal/review internal/signer internal/terminal internal/verdict internal/workspace " +
			"pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/check pkg/exchange pkg/hint pkg/kubeconfig pkg/layout pkg/leaks pkg/sops pkg/sshsig " +
			"pkg/strict pkg/trust"},
		"internal/initial": {useCases, "internal/live internal/output internal/transaction internal/verdict " +
			"internal/workspace internal/yamlnode pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/hint " +
			"pkg/kubeconfig pkg/layout pkg/leaks pkg/rules pkg/topology"},
		"internal/inspect": {useCases, "internal/live internal/parallel internal/progress internal/tree internal/verdict " +
			"internal/workspace pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/check pkg/cluster " +
			"pkg/handshake pkg/hint pkg/layout pkg/render pkg/sealing pkg/trust"},
		"internal/migrate": {useCases, "internal/verdict internal/workspace internal/yamlnode pkg/apis/mesh " +
			"pkg/apis/mesh/v1alpha1 pkg/layout"},
		"internal/reader": {useCases, "internal/live internal/output internal/plan internal/proof internal/reviewed internal/terminal internal/tree internal/verdict " +
			"internal/workspace pkg/access pkg/apis/mesh/v1alpha1 pkg/apply pkg/cluster pkg/hazard pkg/hint " +
			"pkg/kubeconfig pkg/layout pkg/render pkg/shell pkg/topology"},
		"internal/review": {useCases, "internal/git internal/terminal internal/verdict internal/workspace " +
			"pkg/apis/mesh pkg/changes pkg/hint pkg/layout pkg/markdown pkg/render pkg/sealing pkg/sshsig pkg/summary"},
		"internal/reviewed": {useCases, "internal/git internal/output internal/terminal internal/tree internal/verdict internal/workspace " +
			"pkg/hint pkg/layout pkg/printable pkg/shell"},
		"internal/rollout": {useCases, "internal/live internal/parallel internal/progress internal/proof internal/terminal internal/verdict " +
			"internal/workspace pkg/access pkg/apis/mesh/v1alpha1 pkg/apply pkg/cluster pkg/hazard pkg/hint " +
			"pkg/kubeconfig pkg/layout pkg/render pkg/shell pkg/topology pkg/trust"},
		"internal/sample": {useCases, "internal/live internal/parallel internal/progress internal/workspace pkg/access pkg/apis/mesh/v1alpha1 " +
			"pkg/apply pkg/hint pkg/render"},
		"internal/scan": {useCases, "internal/git internal/input internal/terminal internal/verdict pkg/apis/mesh " +
			"pkg/hint pkg/layout pkg/leaks pkg/shell"},
		"internal/seal": {useCases, "internal/input internal/terminal internal/verdict internal/workspace pkg/access pkg/apis/mesh " +
			"pkg/apis/mesh/v1alpha1 pkg/hint pkg/layout pkg/leaks pkg/manifest pkg/render " +
			"pkg/rules pkg/sealedsecret pkg/sealing pkg/shell pkg/sops"},
		"internal/status": {useCases, "internal/authority internal/git internal/live internal/output internal/reader internal/rollout internal/terminal internal/tree internal/workspace pkg/access pkg/apis/mesh " +
			"pkg/apis/mesh/v1alpha1 pkg/kubeconfig pkg/layout pkg/shell pkg/trust"},
		// Rendering is a part of other work: a root is rotated, and a mesh checked, by what the tree shows.
		"internal/tree": {useCases, "internal/output internal/terminal internal/verdict internal/workspace pkg/apis/mesh " +
			"pkg/hint pkg/layout pkg/render"},

		"internal/workspace": {edges, "internal/disk internal/git internal/input internal/live internal/output " +
			"internal/parallel internal/terminal internal/transaction internal/verdict " +
			"pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/hint pkg/kubeconfig " +
			"pkg/layout pkg/nearest pkg/render pkg/rules pkg/sealedsecret pkg/sealing " +
			"pkg/shell pkg/summary pkg/topology pkg/trust"},
		"internal/live": {edges, "internal/input internal/progress internal/terminal internal/verdict pkg/apigroup pkg/apis/mesh " +
			"pkg/apis/mesh/v1alpha1 pkg/apply pkg/cluster pkg/hint pkg/kubeconfig pkg/shell " +
			"pkg/upstream"},
		"internal/plan": {edges, "internal/progress internal/verdict"},
		"internal/proof": {edges, "internal/live internal/parallel internal/terminal pkg/apis/mesh/v1alpha1 " +
			"pkg/cluster pkg/endpoints pkg/hint pkg/shell pkg/topology"},
		"internal/facts": {edges, "internal/yamlnode pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/cluster " +
			"pkg/gke pkg/kubeconfig pkg/printable"},
		"internal/disk":        {edges, "pkg/hint"},
		"internal/input":       {edges, "internal/verdict"},
		"internal/git":         {edges, "pkg/hint pkg/printable pkg/shell"},
		"internal/output":      {edges, "internal/disk internal/input pkg/hint pkg/layout pkg/leaks pkg/printable pkg/shell"},
		"internal/transaction": {edges, "internal/disk pkg/hint pkg/layout pkg/leaks pkg/printable"},
		"internal/terminal":    {edges, "internal/input internal/verdict pkg/apis/mesh pkg/hint pkg/printable"},
		"internal/signer":      {edges, "internal/input internal/verdict pkg/shell pkg/sshsig"},
		"internal/verdict":     {edges, "pkg/hint pkg/nearest"},
		"pkg/apply": {edges, "pkg/access pkg/apigroup pkg/appliedcopy pkg/hint pkg/kubeconfig pkg/manifest pkg/render " +
			"pkg/shell"},
		"pkg/check": {edges, "pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/appliedcopy pkg/audit pkg/cluster pkg/endpoints " +
			"pkg/firewall pkg/gke pkg/handshake pkg/helm pkg/layout pkg/render pkg/shell pkg/topology pkg/trust pkg/upstream"},
		"pkg/handshake": {edges, "pkg/trust"},
		"pkg/cluster":   {edges, "pkg/apigroup pkg/appliedcopy pkg/jwks pkg/kubeconfig pkg/strict pkg/upstream"},

		// A summary is a decision about one mesh, a change one about two of them.
		"pkg/changes": {decisions, "pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/layout pkg/shell pkg/summary"},
		"pkg/hazard":  {decisions, "pkg/apis/mesh/v1alpha1 pkg/hint pkg/upstream"},
		"pkg/audit":   {decisions, "pkg/apis/mesh/v1alpha1 pkg/firewall pkg/gke"},
		"pkg/render": {decisions, "internal/parallel pkg/access pkg/apis/mesh/v1alpha1 pkg/firewall pkg/helm pkg/jwks pkg/kubeconfig " +
			"pkg/layout pkg/leaks pkg/manifest pkg/printable pkg/pruneguard pkg/sealing " +
			"pkg/shell pkg/summary pkg/topology pkg/trust pkg/upstream templates"},
		"pkg/rules": {decisions, "internal/parallel pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/firewall pkg/layout " +
			"pkg/nearest pkg/sealedsecret pkg/shell pkg/topology pkg/upstream"},

		"pkg/summary": {decisions, "pkg/access pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/firewall pkg/layout pkg/markdown pkg/rules " +
			"pkg/topology pkg/trust"},

		"pkg/access": {model, "pkg/apis/mesh/v1alpha1 pkg/kubeconfig pkg/layout pkg/shell pkg/topology"},
		"pkg/apis/mesh": {model, "internal/parallel pkg/access pkg/apis/mesh/v1alpha1 pkg/layout pkg/nearest pkg/pemfile pkg/printable " +
			"pkg/sealedsecret pkg/sops pkg/strict"},
		"pkg/apis/mesh/v1alpha1": {model, "pkg/hint pkg/jwks pkg/layout pkg/nearest pkg/printable pkg/upstream"},
		"pkg/exchange":           {model, "pkg/apis/mesh/v1alpha1 pkg/sshsig pkg/strict"},
		"pkg/firewall":           {model, "pkg/apis/mesh/v1alpha1 pkg/topology"},
		"pkg/gke":                {model, "pkg/apis/mesh pkg/apis/mesh/v1alpha1 pkg/strict"},
		"pkg/helm":               {model, "pkg/access pkg/apis/mesh/v1alpha1 pkg/topology pkg/upstream"},
		"pkg/kubeconfig":         {model, "pkg/hint pkg/nearest pkg/printable pkg/shell pkg/strict"},
		"pkg/leaks":              {model, "pkg/hint templates"},
		"pkg/sealing": {model, "pkg/kubeconfig pkg/manifest pkg/printable pkg/pruneguard pkg/sealedsecret " +
			"pkg/sops pkg/strict pkg/trust"},
		"pkg/markdown": {model, "pkg/printable"},
		"pkg/strict":   {model, "pkg/printable"},
		"pkg/topology": {model, "pkg/apis/mesh/v1alpha1"},
		"pkg/jwks":     {model, "pkg/strict"},
		"pkg/trust":    {model, "pkg/hint pkg/pemfile pkg/printable"},

		"internal/progress": {leaves, ""},
		"internal/parallel": {leaves, ""},
		"internal/yamlnode": {leaves, ""},
		"pkg/apigroup":      {leaves, ""},
		"pkg/appliedcopy":   {leaves, ""},
		"pkg/endpoints":     {leaves, ""},
		"pkg/hint":          {leaves, ""},
		"pkg/layout":        {leaves, ""},
		"pkg/manifest":      {leaves, ""},
		"pkg/nearest":       {leaves, ""},
		"pkg/pemfile":       {leaves, ""},
		"pkg/printable":     {leaves, ""},
		"pkg/pruneguard":    {leaves, ""},
		"pkg/sealedsecret":  {leaves, ""},
		"pkg/shell":         {leaves, ""},
		"pkg/sops":          {leaves, ""},
		"pkg/sshsig":        {leaves, ""},
		"pkg/upstream":      {leaves, ""},
		"templates":         {leaves, ""},

		// For tests only: .golangci.yml sees to that.
		"internal/testutil/crash":      {edges, "internal/disk"},
		"internal/testutil/fakeapi":    {leaves, ""},
		"internal/testutil/fakeistiod": {useCases, "internal/live internal/proof pkg/cluster pkg/endpoints"},
		"internal/testutil/files":      {leaves, ""},
		"internal/testutil/repository": {leaves, ""},
		"internal/testutil/testmesh": {edges, "internal/live internal/testutil/fakeapi internal/testutil/files " +
			"internal/testutil/repository internal/workspace pkg/apis/mesh pkg/hint pkg/layout"},

		"hack/check-upstream":   {programs, "pkg/upstream"},
		"hack/dist":             {programs, ""},
		"hack/krew":             {programs, ""},
		"internal/architecture": {programs, ""},
		"internal/benchmark":    {programs, ""},
		"internal/changesdoc":   {programs, "pkg/changes"},
		"internal/checksdoc":    {programs, "pkg/check"},
		"internal/rulesdoc":     {programs, "pkg/rules"},
		"internal/schema":       {leaves, ""},
		"internal/schema/gen":   {programs, "internal/schema pkg/access"},
		"internal/upstreamdoc":  {programs, "pkg/upstream"},
		"internal/writers":      {programs, ""},
	}
}
