// Madoguchi is the counter program of the MyKey Platform (マイキー窓口).
//
//	madoguchi                       an enrolled desk: real R/W, real platform
//	madoguchi --training            virtual cards, embedded platform
//	madoguchi --training --desk=reception   a library's desk instead of the city's
//	madoguchi --training=vpcd:PORT  the same cards behind PC/SC
//	madoguchi --secret sip2-login   keep a password of the library system's
//	madoguchi --enrol https://HOST  make this account a desk; the code is asked for
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/enrolment"
	"github.com/madoguchi/madoguchi/app/hardening"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/cardio/pcsc"
	"github.com/madoguchi/madoguchi/platformclient"
	"github.com/madoguchi/madoguchi/training"
	"github.com/madoguchi/madoguchi/ui"
)

// trainingPace is what a command to a demo card takes longer, so that a trainee
// sees the steps as on a real card.
const trainingPace = 60 * time.Millisecond

func main() { os.Exit(run(os.Args[1:])) }

// flags are what the command line says.
type flags struct {
	training   trainingFlag
	enrol      string
	secret     string
	caFile     string
	folder     string
	desk       deskFlag
	readerLeft bool
	resident   residentFlag
	large      bool
	mute       bool
	verbose    bool
}

// windows says how the windows stand.
func (f flags) windows() ui.Options {
	o := ui.Options{Resident: f.resident.place, ArrowLeft: f.readerLeft, TextScale: 1}
	if f.large {
		o.TextScale = 2
	}
	if f.mute {
		o.Sound = ui.Silent{}
	}
	return o
}

// from takes what the settings say and the command line does not.
func (f *flags) from(s settings.Settings) error {
	f.large = f.large || s.LargeText
	f.readerLeft = s.ReaderLeft
	if f.resident.given || s.Resident == "" {
		return nil
	}
	return f.resident.Set(s.Resident)
}

// residentFlag is where the resident's window stands.
type residentFlag struct {
	place ui.ResidentWindow
	given bool
}

func (f *residentFlag) String() string { return "" }
func (f *residentFlag) Set(s string) error {
	place, ok := map[string]ui.ResidentWindow{
		"auto": ui.ResidentAuto, "beside": ui.ResidentBeside, "turn": ui.ResidentTurn,
	}[s]
	if !ok {
		return fmt.Errorf("the resident's window is auto, beside or turn")
	}
	f.place, f.given = place, true
	return nil
}

// deskFlag is what the demo desk is.
type deskFlag string

func (f *deskFlag) String() string { return string(*f) }
func (f *deskFlag) Set(s string) error {
	if s != training.Municipal && s != training.Reception {
		return fmt.Errorf("the demo desk is %s or %s", training.Municipal, training.Reception)
	}
	*f = deskFlag(s)
	return nil
}

// clerk is who sits at the demo desk.
func (f deskFlag) clerk() string {
	if f == training.Reception {
		return training.ReceptionClerk
	}
	return training.Clerk
}

// trainingFlag is --training, or --training=vpcd:PORT.
type trainingFlag struct {
	on   bool
	vpcd string // port; "" in process
}

func (f *trainingFlag) IsBoolFlag() bool { return true }
func (f *trainingFlag) String() string   { return "" }
func (f *trainingFlag) Set(s string) error {
	port, vpcd := strings.CutPrefix(s, "vpcd:")
	if s != "true" && !vpcd {
		return fmt.Errorf("--training or --training=vpcd:PORT")
	}
	f.on = true
	if vpcd {
		f.vpcd = port
	}
	return nil
}

func run(args []string) int {
	var f flags
	set := flag.NewFlagSet("madoguchi", flag.ContinueOnError)
	set.Var(&f.training, "training", "virtual cards and an embedded platform; =vpcd:PORT puts the cards behind PC/SC")
	set.StringVar(&f.enrol, "enrol", "", "address of the platform that this account's desk enrols with")
	set.StringVar(&f.secret, "secret", "", "keep a secret of this desk, sip2-login or sip2-terminal; it is read from the standard input")
	set.StringVar(&f.caFile, "ca", "", "with --enrol: PEM file of the authorities that vouch for the platform")
	set.Var(&f.resident, "resident", "the resident's window: auto, beside, turn (default: the settings)")
	set.StringVar(&f.folder, "training-dir", "", "with --training: folder for journal and database, kept afterwards")
	set.Var(&f.desk, "desk", "with --training: what the demo desk is, municipal or reception")
	set.BoolVar(&f.large, "large", false, "text at 200 %")
	set.BoolVar(&f.mute, "mute", false, "no tones")
	set.BoolVar(&f.verbose, "verbose", false, "trace card commands, masked")
	if err := set.Parse(args); err != nil {
		return 2
	}
	level := slog.LevelInfo
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if err := hardening.NoCoreDumps(); err != nil {
		log.Warn("core dumps", "error", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	code := 0
	switch {
	case f.enrol != "":
		err = enrol(ctx, f)
	case f.secret != "":
		err = keepSecret(f.secret)
	case f.training.on:
		code, err = train(ctx, f, log)
	default:
		code, err = serve(ctx, f, log)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "madoguchi:", err)
		return 1
	}
	return code
}

// train wires a counter in training mode.
func train(ctx context.Context, f flags, log *slog.Logger) (int, error) {
	set, err := training.Start(ctx, training.Options{
		VPCD: f.training.vpcd, Dir: f.folder, Pace: trainingPace, Desk: string(f.desk), Log: log,
	})
	if err != nil {
		return 0, err
	}
	defer set.Close()
	// A training desk keeps its settings with the rest of what it keeps.
	s, err := settings.Load(set.Dir())
	if err != nil {
		return 0, err
	}
	handing := machine(s, set.Dir(), log)
	defer handing.Close()
	return show(ctx, f, app.Parts{
		Reader: set.Reader(), Platform: set.Platform(), Journal: set.Journal(), Trainer: set.Trainer(), Handing: handing,
		Training: true, Clock: app.SystemClock{}, Limits: app.DefaultLimits(), Clerk: f.desk.clerk(), Log: log,
	})
}

// serve wires an enrolled desk.
func serve(ctx context.Context, f flags, log *slog.Logger) (int, error) {
	dir, err := dataDir()
	if err != nil {
		return 0, err
	}
	s, err := settings.Load(dir)
	if err != nil {
		return 0, err
	}
	if s.Platform == "" {
		return 0, fmt.Errorf("%w (madoguchi --enrol https://HOST)", settings.ErrNotEnrolled)
	}
	roots, err := s.Roots()
	if err != nil {
		return 0, err
	}
	client, err := platformclient.New(platformclient.Config{
		BaseURL: s.Platform, Origin: s.Origin, Roots: roots, Certificate: settings.Certificate,
	})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	key, inFile, err := settings.JournalKey(dir)
	if err != nil {
		return 0, err
	}
	if inFile {
		log.Warn("journal key is in a file: this account has no key store")
	}
	j, err := journal.Open(ctx, filepath.Join(dir, "journal.db"), key)
	if err != nil {
		return 0, err
	}
	defer j.Close()
	slot := pcsc.NewSlot(cardio.SystemClock{}, pcsc.Options{})
	defer slot.Close()
	if err := f.from(s); err != nil {
		return 0, err
	}
	handing := machine(s, dir, log)
	defer handing.Close()
	return show(ctx, f, app.Parts{
		Reader: cardio.NewReader(slot, cardio.SystemClock{}, log), Platform: client, Journal: j, Trainer: app.NoTraining{},
		Handing: handing, Clock: app.SystemClock{}, Limits: app.DefaultLimits(), Log: log,
	})
}

// machine is how this machine hands numbers over; what the clerk changes goes into
// the settings of dir.
func machine(s settings.Settings, dir string, log *slog.Logger) *app.Machine {
	return app.NewMachine(s.Reception, func(r settings.Reception) error {
		s.Reception = r
		return settings.Save(dir, s)
	}, log)
}

// show runs the counter behind its windows until they are closed.
func show(ctx context.Context, f flags, parts app.Parts) (int, error) {
	ctx, stop := context.WithCancel(ctx)
	counter := app.New(parts)
	var work sync.WaitGroup
	work.Go(func() { counter.Run(ctx) })
	defer work.Wait()
	defer stop()
	return ui.Run(ctx, counter, f.windows()), nil
}

func enrol(ctx context.Context, f flags) error {
	dir, err := dataDir()
	if err != nil {
		return err
	}
	return enrolment.Run(ctx, dir, f.enrol, f.caFile, os.Stdin, os.Stdout)
}

// keepSecret takes one line of the standard input into the OS's key store.
func keepSecret(name string) error {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return settings.KeepSecret(name, strings.TrimRight(line, "\r\n"))
}

// dataDir is where this account's settings and journal are.
func dataDir() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "madoguchi"), err
}
