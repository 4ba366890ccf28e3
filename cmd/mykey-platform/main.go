// Command mykey-platform is the reference MyKey Platform: the server that desks
// ask, and its administrator's commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `mykey-platform: the reference MyKey Platform

  mykey-platform serve --training --data DIR --jpki FILE --policy OID
  mykey-platform admin operator add --data DIR --code CODE --name NAME
  mykey-platform admin service add  --data DIR --operator CODE --code CODE --name NAME --word WORD --card WORD [--rule JSON] ...
  mykey-platform admin service list --data DIR
  mykey-platform admin desk add     --data DIR --id ID --operator CODE --role ROLE[=LEGAL BASIS] ...
  mykey-platform admin desk approve --data DIR --id ID --fingerprint HEX
  mykey-platform admin desk revoke  --data DIR --id ID
  mykey-platform admin desk list    --data DIR
  mykey-platform check --data DIR

Each command says more with -h. Roles: municipal, reception, resident.
`

// errUsage: the command line is wrong; what is wrong was said already.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out a command line: 0 done, 1 failed, 2 not understood.
func run(ctx context.Context, args []string, out, problems io.Writer) int {
	err := dispatch(ctx, args, out, problems)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	default:
		fmt.Fprintln(problems, "mykey-platform:", err)
		return 1
	}
}

func dispatch(ctx context.Context, args []string, out, problems io.Writer) error {
	for _, c := range []struct {
		words []string
		do    func(context.Context, []string, io.Writer, io.Writer) error
	}{
		{[]string{"serve"}, serve},
		{[]string{"admin", "operator", "add"}, operatorAdd},
		{[]string{"admin", "service", "add"}, serviceAdd},
		{[]string{"admin", "service", "list"}, serviceList},
		{[]string{"admin", "desk", "add"}, deskAdd},
		{[]string{"admin", "desk", "approve"}, deskApprove},
		{[]string{"admin", "desk", "revoke"}, deskRevoke},
		{[]string{"admin", "desk", "list"}, deskList},
		{[]string{"check"}, check},
	} {
		if rest, ok := after(args, c.words); ok {
			return c.do(ctx, rest, out, problems)
		}
	}
	io.WriteString(problems, usage)
	return errUsage
}

func after(args, words []string) ([]string, bool) {
	if len(args) < len(words) {
		return nil, false
	}
	for i, w := range words {
		if args[i] != w {
			return nil, false
		}
	}
	return args[len(words):], true
}

// flags is a command's set; its errors are errUsage.
func flags(name string, problems io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("mykey-platform "+name, flag.ContinueOnError)
	f.SetOutput(problems)
	return f
}

func parse(f *flag.FlagSet, args []string, needed ...string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if f.NArg() > 0 {
		fmt.Fprintf(f.Output(), "%s: %q is not understood\n", f.Name(), f.Arg(0))
		return errUsage
	}
	for _, name := range needed {
		if f.Lookup(name).Value.String() == "" {
			fmt.Fprintf(f.Output(), "%s: --%s is missing\n", f.Name(), name)
			return errUsage
		}
	}
	return nil
}
