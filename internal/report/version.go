package report

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// Version describes a build.
type Version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// NewVersion prefers the linker's version, which is a release; `go install` sets that of the module.
func NewVersion(linked string, info *debug.BuildInfo) Version {
	v := Version{Version: linked, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
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

// Print prints one line, or data if a format is specified.
func (v Version) Print(w io.Writer, format string) error {
	if format != "" {
		return Document(w, format, "Version", v)
	}
	_, err := fmt.Fprintf(w, "kubectl mesh %s %s %s\n", v.Version, v.Go, v.Platform)
	return err
}
