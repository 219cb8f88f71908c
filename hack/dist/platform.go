package main

import (
	"fmt"
	"path/filepath"
)

// platform is an operating system and an architecture, by Go's names, which are krew's too.
type platform struct{ os, arch string }

func platforms() []platform {
	var all []platform
	for _, os := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, platform{os, arch})
		}
	}
	return all
}

// archiveName is what krew-manifest.yaml asks for.
func (p platform) archiveName(version string) string {
	ext := "tar.gz"
	if p.os == "windows" {
		ext = "zip"
	}
	return fmt.Sprintf("kubectl-mesh_%s_%s_%s.%s", version, p.os, p.arch, ext)
}

func (p platform) binaryName() string {
	if p.os == "windows" {
		return "kubectl-mesh.exe"
	}
	return "kubectl-mesh"
}

// content lists the files of the archive. The completion shim is a POSIX script and of no use on Windows.
func (p platform) content(binary string) []entry {
	files := []entry{{binary, 0o755}, {"LICENSE", 0o644}}
	if p.os != "windows" {
		files = append(files, entry{filepath.Join("templates", "kubectl_complete-mesh"), 0o755})
	}
	return files
}
