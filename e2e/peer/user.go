//go:build linux

package peer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// User is a throw-away account: an input method's server refuses to work for root.
// Remove ends it.
type User struct {
	Name     string
	UID, GID uint32
}

// NewUser makes an account without a home folder or a password. Only root can; for
// any other user it gives nil: their own account does.
func NewUser() (*User, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u := &User{Name: fmt.Sprintf("madoguchi-%d", os.Getpid())}
	add := exec.Command("useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", u.Name)
	if out, err := add.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a throw-away user: %w: %s", err, out)
	}
	account, err := user.Lookup(u.Name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a throw-away user: %w", err), u.Remove())
	}
	uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return nil, errors.Join(err, u.Remove())
	}
	u.UID, u.GID = uint32(uid), uint32(gid)
	return u, nil
}

// Remove ends what still runs as this user (an input method's server leaves its
// group) and removes the account.
func (u *User) Remove() error {
	if u == nil {
		return nil
	}
	if u.UID != 0 {
		if err := u.end(); err != nil {
			return err
		}
	}
	out, err := exec.Command("userdel", "--force", u.Name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("remove the throw-away user: %w: %s", err, out)
	}
	return nil
}

func (u *User) end() error {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return err
	}
	for _, process := range processes {
		info, err := os.Stat(process)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has ended
		}
		if err != nil {
			return err
		}
		if info.Sys().(*syscall.Stat_t).Uid != u.UID {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(process))
		if err != nil {
			return err
		}
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended meanwhile
	}
	return nil
}

func (u *User) credential() *syscall.Credential {
	return &syscall.Credential{Uid: u.UID, Gid: u.GID}
}
