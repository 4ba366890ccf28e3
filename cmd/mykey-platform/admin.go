package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/user"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/madoguchi/madoguchi/platform"
	"github.com/madoguchi/madoguchi/platform/store"
)

// roleFlag collects --role municipal="○○市条例 第1条 2026-04-01".
type roleFlag []store.DeskRole

func (r *roleFlag) String() string { return fmt.Sprint([]store.DeskRole(*r)) }

func (r *roleFlag) Set(s string) error {
	role, basis, _ := strings.Cut(s, "=")
	switch role {
	case "municipal", "reception", "resident":
		*r = append(*r, store.DeskRole{Role: role, LegalBasis: basis})
		return nil
	}
	return fmt.Errorf("%q is none of municipal, reception, resident", role)
}

func deskAdd(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin desk add", problems)
	data := f.String("data", "", "folder of the database")
	var d store.Desk
	var roles roleFlag
	f.StringVar(&d.ID, "id", "", "the desk's name here, e.g. counter-1")
	f.StringVar(&d.Operator, "operator", "", "the operator's code")
	f.StringVar(&d.OperatorName, "operator-name", "", "the operator's name (default: the one it has, else its code)")
	f.StringVar(&d.Office, "office", "", "e.g. ○○市 市民課")
	f.StringVar(&d.Counter, "counter", "", "e.g. 1番窓口")
	f.Var(&roles, "role", "ROLE[=LEGAL BASIS]; may be given again")
	if err := parse(f, args, "data", "id", "operator"); err != nil {
		return err
	}
	if d.Roles = roles; len(roles) == 0 {
		fmt.Fprintf(problems, "%s: --role is missing\n", f.Name())
		return errUsage
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		code, err := a.AddDesk(ctx, d)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "enrolment code (24 hours, five tries): %s\n", code.Reveal())
		return nil
	})
}

func deskApprove(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin desk approve", problems)
	data, id := dataAndID(f)
	fingerprint := f.String("fingerprint", "", "of the certificate request, as the desk shows it")
	if err := parse(f, args, "data", "id", "fingerprint"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		if err := a.ApproveDesk(ctx, *id, strings.ToLower(strings.NewReplacer(" ", "", ":", "").Replace(*fingerprint))); err != nil {
			return err
		}
		fmt.Fprintln(out, "approved:", *id)
		return nil
	})
}

func deskRevoke(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin desk revoke", problems)
	data, id := dataAndID(f)
	if err := parse(f, args, "data", "id"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		if err := a.RevokeDesk(ctx, *id); err != nil {
			return err
		}
		fmt.Fprintln(out, "revoked:", *id)
		return nil
	})
}

func deskList(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin desk list", problems)
	data := f.String("data", "", "folder of the database")
	if err := parse(f, args, "data"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		desks, err := a.Store.Desks(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tOPERATOR\tSTATE\tROLES\tFINGERPRINT")
		for _, d := range desks {
			var roles []string
			for _, r := range d.Roles {
				roles = append(roles, r.Role)
			}
			fingerprint := ""
			if d.CSR != nil {
				fingerprint = hex.EncodeToString(d.CSR[:])
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", d.ID, d.Operator, d.State, strings.Join(roles, ","), fingerprint)
		}
		return table.Flush()
	})
}

func check(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("check", problems)
	data := f.String("data", "", "folder of the database")
	if err := parse(f, args, "data"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		rows, err := a.Store.CheckAdministration(ctx)
		if err != nil {
			return err
		}
		if err := a.Store.Ready(ctx); err != nil {
			return err
		}
		fmt.Fprintf(out, "database answers; administration log of %d rows is whole\n", rows)
		return nil
	})
}

func dataAndID(f *flag.FlagSet) (data, id *string) {
	return f.String("data", "", "folder of the database"), f.String("id", "", "the desk's name here")
}

// administer opens the database beside a server that may be running.
func administer(ctx context.Context, dir string, do func(platform.Administrator) error) (err error) {
	db, err := store.Open(ctx, filepath.Join(dir, platform.DatabaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(platform.Administrator{Store: db, Who: whoami(), Now: time.Now, Rand: rand.Reader})
}

// whoami names the administrator for the log.
func whoami() string {
	u, err := user.Current()
	if err != nil {
		return "administrator"
	}
	return u.Username
}
