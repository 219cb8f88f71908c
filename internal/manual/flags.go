package manual

import (
	"slices"
	"strings"
)

// Flag is a flag of a command.
type Flag struct {
	Name, Short string
	// Value is the name of its value; empty for a switch.
	Value   string
	Usage   string
	Default string
}

// flagGroup is a group of flags with one purpose.
type flagGroup struct {
	title string
	// omitted is the start of most of their texts, which the title already says.
	omitted string
	flags   []Flag
}

// grouped sorts flags by purpose: first the command's own, then shared ones.
func grouped(flags []Flag) []flagGroup {
	groups := []flagGroup{
		{title: "Flags"}, {title: "Flags of --apply", omitted: "with --apply: "},
		{title: "Cluster access flags"}, {title: "Impersonation flags"}, {title: "Global flags"},
	}
	isApply := slices.ContainsFunc(flags, func(f Flag) bool { return f.Name == "apply" })
	for _, flag := range flags {
		at := 0
		switch flag.Name {
		case "apply", "dry-run", "prune", "yes", "pin", "force-conflicts", "accept-restart", "allow-unreviewed":
			if isApply {
				at = 1
			}
		case "kubeconfig", "context", "request-timeout":
			at = 2
		case "as", "as-uid", "as-group":
			at = 3
		case "color", "help":
			at = 4
		}
		groups[at].flags = append(groups[at].flags, flag)
	}
	return slices.DeleteFunc(groups, func(g flagGroup) bool { return len(g.flags) == 0 })
}

// widestLabel is the width up to which texts are next to flags.
const widestLabel = 30

func (p *printer) flags(flags []Flag, omitted string) {
	column := 0
	for _, flag := range flags {
		if width := len(flag.label()) + len("  "); width <= widestLabel {
			column = max(column, width)
		}
	}
	for _, flag := range flags {
		text := strings.TrimPrefix(flag.Usage, omitted)
		if flag.Default != "" {
			text += " (default " + flag.Default + ")"
		}
		p.entry(flag.label(), text, max(column, len("          ")))
	}
}

// label returns the flag as typed.
func (f Flag) label() string {
	label := "      --" + f.Name
	if f.Short != "" {
		label = "  -" + f.Short + ", --" + f.Name
	}
	if f.Value != "" {
		label += " " + f.Value
	}
	return label
}
