package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestBuildVersion(t *testing.T) {
	module := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "abc"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for name, test := range map[string]struct {
		linked string
		info   *debug.BuildInfo
		want   buildVersion
	}{
		"release":      {"v1.2.3", module("v9.9.9", revision), buildVersion{Version: "v1.2.3", Commit: "abc"}},
		"go install":   {"", module("v1.2.3"), buildVersion{Version: "v1.2.3"}},
		"work tree":    {"", module("(devel)", revision, dirty), buildVersion{Version: "devel", Commit: "abc", Modified: true}},
		"nothing said": {"", module(""), buildVersion{Version: "devel"}},
		"no info":      {"", nil, buildVersion{Version: "devel"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Go, test.want.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
			if got := buildVersionOf(test.linked, test.info); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
