package transaction_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

func TestNames(t *testing.T) {
	const remedy = "hint: rename it: file names must work on every system where the repository is checked out"
	outside := func(name string) []string { return []string{name + " is not a path inside the workspace"} }
	own := func(name string) []string { return []string{name + " is a name that kubectl mesh reserves"} }
	unfit := func(name, reason string) []string { return []string{name + ": " + reason, remedy} }
	const (
		device = "Windows reserves this name for a device"
		ending = "a name must not end in a dot or a space, which Windows removes"
		chars  = `a name must not contain any of \ : < > " | ? *`
		hidden = "a name must not contain unprintable characters"
		git    = "files in .git are never written"
	)
	tests := []struct {
		name string
		want []string
	}{
		{"", outside(`""`)},
		{".", outside(`"."`)},
		{"..", outside(`".."`)},
		{"../x", outside(`"../x"`)},
		{"trust/../../x", outside(`"trust/../../x"`)},
		{"trust/./x", outside(`"trust/./x"`)},
		{"/etc/passwd", outside(`"/etc/passwd"`)},
		{"trust//x", outside(`"trust//x"`)},
		{"trust/", outside(`"trust/"`)},
		{"trust/\xff", outside(`"trust/\xff"`)},
		{"CON", unfit(`"CON"`, device)},
		{"trust/nul", unfit(`"trust/nul"`, device)},
		{"trust/com1.txt", unfit(`"trust/com1.txt"`, device)},
		{"LPT9.tar.gz/x", unfit(`"LPT9.tar.gz/x"`, device)},
		{"com¹", unfit(`"com¹"`, device)},
		{"aux .pem", unfit(`"aux .pem"`, device)},
		{"conin$", unfit(`"conin$"`, device)},
		{"trust/east./x", unfit(`"trust/east./x"`, ending)},
		{"trust/east /x", unfit(`"trust/east /x"`, ending)},
		{"trust/...", unfit(`"trust/..."`, ending)},
		{"C:/x", unfit(`"C:/x"`, chars)},
		{"x:stream", unfit(`"x:stream"`, chars)},
		{`trust\x`, unfit(`"trust\\x"`, chars)},
		{"what?", unfit(`"what?"`, chars)},
		{"a\nb", unfit(`"a\nb"`, hidden)},
		{"a\u202eb", unfit(`"a\u202eb"`, hidden)},
		{".g\u200cit/config", unfit(`".g\u200cit/config"`, hidden)},
		{".git/hooks/pre-commit", unfit(`".git/hooks/pre-commit"`, git)},
		{"trust/.GIT/config", unfit(`"trust/.GIT/config"`, git)},
		{"git~1/config", unfit(`"git~1/config"`, git)},
		{strings.Repeat("x", 256), unfit(`"`+strings.Repeat("x", 256)+`"`, "a name must not be longer than 255 bytes")},
		{".kubectl-mesh", own(`".kubectl-mesh"`)},
		{".kubectl-mesh/lock", own(`".kubectl-mesh/lock"`)},
		{".Kubectl-Mesh/Staging/journal", own(`".Kubectl-Mesh/Staging/journal"`)},
		{"trust/.kubectl-mesh-new-1-0", own(`"trust/.kubectl-mesh-new-1-0"`)},
		{"deploy/.kubectl-mesh-staging-0/x", own(`"deploy/.kubectl-mesh-staging-0/x"`)},
		{"credentials/.token.kubectl-mesh-0", own(`"credentials/.token.kubectl-mesh-0"`)},
		{"com10", nil},
		{"console", nil},
		{"trust/nullable.pem", nil},
		{".gitignore", nil},
		{".kubectl-mesh/state.yaml", nil},
		{"clusters/größe.yaml", nil},
		{strings.Repeat("x", 255), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tx := begin(t, dir, nil)
			tx.Write(tt.name, []byte("x"), transaction.Public)
			_, err := tx.Commit(t.Context(), nil)
			wantProblems(t, err, dir, tt.want...)
			tx.Expect(tt.name, nil)
			if _, err := tx.Read(tt.name); (err == nil) != (tt.want == nil) {
				t.Errorf("read: %v", err)
			}
		})
	}
}
