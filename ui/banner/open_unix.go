//go:build unix && !darwin

package banner

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"
)

// Open connects to the X server of DISPLAY and gives a board there; without one, or
// without 24-bit colour, a board that shows nothing. scale is device pixels to 1 px
// of the margins. clicked is called on a goroutine of the board's when a live notice
// is pressed.
func Open(scale float32, clicked func()) Board {
	conn, err := xgb.NewConn()
	if err != nil {
		return None{}
	}
	x, err := newX11(conn, scale, clicked)
	if err != nil {
		conn.Close()
		return None{}
	}
	return x
}

// x11 is one override-redirect window, mapped while a notice stands. Two goroutines
// work it: one does what the UI thread wishes, one hears the server.
type x11 struct {
	conn    *xgb.Conn
	screen  *xproto.ScreenInfo
	window  xproto.Window
	scale   float32
	shaped  bool
	post    *post
	stop    chan struct{}
	ended   sync.Once
	clicked func()
	work    sync.WaitGroup

	mu   sync.Mutex
	live bool // a press counts
}

func newX11(conn *xgb.Conn, scale float32, clicked func()) (*x11, error) {
	setup := xproto.Setup(conn)
	screen := setup.DefaultScreen(conn)
	if screen.RootDepth != 24 || setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
		return nil, fmt.Errorf("depth %d: no such pictures are made here", screen.RootDepth)
	}
	x := &x11{
		conn: conn, screen: screen, scale: scale, shaped: shape.Init(conn) == nil,
		post: newPost(), stop: make(chan struct{}), clicked: clicked,
	}
	var err error
	if x.window, err = xproto.NewWindowId(conn); err != nil {
		return nil, err
	}
	// No window manager is asked: none may give it the focus, and none may put it
	// under another window.
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, x.window, screen.Root, 0, 0, 1, 1, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask,
		[]uint32{screen.WhitePixel, 1, xproto.EventMaskButtonPress | xproto.EventMaskVisibilityChange}).Check()
	if err != nil {
		return nil, err
	}
	x.name()
	x.work.Go(x.wishes)
	x.work.Go(x.events)
	return x, nil
}

// name tells what asks (a compositor, a screen reader) that it is a notice, and that
// it never wants the keyboard.
func (x *x11) name() {
	atom := func(name string) xproto.Atom {
		reply, err := xproto.InternAtom(x.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return xproto.AtomNone
		}
		return reply.Atom
	}
	bytes := func(v ...uint32) (b []byte) {
		for _, one := range v {
			b = append(b, byte(one), byte(one>>8), byte(one>>16), byte(one>>24))
		}
		return b
	}
	set := func(property, kind xproto.Atom, format byte, n int, data []byte) {
		xproto.ChangeProperty(x.conn, xproto.PropModeReplace, x.window, property, kind, format, uint32(n), data)
	}
	kind := atom("_NET_WM_WINDOW_TYPE_NOTIFICATION")
	set(atom("_NET_WM_WINDOW_TYPE"), xproto.AtomAtom, 32, 1, bytes(uint32(kind)))
	const inputHint = 1
	set(xproto.AtomWmHints, xproto.AtomWmHints, 32, 9, bytes(inputHint, 0, 0, 0, 0, 0, 0, 0, 0))
	const title = "madoguchi-notice"
	set(xproto.AtomWmName, xproto.AtomString, 8, len(title), []byte(title))
}

func (x *x11) Show(n Notice) { x.post.put(&n) }
func (x *x11) Hide()         { x.post.put(nil) }

func (x *x11) Close() {
	x.ended.Do(func() { close(x.stop) })
	x.work.Wait()
}

// wishes shows and hides until Close.
func (x *x11) wishes() {
	defer x.conn.Close() // ends events
	for {
		select {
		case <-x.stop:
			return
		case <-x.post.rings:
		}
		if n := x.post.take(); n != nil {
			x.show(*n)
		} else {
			x.press(false)
			xproto.UnmapWindow(x.conn, x.window)
		}
	}
}

func (x *x11) press(live bool) {
	x.mu.Lock()
	x.live = live
	x.mu.Unlock()
}

// show paints the picture as the window's background, so that the server draws it
// again whenever it must, and maps the window above all others.
func (x *x11) show(n Notice) {
	size := n.Picture.Bounds().Size()
	pixmap, err := xproto.NewPixmapId(x.conn)
	if err != nil {
		return
	}
	gc, err := xproto.NewGcontextId(x.conn)
	if err != nil {
		return
	}
	w, h := uint16(size.X), uint16(size.Y)
	xproto.CreatePixmap(x.conn, x.screen.RootDepth, pixmap, xproto.Drawable(x.window), w, h)
	xproto.CreateGC(x.conn, gc, xproto.Drawable(pixmap), 0, nil)
	x.paint(pixmap, gc, n.Picture)
	xproto.ChangeWindowAttributes(x.conn, x.window, xproto.CwBackPixmap, []uint32{uint32(pixmap)})
	xproto.FreeGC(x.conn, gc)
	xproto.FreePixmap(x.conn, pixmap)

	right, low := x.corner()
	left, top := right-size.X-x.px(marginRight), low-size.Y-x.px(marginLow)
	xproto.ConfigureWindow(x.conn, x.window, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight|xproto.ConfigWindowStackMode,
		[]uint32{uint32(left), uint32(top), uint32(w), uint32(h), xproto.StackModeAbove})
	x.outline(n)
	x.press(n.Live)
	xproto.MapWindow(x.conn, x.window)
	xproto.ClearArea(x.conn, false, x.window, 0, 0, 0, 0)
}

func (x *x11) px(v float32) int { return int(math.Round(float64(v * x.scale))) }

// paint sends the picture in bands that fit into a request.
func (x *x11) paint(to xproto.Pixmap, gc xproto.Gcontext, picture image.Image) {
	bounds := picture.Bounds()
	rgba := image.NewRGBA(image.Rectangle{Max: bounds.Size()})
	draw.Draw(rgba, rgba.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(rgba, rgba.Bounds(), picture, bounds.Min, draw.Over)
	for i := 0; i < len(rgba.Pix); i += 4 { // BGRX
		rgba.Pix[i], rgba.Pix[i+2] = rgba.Pix[i+2], rgba.Pix[i]
	}
	const most = 200 << 10 // bytes: a request holds at least 256 KB
	rows := max(1, most/rgba.Stride)
	for y := 0; y < bounds.Dy(); y += rows {
		n := min(rows, bounds.Dy()-y)
		xproto.PutImage(x.conn, xproto.ImageFormatZPixmap, xproto.Drawable(to), gc, uint16(bounds.Dx()), uint16(n), 0, int16(y), 0,
			x.screen.RootDepth, rgba.Pix[y*rgba.Stride:(y+n)*rgba.Stride])
	}
}

// outline cuts the corners that the picture leaves out, and lets clicks through
// where nothing hears them.
func (x *x11) outline(n Notice) {
	if !x.shaped {
		return
	}
	var rows []xproto.Rectangle
	bounds := n.Picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		from, to := bounds.Max.X, bounds.Min.X
		for at := bounds.Min.X; at < bounds.Max.X; at++ {
			if _, _, _, a := n.Picture.At(at, y).RGBA(); a >= 0x8000 {
				from, to = min(from, at), max(to, at+1)
			}
		}
		if from < to {
			rows = append(rows, xproto.Rectangle{X: int16(from - bounds.Min.X), Y: int16(y - bounds.Min.Y), Width: uint16(to - from), Height: 1})
		}
	}
	shape.Rectangles(x.conn, shape.SoSet, shape.SkBounding, xproto.ClipOrderingUnsorted, x.window, 0, 0, rows)
	if !n.Live {
		rows = nil
	}
	shape.Rectangles(x.conn, shape.SoSet, shape.SkInput, xproto.ClipOrderingUnsorted, x.window, 0, 0, rows)
}

// corner is the lower right corner of the first display, in the root's pixels.
func (x *x11) corner() (right, low int) {
	right, low = int(x.screen.WidthInPixels), int(x.screen.HeightInPixels)
	if randr.Init(x.conn) != nil {
		return right, low
	}
	primary, err := randr.GetOutputPrimary(x.conn, x.screen.Root).Reply()
	if err != nil || primary.Output == 0 {
		return right, low
	}
	output, err := randr.GetOutputInfo(x.conn, primary.Output, 0).Reply()
	if err != nil || output.Crtc == 0 {
		return right, low
	}
	crtc, err := randr.GetCrtcInfo(x.conn, output.Crtc, 0).Reply()
	if err != nil || crtc.Width == 0 {
		return right, low
	}
	return int(crtc.X) + int(crtc.Width), int(crtc.Y) + int(crtc.Height)
}

// mostRaises is how often a notice comes to the top again: two programs that both
// insist would never end.
const mostRaises = 20

// events hears presses, and raises the window when another covers it.
func (x *x11) events() {
	raises := 0
	for {
		event, err := x.conn.WaitForEvent()
		if event == nil && err == nil {
			return // the connection is closed
		}
		switch e := event.(type) {
		case xproto.ButtonPressEvent:
			x.mu.Lock()
			live := x.live && e.Detail == 1
			x.mu.Unlock()
			if live {
				x.clicked()
			}
		case xproto.VisibilityNotifyEvent:
			if e.State == xproto.VisibilityUnobscured {
				raises = 0
			} else if raises < mostRaises {
				raises++
				xproto.ConfigureWindow(x.conn, x.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
			}
		}
	}
}
