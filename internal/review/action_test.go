package review_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// runner is a fake of what GitHub gives the step of action.yml: files for its results, a program and a gh that write
// down how they were called.
type runner struct {
	*testing.T
	dir string
	env []string
}

func newRunner(t *testing.T, program, gh string) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("no bash to run the action")
	}
	r := &runner{T: t, dir: t.TempDir()}
	log := "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >> '" + r.dir + "/calls'\n"
	for name, text := range map[string]string{"mesh": log + program, "gh": log + gh} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.env = []string{"PATH=" + r.dir + string(os.PathListSeparator) + os.Getenv("PATH"), "RUNNER_TEMP=" + r.dir, "GITHUB_REPOSITORY=acme/mesh",
		"GITHUB_STEP_SUMMARY=" + r.dir + "/summary", "GITHUB_OUTPUT=" + r.dir + "/output",
		"MESH_PROGRAM=" + r.dir + "/mesh", "MESH_BASE=abc", "MESH_FILE=env/a b;c.yaml"}
	return r
}

// run returns the log of the step, which the runner searches for commands, and its exit code.
func (r *runner) run(env ...string) (log string, code int) {
	r.Helper()
	script, err := filepath.Abs("../../hack/action/review.sh")
	if err != nil {
		r.Fatal(err)
	}
	command := exec.CommandContext(r.Context(), "bash", script)
	command.Dir, command.Env = r.dir, append(r.env, env...)
	out, err := command.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	} else if err != nil {
		r.Fatal(err)
	}
	return string(out), 0
}

func (r *runner) read(name string) string {
	r.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), r.dir+"/", "")
}

const prints = "echo '# Mesh review: 1 danger'\n"

func TestActionSummary(t *testing.T) {
	t.Parallel()
	r := newRunner(t, prints, "exit 1\n")
	if _, code := r.run("MESH_FAIL_ON=danger"); code != 0 {
		t.Errorf("exit code %d", code)
	}
	want := "mesh\nreview\n-f\nenv/a b;c.yaml\n-o\nmarkdown\n--max-bytes\n60000\n--fail-on\ndanger\n--\nabc...HEAD\n"
	if got := r.read("calls"); got != want {
		t.Errorf("called\n%s\nwant\n%s", got, want)
	}
	if got := r.read("summary"); got != "# Mesh review: 1 danger\n" {
		t.Errorf("summary %q", got)
	}
	if got := r.read("output"); !strings.HasPrefix(got, "exit-code=0\nreport=kubectl-mesh.") {
		t.Errorf("output %q", got)
	}
}

// TestActionComment: there is one comment, whatever must be done for that; a person's is not touched.
func TestActionComment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ gh, want string }{
		"first":  {"", "--method\nPOST\nrepos/acme/mesh/issues/7/comments\n--field\nbody=@"},
		"second": {"case $* in *--jq*) echo 42;; esac\n", "--method\nPATCH\nrepos/acme/mesh/issues/comments/42\n--field\nbody=@"},
	} {
		r := newRunner(t, prints+"exit 1\n", test.gh)
		log, code := r.run("GH_TOKEN=x", "MESH_PULL_REQUEST=7")
		calls := r.read("calls")
		if code != 1 || !strings.Contains(calls, test.want) || !strings.Contains(calls, `.user.type == "Bot" and (.body | startswith("<!-- kubectl-mesh review -->"))`) {
			t.Errorf("%s: exit code %d, called\n%s\n%s", name, code, calls, log)
		}
		comments, _ := filepath.Glob(filepath.Join(r.dir, "kubectl-mesh.*", "comment.md"))
		if len(comments) != 1 {
			t.Fatalf("%s: comments %q", name, comments)
		}
		if text, err := os.ReadFile(comments[0]); err != nil || string(text) != "<!-- kubectl-mesh review -->\n# Mesh review: 1 danger\n" {
			t.Errorf("%s: comment %q, error %v", name, text, err)
		}
	}
}

// TestActionWithoutPermission: the token of a fork may not comment. That fails nothing.
func TestActionWithoutPermission(t *testing.T) {
	t.Parallel()
	r := newRunner(t, prints, "exit 1\n")
	log, code := r.run("GH_TOKEN=x", "MESH_PULL_REQUEST=7")
	if code != 0 || !strings.Contains(log, "::warning::the review could not be written as a comment") || r.read("summary") == "" {
		t.Errorf("exit code %d, log\n%s", code, log)
	}
}

// TestActionNotCompared: no comparison is no "no changes", and nothing that the program says is a command.
func TestActionNotCompared(t *testing.T) {
	t.Parallel()
	r := newRunner(t, "printf 'error: nothing was compared\\n::error::x\\n' >&2\nexit 3\n", "")
	log, code := r.run("GH_TOKEN=x", "MESH_PULL_REQUEST=7")
	if code != 3 {
		t.Errorf("exit code %d", code)
	}
	lines := strings.Split(log, "\n")
	stop, ok := strings.CutPrefix(lines[0], "::stop-commands::")
	if !ok || len(stop) != 32 || strings.Join(lines[1:4], "\n") != "error: nothing was compared\n::error::x\n::"+stop+"::" {
		t.Errorf("log\n%s", log)
	}
	want := "# Mesh review: not compared\n\nThis change was not reviewed. kubectl mesh review exited with 3:\n\n    error: nothing was compared\n    ::error::x\n"
	if got := r.read("summary"); got != want {
		t.Errorf("summary\n%s", got)
	}
}

// TestActionFile: no expression of the workflow is a part of the script, and nothing runs with the secrets of the
// repository.
func TestActionFile(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Runs struct {
			Using string
			Steps []struct{ Shell, Run string }
		}
	}
	if err := yaml.Unmarshal(text, &action); err != nil || action.Runs.Using != "composite" || len(action.Runs.Steps) != 1 {
		t.Fatalf("error %v: %+v", err, action)
	}
	if step := action.Runs.Steps[0]; step.Shell != "bash" || strings.Contains(step.Run, "${{") {
		t.Errorf("step %+v", step)
	}
	for _, file := range []string{"../../action.yml", "../../docs/ci/github-review.yml"} {
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "pull_request_target:") {
			t.Errorf("%s: error %v, or it runs with secrets", file, err)
		}
	}
}

// TestReviewDoc: what people paste is what is tested.
func TestReviewDoc(t *testing.T) {
	doc, err := os.ReadFile("../../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../../docs/ci/github-review.yml", "../../docs/ci/gitlab-review.yml", "testdata/api-server-moved/want.md"} {
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(doc), strings.TrimSpace(string(text))) {
			t.Errorf("docs/review.md does not have %s: %v", name, err)
		}
	}
}
