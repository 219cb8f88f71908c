package git

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hostile is a repository that runs a program when plain git is used in it.
type hostile struct {
	since   string // the first version of git that runs it
	prepare func(f *fixture, fire string)
	trigger []string // arguments of the plain git that runs the program
	shell   string   // or a whole command
}

// set makes a preparation out of lines of configuration. %s is a command that touches the canary.
func set(pairs ...string) func(*fixture, string) {
	return func(f *fixture, fire string) {
		f.Helper()
		for i := 0; i < len(pairs); i += 2 {
			f.git("config", "--add", strings.ReplaceAll(pairs[i], "%s", fire), strings.ReplaceAll(pairs[i+1], "%s", fire))
		}
	}
}

// partial turns the repository into a partial clone that lacks an object, and whose remote is configured.
func partial(object string, pairs ...string) func(*fixture, string) {
	return func(f *fixture, fire string) {
		f.Helper()
		missing := f.git("rev-parse", object)
		f.remove("mesh/.git/objects/" + missing[:2] + "/" + missing[2:])
		set("core.repositoryformatversion", "1", "extensions.partialClone", "origin", "remote.origin.promisor", "true",
			"remote.origin.partialclonefilter", "blob:none")(f, fire)
		set(pairs...)(f, fire)
	}
}

func attributes(text string, next func(*fixture, string)) func(*fixture, string) {
	return func(f *fixture, fire string) {
		f.Helper()
		f.write("mesh/.gitattributes", text)
		f.write("mesh/mesh.yaml", "kind: Mesh # edited\n")
		next(f, fire)
	}
}

func hook(dir, name string) func(*fixture, string) {
	return func(f *fixture, fire string) {
		f.Helper()
		f.write(dir+"/"+name, "#!/bin/sh\n"+fire+"\n")
		if err := os.Chmod(f.path(dir+"/"+name), 0o755); err != nil {
			f.Fatal(err)
		}
	}
}

func both(first, second func(*fixture, string)) func(*fixture, string) {
	return func(f *fixture, fire string) {
		f.Helper()
		first(f, fire)
		second(f, fire)
	}
}

// submodule adds a repository as a submodule.
func submodule(f *fixture, _ string) {
	f.Helper()
	f.git("init", "--quiet", "../other")
	f.git("-C", "../other", "commit", "--quiet", "--allow-empty", "-m", "other")
	f.git("submodule", "--quiet", "add", f.path("other"), "sub")
	f.commit("submodule")
}

func hostiles() map[string]hostile {
	status, cat := []string{"status"}, []string{"cat-file", "-p", "HEAD:mesh.yaml"}
	commit, add := []string{"commit", "--allow-empty", "-m", "x"}, []string{"add", "--all"}
	return map[string]hostile{
		"core.fsmonitor":  {prepare: set("core.fsmonitor", "%s"), trigger: status},
		"hooks":           {prepare: hook("mesh/.git/hooks", "pre-commit"), trigger: commit},
		"core.hooksPath":  {prepare: both(hook("mesh/hooks", "pre-commit"), set("core.hooksPath", "hooks")), trigger: commit},
		"index hook":      {prepare: hook("mesh/.git/hooks", "post-index-change"), trigger: []string{"update-index", "--force-write-index"}, since: "2.35"},
		"hook.*.command":  {prepare: set("hook.x.command", "%s", "hook.x.event", "pre-commit"), trigger: commit, since: "2.54"},
		"filter.*.clean":  {prepare: attributes("* filter=x\n", set("filter.x.clean", "%s")), trigger: add},
		"filter.*.smudge": {prepare: attributes("* filter=x\n", set("filter.x.smudge", "%s")), trigger: []string{"checkout", "HEAD", "--", "mesh.yaml"}},
		"filter.*.process": {
			prepare: attributes("* filter=x\n", set("filter.x.process", "%s", "filter.x.required", "true")), trigger: add,
		},
		"core.attributesFile": {prepare: func(f *fixture, fire string) {
			f.write("attributes", "* filter=x\n")
			f.write("mesh/mesh.yaml", "kind: Mesh # edited\n")
			set("filter.x.clean", "%s", "core.attributesFile", f.path("attributes"))(f, fire)
		}, trigger: add},
		".git/info/attributes": {prepare: func(f *fixture, fire string) {
			f.write("mesh/.git/info/attributes", "* filter=x\n")
			f.write("mesh/mesh.yaml", "kind: Mesh # edited\n")
			set("filter.x.clean", "%s")(f, fire)
		}, trigger: add},
		"diff.external":   {prepare: attributes("", set("diff.external", "%s")), trigger: []string{"diff"}},
		"diff.*.command":  {prepare: attributes("* diff=x\n", set("diff.x.command", "%s")), trigger: []string{"diff"}},
		"diff.*.textconv": {prepare: attributes("* diff=x\n", set("diff.x.textconv", "%s")), trigger: []string{"diff"}},
		"alias": {
			prepare: set("alias.x", "!%s", "alias.ls-files", "!%s", "alias.ls-tree", "!%s", "alias.rev-parse", "!%s",
				"alias.cat-file", "!%s", "alias.check-ignore", "!%s", "alias.merge-base", "!%s"),
			trigger: []string{"x"},
		},
		"core.pager": {prepare: set("core.pager", "%s"), shell: "script --quiet --return --command 'git log' /dev/null </dev/null"},
		"pager.*": {
			prepare: set("pager.ls-files", "%s", "pager.rev-parse", "%s", "pager.log", "%s"),
			shell:   "script --quiet --return --command 'git log' /dev/null </dev/null",
		},
		"core.editor": {prepare: set("core.editor", "%s"), trigger: []string{"commit", "--allow-empty"}},
		"gpg.program": {prepare: set("gpg.program", "%s", "commit.gpgSign", "true"), trigger: commit},
		"credential.helper": {
			prepare: set("credential.helper", "!%s"), shell: "printf 'protocol=https\\nhost=example.com\\n\\n' | git credential fill",
		},
		"core.askPass":  {prepare: set("core.askPass", "%s"), shell: "printf 'protocol=https\\nhost=example.com\\n\\n' | git credential fill", since: "2.34"},
		"tar.*.command": {prepare: set("tar.x.command", "%s"), trigger: []string{"archive", "--format=x", "HEAD"}},
		"merge.*.driver": {prepare: func(f *fixture, fire string) {
			f.git("checkout", "--quiet", "-b", "other")
			f.write("mesh/mesh.yaml", "other\n")
			f.commit("other")
			f.git("checkout", "--quiet", "main")
			attributes("* merge=x\n", set("merge.x.driver", "%s"))(f, fire)
			f.commit("main")
		}, trigger: []string{"merge", "other"}},
		"GIT_EXTERNAL_DIFF": {
			prepare: attributes("", func(f *fixture, fire string) { f.env = append(f.env, "GIT_EXTERNAL_DIFF="+fire) }), trigger: []string{"diff"},
		},
		"include.path": {prepare: func(f *fixture, fire string) {
			f.write("mesh/evil.config", "[core]\n\tfsmonitor = "+strconv.Quote(fire)+"\n")
			set("include.path", "../evil.config")(f, fire)
		}, trigger: status},
		"includeIf": {prepare: func(f *fixture, fire string) {
			f.write("mesh/evil.config", "[core]\n\tfsmonitor = "+strconv.Quote(fire)+"\n")
			set("includeIf.gitdir:**.path", "../evil.config")(f, fire)
		}, trigger: status},
		"config.worktree": {prepare: func(f *fixture, fire string) {
			f.write("mesh/.git/config.worktree", "[core]\n\tfsmonitor = "+strconv.Quote(fire)+"\n")
			set("core.repositoryformatversion", "1", "extensions.worktreeConfig", "true")(f, fire)
		}, trigger: status},
		"core.worktree": {prepare: func(f *fixture, fire string) {
			f.mkdir("elsewhere")
			set("core.worktree", f.path("elsewhere"), "core.fsmonitor", "%s")(f, fire)
		}, trigger: status},
		"core.alternateRefsCommand": {prepare: func(f *fixture, fire string) {
			f.git("clone", "--quiet", ".", "../other")
			f.git("-C", "../other", "commit", "--quiet", "--allow-empty", "-m", "other")
			f.write("mesh/.git/objects/info/alternates", f.path("mesh/.git/objects")+"\n")
			f.git("clone", "--quiet", "--bare", ".", "../alternate")
			f.write("mesh/.git/objects/info/alternates", f.path("alternate/objects")+"\n")
			set("core.alternateRefsCommand", "%s")(f, fire)
		}, trigger: []string{"fetch", "../other"}},
		"submodule.*.update": {prepare: both(submodule, set("submodule.sub.update", "!%s")), trigger: []string{"submodule", "update", "--force"}},
		"configuration of a submodule": {prepare: func(f *fixture, fire string) {
			submodule(f, fire)
			f.git("-C", "sub", "config", "core.fsmonitor", fire)
		}, trigger: status},
		"nested repository": {prepare: func(f *fixture, fire string) {
			f.git("init", "--quiet", "clusters/nested")
			f.git("-C", "clusters/nested", "config", "core.fsmonitor", fire)
		}, trigger: []string{"-C", "clusters/nested", "status"}},
		"repository among credentials": {prepare: func(f *fixture, fire string) {
			f.git("init", "--quiet", "credentials")
			f.git("-C", "credentials", "config", "core.fsmonitor", fire)
		}, trigger: []string{"-C", "credentials", "status"}},
		"bare repository in the directory": {prepare: func(f *fixture, fire string) {
			for _, name := range []string{"HEAD", "config", "objects", "refs"} {
				if err := os.Rename(f.path("mesh/.git/"+name), f.path("mesh/"+name)); err != nil {
					f.Fatal(err)
				}
			}
			f.remove("mesh/.git")
			set("core.worktree", f.dir, "core.fsmonitor", "%s")(f, fire)
		}, trigger: status},
		"lazy fetch, core.sshCommand": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "ssh://example.invalid/x", "core.sshCommand", "%s"), trigger: cat,
		},
		"lazy fetch, remote helper": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "ext::%s", "protocol.ext.allow", "always"), trigger: cat,
		},
		"lazy fetch, uploadpack": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", ".", "remote.origin.uploadpack", "%s"), trigger: cat,
		},
		"lazy fetch, core.gitProxy": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "git://example.invalid/x", "core.gitProxy", "%s"), trigger: cat,
		},
		"lazy fetch, url.*.insteadOf": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "https://example.invalid/x", "url.ext::%s.insteadOf", "https://example.invalid/x"), trigger: cat,
		},
		"lazy fetch of a tree":   {prepare: partial("HEAD:clusters", "remote.origin.url", "ext::%s"), trigger: []string{"ls-tree", "-r", "HEAD"}},
		"lazy fetch of a commit": {prepare: partial("HEAD", "remote.origin.url", "ext::%s"), trigger: []string{"rev-parse", "HEAD^{commit}"}},
		"lazy fetch for a sparse index": {prepare: func(f *fixture, fire string) {
			f.git("sparse-checkout", "init", "--cone", "--sparse-index")
			f.git("sparse-checkout", "set", "none")
			partial("HEAD:clusters", "remote.origin.url", "ext::%s")(f, fire)
		}, trigger: []string{"ls-files"}, since: "2.37"},
		"lazy fetch, fetch.bundleURI": {
			prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "nowhere", "fetch.bundleURI", "http://LISTENER/x"), trigger: cat, since: "2.40",
		},
		"lazy fetch, remote.*.vcs": {
			prepare: both(func(f *fixture, fire string) { f.symlink(fire, "helpers/git-remote-hostile") },
				partial("HEAD:mesh.yaml", "remote.origin.url", "nowhere", "remote.origin.vcs", "hostile")), trigger: cat,
		},
		"lazy fetch, GIT_SSH_COMMAND": {
			prepare: both(func(f *fixture, fire string) { f.env = append(f.env, "GIT_SSH_COMMAND="+fire) },
				partial("HEAD:mesh.yaml", "remote.origin.url", "ssh://example.invalid/x")), trigger: cat,
		},
		"lazy fetch over the network": {prepare: partial("HEAD:mesh.yaml", "remote.origin.url", "git://LISTENER/x"), trigger: cat},
	}
}

// calls are all functions of the package that start git.
func calls(ctx context.Context, f *fixture, git program) map[string]func() error {
	in := GuardInput{Input: f.input(), Secret: "credentials", Planned: []string{"west/east/token"}}
	on := func(do func(r *Repository) error) func() error {
		return func() error {
			r, err := open(ctx, git, f.dir)
			if err != nil {
				return err
			}
			return do(r)
		}
	}
	head, _ := f.try("rev-parse", "HEAD")
	commit := Commit(head)
	return map[string]func() error{
		"Open":            on(func(*Repository) error { return nil }),
		"Guard":           func() error { _, err := Guard(ctx, in); return err },
		"Tracked":         on(func(r *Repository) error { _, err := r.Tracked(ctx); return err }),
		"Files":           on(func(r *Repository) error { _, err := r.Files(ctx); return err }),
		"Ignored":         on(func(r *Repository) error { _, err := r.Ignored(ctx, "mesh.yaml", "credentials/x"); return err }),
		"Changes":         on(func(r *Repository) error { _, err := r.Changes(ctx); return err }),
		"ResolveRevision": on(func(r *Repository) error { _, err := r.ResolveRevision(ctx, "HEAD"); return err }),
		"Snapshot":        on(func(r *Repository) error { return readSnapshot(ctx, r, commit) }),
		"FetchCommand":    on(func(r *Repository) error { r.FetchCommand(ctx, "origin/main"); return nil }),
		"MergeBase":       on(func(r *Repository) error { _, err := r.MergeBase(ctx, commit, commit); return err }),
		"IsShallow":       on(func(r *Repository) error { _, err := r.IsShallow(ctx); return err }),
	}
}

func readSnapshot(ctx context.Context, r *Repository, commit Commit) error {
	s, err := r.Snapshot(ctx, commit)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = fs.ReadFile(s, "mesh.yaml")
	return err
}

// TestNothingIsExecuted prepares each repository, calls every function, and then lets plain git do what
// would have been the harm. Where that is a fetch it does so twice: the second time as with a git that does
// not know GIT_NO_LAZY_FETCH.
func TestNothingIsExecuted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for name, test := range hostiles() {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.run(t, "") })
		if strings.HasPrefix(name, "lazy fetch") {
			t.Run(name+", old git", func(t *testing.T) { t.Parallel(); test.run(t, "GIT_NO_LAZY_FETCH=") })
		}
	}
}

// run calls the functions without a variable that they set.
func (h hostile) run(t *testing.T, without string) {
	f := repository(t)
	if !atLeast(f, h.since) {
		t.Skipf("git before %s does not run it", h.since)
	}
	canary := f.path("canary")
	prepareHostile(f, h, canary)
	git, err := find(f.env)
	if err != nil {
		t.Fatal(err)
	}
	git.environ = slices.DeleteFunc(git.environ, func(v string) bool { return without != "" && strings.HasPrefix(v, without) })
	for call, do := range calls(t.Context(), f, git) {
		err := do()
		if exists(canary) {
			t.Fatalf("%s ran it (error %v)", call, err)
		}
	}
	out := f.harm(h)
	if !exists(canary) {
		t.Errorf("plain git does not run it either: the test proves nothing\n%s", out)
	}
}

// prepareHostile listens for whoever connects, too: that touches the canary as a program does.
func prepareHostile(f *fixture, test hostile, canary string) {
	f.Helper()
	listener, err := (&net.ListenConfig{}).Listen(f.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = listener.Close() })
	go func() {
		for conn, err := listener.Accept(); err == nil; conn, err = listener.Accept() {
			_ = os.WriteFile(canary, nil, 0o600) // where it fails, the test does
			_ = conn.Close()
		}
	}()
	f.write("fire", "#!/bin/sh\n: >'"+canary+"'\n")
	if err := os.Chmod(f.path("fire"), 0o755); err != nil {
		f.Fatal(err)
	}
	// A git that was built without curl has no such program; one that has finds its own first.
	f.mkdir("helpers")
	f.symlink(f.path("fire"), "helpers/git-remote-https")
	f.env = append(f.env, "PATH="+os.Getenv("PATH")+string(os.PathListSeparator)+f.path("helpers"))
	test.prepare(f, f.path("fire"))
	config := f.path("mesh/.git/config")
	if text, err := os.ReadFile(config); err == nil {
		f.write("mesh/.git/config", strings.ReplaceAll(string(text), "LISTENER", listener.Addr().String()))
	}
	if exists(canary) {
		f.Fatal("it ran while it was prepared")
	}
}

// harm does with plain git what the repository waits for.
func (f *fixture) harm(test hostile) string {
	f.Helper()
	if test.shell == "" {
		out, err := f.try(test.trigger...)
		return fmt.Sprint(out, err)
	}
	if program, _, _ := strings.Cut(test.shell, " "); program == "script" {
		if _, err := exec.LookPath(program); err != nil || runtime.GOOS != "linux" {
			f.Skip("no script(1) to make a terminal")
		}
	}
	cmd := exec.CommandContext(f.Context(), "sh", "-c", test.shell)
	cmd.Dir, cmd.Env = f.dir, append(slices.Clone(f.env), "TERM=xterm")
	out, err := cmd.CombinedOutput()
	return fmt.Sprint(string(out), err)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// atLeast compares the version of git with MAJOR.MINOR.
func atLeast(f *fixture, since string) bool {
	f.Helper()
	if since == "" {
		return true
	}
	var have, want [2]int
	if _, err := fmt.Sscanf(f.git("version"), "git version %d.%d", &have[0], &have[1]); err != nil {
		f.Fatal(err)
	}
	if _, err := fmt.Sscanf(since, "%d.%d", &want[0], &want[1]); err != nil {
		f.Fatal(err)
	}
	return slices.Compare(have[:], want[:]) >= 0
}
