package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/madoguchi/madoguchi/platform"
	"github.com/madoguchi/madoguchi/platform/registry"
	"github.com/madoguchi/madoguchi/platform/store"
)

func operatorAdd(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin operator add", problems)
	data := f.String("data", "", "folder of the database")
	code := f.String("code", "", "the operator's code, for good: [a-z0-9-], 1 to 32 characters")
	name := f.String("name", "", "the body that is answerable, e.g. ○○市立図書館")
	if err := parse(f, args, "data", "code", "name"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		if err := a.AddOperator(ctx, *code, *name); err != nil {
			return err
		}
		fmt.Fprintln(out, "operator:", *code)
		return nil
	})
}

func serviceAdd(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin service add", problems)
	data := f.String("data", "", "folder of the database")
	var s store.Service
	f.StringVar(&s.Operator, "operator", "", "the operator's code")
	f.StringVar(&s.Code, "code", "", "the service's code, for good: [a-z0-9-], 1 to 32 characters")
	f.StringVar(&s.Name, "name", "", "e.g. ○○市立図書館")
	f.StringVar(&s.Word, "word", "", "what its number is called, e.g. 利用者番号")
	f.StringVar(&s.Card, "card", "", "what its card is called, e.g. 利用カード")
	f.StringVar(&s.Rule, "rule", "", `number rule, JSON: {"symbologies":["NW7"],"start":"A","stop":"A","pattern":"[0-9]{8}","check":"7dr","display":"#### ####"}`)
	f.StringVar(&s.RegistrationAuth, "registration-auth", registry.RegistrationNone, "what registration asks of the resident: none or pin")
	f.BoolVar(&s.Shared, "shared", false, "several people may be linked to one number")
	if err := parse(f, args, "data", "operator", "code", "name", "word", "card"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		if err := a.AddService(ctx, s); err != nil {
			return err
		}
		fmt.Fprintf(out, "service: %s/%s\n", s.Operator, s.Code)
		return nil
	})
}

func serviceList(ctx context.Context, args []string, out, problems io.Writer) error {
	f := flags("admin service list", problems)
	data := f.String("data", "", "folder of the database")
	if err := parse(f, args, "data"); err != nil {
		return err
	}
	return administer(ctx, *data, func(a platform.Administrator) error {
		services, err := a.Store.Services(ctx, "")
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "OPERATOR\tSERVICE\tNAME\tREGISTRATION\tSHARED\tRULE")
		for _, s := range services {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%t\t%s\n", s.Operator, s.Code, s.Name, s.RegistrationAuth, s.Shared, s.Rule)
		}
		return table.Flush()
	})
}
