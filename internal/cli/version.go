package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

type versionOptions struct {
	System
	output string
}

func newVersion(system System, runF func(*versionOptions) error) *cobra.Command {
	o := &versionOptions{System: system}
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := checkOutput(o.output, "", "json", "yaml"); err != nil {
				return err
			}
			return o.Run()
		},
	}
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

// buildVersion is what `version -o json` prints.
type buildVersion struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (o *versionOptions) Run() error {
	info, _ := debug.ReadBuildInfo()
	v := buildVersionOf(o.Version, info)
	if o.output != "" {
		return printData(o.Out, o.output, v)
	}
	_, err := fmt.Fprintf(o.Out, "kubectl mesh %s %s %s\n", v.Version, v.Go, v.Platform)
	return err
}

// buildVersionOf prefers what the linker has set: a release; `go install` leaves the version
// of the module.
func buildVersionOf(linked string, info *debug.BuildInfo) buildVersion {
	v := buildVersion{Version: linked, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		info = &debug.BuildInfo{}
	}
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	if v.Version == "" || v.Version == "(devel)" {
		v.Version = "devel"
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}
