//go:build linux

package canary_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// roleVariable makes this test binary be the desk's process, or one that only
// waits.
const (
	roleVariable = "MADOGUCHI_CANARY_ROLE"
	roleDesk     = "desk"
	roleLending  = "lending"
	roleWait     = "wait"
	roleCrash    = "crash"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case roleDesk:
		if err := desk(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "desk:", err)
			os.Exit(1)
		}
	case roleLending:
		if err := lendingDesk(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "desk:", err)
			os.Exit(1)
		}
	case roleWait:
		fmt.Println(momentPIN)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes it
	case roleCrash:
		var how, secret string
		if _, err := fmt.Scan(&how, &secret); err == nil {
			crash(how, secret)
		}
	default:
		os.Exit(m.Run())
	}
}

// crash is what the search must find in a crash report.
func crash(how, secret string) {
	if how == "text" {
		panic(fmt.Sprintf("no card for %q", secret))
	}
	var b [8]byte
	copy(b[:], secret)
	crashWithWord(binary.LittleEndian.Uint64(b[:]))
}

//go:noinline
func crashWithWord(word uint64) {
	if word != 0 {
		panic("no card")
	}
}

// Folders and files of one run. All of it is searched, but the cards.
const (
	deskDir    = "desk"    // the training folder
	processDir = "process" // arguments and environments, as the kernel tells them
)

// process is a running process of this binary.
type process struct {
	*exec.Cmd
	run, life string
	in        io.WriteCloser
	out       *bufio.Scanner
}

// start starts a process in a run's folder. Everything that a program may write to
// by itself lies there: home, temporary files, the working folder, standard error.
func start(t *testing.T, run, life, role string, args, environment []string) *process {
	t.Helper()
	for _, dir := range []string{"home", "tmp", "cwd", processDir} {
		if err := os.MkdirAll(filepath.Join(run, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	stderr, err := os.Create(filepath.Join(run, "log-"+life))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	p := &process{Cmd: exec.Command(os.Args[0], args...), run: run, life: life}
	p.Dir, p.Stderr = filepath.Join(run, "cwd"), stderr
	home := filepath.Join(run, "home")
	p.Env = append([]string{
		roleVariable + "=" + role, "HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, ".config"),
		"TMPDIR=" + filepath.Join(run, "tmp"), "GOTRACEBACK=all",
		"GORACE=atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH"),
	}, environment...)
	if p.in, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(stdout)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill() // it may have ended
			_ = p.Wait()
		}
	})
	return p
}

// reaches waits for a moment, and keeps what the kernel tells of the process then.
func (p *process) reaches(t *testing.T, moment string) {
	t.Helper()
	if !p.out.Scan() || p.out.Text() != moment {
		log, _ := os.ReadFile(filepath.Join(p.run, "log-"+p.life))
		lines := strings.Split(strings.TrimSpace(string(log)), "\n")
		t.Fatalf("%s: reported %q, want %q; its last lines:\n%s", p.life, p.out.Text(), moment, strings.Join(lines[max(0, len(lines)-12):], "\n"))
	}
	for _, what := range []string{"cmdline", "environ"} {
		// The desk keeps its memory to itself (PR_SET_DUMPABLE): its environment can
		// then be read by root alone. It was given by exec, and cannot change after.
		told, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.Process.Pid, what))
		if errors.Is(err, os.ErrPermission) && what == "environ" {
			told, err = []byte(strings.Join(p.Env, "\x00")), nil
		}
		if err != nil || len(told) == 0 {
			t.Fatalf("%s: %s is empty (%v)", p.life, what, err)
		}
		if err := os.WriteFile(filepath.Join(p.run, processDir, p.life+" "+moment+"."+what), told, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// goOn lets it go on.
func (p *process) goOn(t *testing.T) {
	t.Helper()
	if _, err := fmt.Fprintln(p.in); err != nil {
		t.Fatal(err)
	}
}

// ends waits for its end, and says how it ended.
func (p *process) ends(t *testing.T) *os.ProcessState {
	t.Helper()
	for p.out.Scan() {
		t.Errorf("%s: reported %q at its end", p.life, p.out.Text())
	}
	_ = p.Wait() // the state says it
	return p.ProcessState
}

// counterRun works one canary through all lives of a desk, in folder run.
func counterRun(t *testing.T, run string, s secrets) {
	t.Helper()
	live := func(life string) *process {
		p := start(t, run, life, roleDesk, nil, nil)
		text, err := json.Marshal(orders{
			Life: life, Dir: filepath.Join(run, deskDir), Requests: requestsFile(run, life),
			ID: s.id, PIN: s.pin, Wrong: s.wrong,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(p.in, "%s\n", text); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := os.MkdirAll(filepath.Join(run, deskDir), 0o700); err != nil {
		t.Fatal(err)
	}

	p := live(lifeKilled)
	p.reaches(t, momentPIN)
	p.goOn(t)
	p.reaches(t, momentTorn)
	keepDesk(t, run, momentTorn)
	p.goOn(t)
	p.reaches(t, momentWriting)
	if err := p.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if status := p.ends(t).Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Fatalf("%s ended by %v; want kill -9", p.life, status)
	}
	keepDesk(t, run, lifeKilled)

	for _, life := range []string{lifePanicApp, lifePanicPIN, lifePanicID} {
		p := live(life)
		p.reaches(t, momentPIN)
		p.goOn(t)
		if code := p.ends(t).ExitCode(); code != 2 {
			t.Fatalf("%s ended with %d; want a panic's 2", life, code)
		}
		crashed(t, run, life)
	}
	keepDesk(t, run, lifePanicID)

	p = live(lifeFinished)
	p.reaches(t, momentDone)
	p.goOn(t)
	if code := p.ends(t).ExitCode(); code != 0 {
		log, _ := os.ReadFile(filepath.Join(run, "log-"+lifeFinished))
		t.Fatalf("%s ended with %d:\n%s", p.life, code, log)
	}
}

// crashed holds that a life left a report of all its goroutines: else there is
// nothing to search in. The calls of one that panicked are always there; of one that
// runs elsewhere at that moment they need not be.
func crashed(t *testing.T, run, life string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(run, "log-"+life))
	if err != nil {
		t.Fatal(err)
	}
	log := string(content)
	panicked := map[string]string{
		lifePanicApp: "madoguchi/app.(*App).Run(", lifePanicPIN: "canary_test.desk(", lifePanicID: "madoguchi/app.(*provision).trips(",
	}[life]
	for _, want := range []string{"\npanic: ", panicked} {
		if !strings.Contains(log, want) {
			t.Errorf("%s: no %q in its crash report", life, want)
		}
	}
	if n := strings.Count(log, "\ngoroutine "); n < 5 {
		t.Errorf("%s: its crash report tells of %d goroutines", life, n)
	}
}

// keepDesk copies the desk's files as they lie there, for the search.
func keepDesk(t *testing.T, run, life string) {
	t.Helper()
	from := filepath.Join(run, deskDir)
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(run, deskDir+"-"+life)
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			copyFile(t, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
