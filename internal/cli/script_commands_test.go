package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"exits": exits, "write": write, "jwt": jwt, "jwtclaims": jwtClaims, "mode": mode, "keep": keep, "same": same, "grep-tree": grepTree, "pki": pki, "sign": sign,
		"agekey": agekey, "controller": controller, "subst": subst, "commit": commit, "gateway": gateway,
	}
}

// exits CODE PROGRAM ARGS… runs the program, which must exit with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) < 2, "exits CODE PROGRAM ARGS…")
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// write FILE TEXT writes a file of any bytes: TEXT has the escapes of Go.
func write(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "write FILE TEXT")
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	writePrivate(ts, args[0], text)
}

// jwt FILE SUBJECT writes a token that names its subject; nobody has signed it.
func jwt(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "jwt FILE SUBJECT")
	subject, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	claims, err := json.Marshal(map[string]string{"sub": subject})
	ts.Check(err)
	writePrivate(ts, args[0], fakeJWT(string(claims), "unsigned"))
}

// jwtclaims FILE CLAIMS writes a token with any claims, as JSON.
func jwtClaims(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "jwtclaims FILE CLAIMS")
	writePrivate(ts, args[0], fakeJWT(args[1], "unsigned"))
}

// fakeJWT is made here, so that no scanner takes a file of the project for a leak.
func fakeJWT(claims, signature string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256","kid":"fake"}`)) + "." + encode([]byte(claims)) + "." + signature
}

func writePrivate(ts *testscript.TestScript, name, text string) {
	name = ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o700))
	ts.Check(os.WriteFile(name, []byte(text), 0o600))
}

// mode WANT PATH… compares permissions, where the system has them.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) < 2, "mode WANT PATH…")
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if have := fmt.Sprintf("%04o", info.Mode().Perm()); have != args[0] && runtime.GOOS != "windows" {
			ts.Fatalf("%s has mode %s, want %s", name, have, args[0])
		}
	}
}

// keep FOLDER COPY copies a directory, for same.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2, "keep FOLDER COPY")
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}

// same FOLDER COPY compares directories: names, kinds and contents.
func same(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) != 2, "same FOLDER COPY")
	a, b := listing(ts, args[0]), listing(ts, args[1])
	if maps.Equal(a, b) == neg {
		ts.Fatalf("%s has %q\n%s has %q", args[0], a, args[1], b)
	}
}

// grep-tree TEXT FOLDER looks for a text in all files of a directory.
func grepTree(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) != 2, "grep-tree TEXT FOLDER")
	found := false
	for _, content := range listing(ts, args[1]) {
		found = found || strings.Contains(content, args[0])
	}
	if found == neg {
		ts.Fatalf("%q in %s: %t", args[0], args[1], found)
	}
}

func listing(ts *testscript.TestScript, dir string) map[string]string {
	content := map[string]string{}
	files := os.DirFS(ts.MkAbs(dir))
	ts.Check(fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			content[path] = entry.Type().String()
			return err
		}
		text, err := fs.ReadFile(files, path)
		content[path] = string(text)
		return err
	}))
	return content
}

func usage(ts *testscript.TestScript, wrong bool, text string) {
	if wrong {
		ts.Fatalf("usage: %s", text)
	}
}

// commit FOLDER commits all that is in a directory of the repository.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 1, "commit FOLDER")
	ts.Check(repository.Commit(ts.MkAbs(args[0])))
}
