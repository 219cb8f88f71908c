package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// entry is a file to put at the top of an archive, with the mode it has there whatever it has here.
type entry struct {
	path string
	mode fs.FileMode
}

// pack writes the archive of the kind that people expect on the platform.
func (p platform) pack(archive string, files []entry, modTime time.Time) error {
	write := writeTarGz
	if p.os == "windows" {
		write = writeZip
	}
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	return errors.Join(write(out, files, modTime), out.Close())
}

// writeTarGz records neither owner nor compression time: they differ between machines.
func writeTarGz(w io.Writer, files []entry, modTime time.Time) error {
	compressed := gzip.NewWriter(w)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Name: filepath.Base(f.path), Mode: int64(f.mode.Perm()), Size: int64(len(data)),
			ModTime: modTime, Format: tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func writeZip(w io.Writer, files []entry, modTime time.Time) error {
	archive := zip.NewWriter(w)
	for _, f := range files {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: filepath.Base(f.path), Method: zip.Deflate, Modified: modTime}
		header.SetMode(f.mode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}
