package report

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestNewVersion(t *testing.T) {
	module := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "abc"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for name, test := range map[string]struct {
		linked string
		info   *debug.BuildInfo
		want   Version
	}{
		"release":      {"v1.2.3", module("v9.9.9", revision), Version{Version: "v1.2.3", Commit: "abc"}},
		"go install":   {"", module("v1.2.3"), Version{Version: "v1.2.3"}},
		"work tree":    {"", module("(devel)", revision, dirty), Version{Version: "devel", Commit: "abc", Modified: true}},
		"nothing said": {"", module(""), Version{Version: "devel"}},
		"no info":      {"", nil, Version{Version: "devel"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Go, test.want.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
			if got := NewVersion(test.linked, test.info); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
