package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var modTime = time.Date(2026, 5, 4, 3, 2, 0, 0, time.UTC)

// sources writes two files whose modes and times are not those that the archive shall hold.
func sources(t *testing.T, when time.Time) []entry {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) entry {
		path := filepath.Join(dir, name)
		err := os.WriteFile(path, []byte(content), 0o600)
		if err := errors.Join(err, os.Chtimes(path, when, when)); err != nil {
			t.Fatal(err)
		}
		return entry{path, mode}
	}
	return []entry{write("kubectl-mesh", "binary", 0o755), write("LICENSE", "terms", 0o644)}
}

const wantList = `kubectl-mesh -rwxr-xr-x 2026-05-04T03:02:00Z binary
LICENSE -rw-r--r-- 2026-05-04T03:02:00Z terms
`

func TestTarGz(t *testing.T) {
	var first, second bytes.Buffer
	if err := writeTarGz(&first, sources(t, time.Unix(1, 0)), modTime); err != nil {
		t.Fatal(err)
	}
	if err := writeTarGz(&second, sources(t, time.Unix(2, 0)), modTime); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same files give different archives")
	}
	if got := listTarGz(t, &first); got != wantList {
		t.Errorf("archive holds\n%swant\n%s", got, wantList)
	}
}

func TestZip(t *testing.T) {
	var first, second bytes.Buffer
	if err := writeZip(&first, sources(t, time.Unix(1, 0)), modTime); err != nil {
		t.Fatal(err)
	}
	if err := writeZip(&second, sources(t, time.Unix(2, 0)), modTime); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same files give different archives")
	}
	if got := listZip(t, first.Bytes()); got != wantList {
		t.Errorf("archive holds\n%swant\n%s", got, wantList)
	}
}

func TestPlatforms(t *testing.T) {
	var got strings.Builder
	for _, p := range platforms() {
		fmt.Fprint(&got, p.archiveName("v1.2.3"))
		for _, f := range p.content(p.binaryName()) {
			fmt.Fprint(&got, " ", filepath.Base(f.path))
		}
		fmt.Fprintln(&got)
	}
	want := `kubectl-mesh_v1.2.3_linux_amd64.tar.gz kubectl-mesh LICENSE kubectl_complete-mesh
kubectl-mesh_v1.2.3_linux_arm64.tar.gz kubectl-mesh LICENSE kubectl_complete-mesh
kubectl-mesh_v1.2.3_darwin_amd64.tar.gz kubectl-mesh LICENSE kubectl_complete-mesh
kubectl-mesh_v1.2.3_darwin_arm64.tar.gz kubectl-mesh LICENSE kubectl_complete-mesh
kubectl-mesh_v1.2.3_windows_amd64.zip kubectl-mesh.exe LICENSE
kubectl-mesh_v1.2.3_windows_arm64.zip kubectl-mesh.exe LICENSE
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestChecksums(t *testing.T) {
	dir := t.TempDir()
	archive, list := filepath.Join(dir, "a.zip"), filepath.Join(dir, "checksums.txt")
	err := os.WriteFile(archive, []byte("content"), 0o600)
	if err := errors.Join(err, writeChecksums(list, []string{archive})); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(list)
	if want := fmt.Sprintf("%x  a.zip\n", sha256.Sum256([]byte("content"))); err != nil || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestSourceDate(t *testing.T) {
	for epoch, want := range map[string]string{"": "1980-01-01T00:00:00Z", "1777863720": "2026-05-04T03:02:00Z"} {
		if got, err := sourceDate(epoch); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: got %s, %v; want %s", epoch, got.Format(time.RFC3339), err, want)
		}
	}
	_, err := sourceDate("today")
	if want := `read SOURCE_DATE_EPOCH: strconv.ParseInt: parsing "today": invalid syntax`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func listTarGz(t *testing.T, r io.Reader) string {
	t.Helper()
	uncompressed, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for archive := tar.NewReader(uncompressed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return list.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uid != 0 || header.Uname != "" {
			t.Errorf("%s has an owner: %d %q", header.Name, header.Uid, header.Uname)
		}
		line(t, &list, header.FileInfo(), archive)
	}
}

func listZip(t *testing.T, data []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for _, f := range archive.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		line(t, &list, f.FileInfo(), content)
	}
	return list.String()
}

func line(t *testing.T, list *strings.Builder, info os.FileInfo, content io.Reader) {
	t.Helper()
	data, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(list, "%s %s %s %s\n", info.Name(), info.Mode(), info.ModTime().UTC().Format(time.RFC3339), data)
}
