package banner

import (
	"image"
	"image/draw"
	"math"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32              = windows.NewLazySystemDLL("user32.dll")
	gdi32               = windows.NewLazySystemDLL("gdi32.dll")
	kernel32            = windows.NewLazySystemDLL("kernel32.dll")
	registerClass       = user32.NewProc("RegisterClassExW")
	unregisterClass     = user32.NewProc("UnregisterClassW")
	createWindow        = user32.NewProc("CreateWindowExW")
	destroyWindow       = user32.NewProc("DestroyWindow")
	defWindowProc       = user32.NewProc("DefWindowProcW")
	getMessage          = user32.NewProc("GetMessageW")
	dispatchMessage     = user32.NewProc("DispatchMessageW")
	postMessage         = user32.NewProc("PostMessageW")
	postQuitMessage     = user32.NewProc("PostQuitMessage")
	showWindow          = user32.NewProc("ShowWindow")
	setWindowPos        = user32.NewProc("SetWindowPos")
	setWindowLong       = user32.NewProc("SetWindowLongPtrW")
	updateLayeredWindow = user32.NewProc("UpdateLayeredWindow")
	systemParameters    = user32.NewProc("SystemParametersInfoW")
	getDC               = user32.NewProc("GetDC")
	releaseDC           = user32.NewProc("ReleaseDC")
	createCompatibleDC  = gdi32.NewProc("CreateCompatibleDC")
	deleteDC            = gdi32.NewProc("DeleteDC")
	createDIBSection    = gdi32.NewProc("CreateDIBSection")
	selectObject        = gdi32.NewProc("SelectObject")
	deleteObject        = gdi32.NewProc("DeleteObject")
	getModuleHandle     = kernel32.NewProc("GetModuleHandleW")
)

// Values of winuser.h and wingdi.h.
const (
	wsPopup         = 0x80000000
	wsExTopmost     = 0x00000008
	wsExTransparent = 0x00000020
	wsExToolWindow  = 0x00000080
	wsExLayered     = 0x00080000
	wsExNoActivate  = 0x08000000
	exStyle         = wsExTopmost | wsExToolWindow | wsExLayered | wsExNoActivate

	wmDestroy       = 0x0002
	wmClose         = 0x0010
	wmMouseActivate = 0x0021
	wmLeftDown      = 0x0201
	wmWish          = 0x8000 // WM_APP: the post has rung
	maNoActivate    = 3

	swHide           = 0
	swShowNoActivate = 4
	swpNoSize        = 0x0001
	swpNoActivate    = 0x0010
	ulwAlpha         = 2
	spiGetWorkArea   = 0x0030
)

// Open gives a board of one layered window that is never activated; where none can
// be made, a board that shows nothing. scale is device pixels to 1 px of the
// margins. clicked is called on a goroutine of the board's when a live notice is
// pressed.
func Open(scale float32, clicked func()) Board {
	b := &layered{scale: scale, clicked: clicked, post: newPost()}
	made := make(chan bool)
	b.work.Go(func() { b.run(made) })
	if !<-made {
		b.work.Wait()
		return None{}
	}
	return b
}

// layered is the window, worked by one thread: Windows gives its messages to the
// thread that made it.
type layered struct {
	scale   float32
	clicked func()
	post    *post
	window  uintptr
	live    bool // the window's thread alone
	work    sync.WaitGroup
}

func (b *layered) Show(n Notice) {
	b.post.put(&n)
	postMessage.Call(b.window, wmWish, 0, 0)
}

func (b *layered) Hide() {
	b.post.put(nil)
	postMessage.Call(b.window, wmWish, 0, 0)
}

func (b *layered) Close() {
	postMessage.Call(b.window, wmClose, 0, 0)
	b.work.Wait()
}

type classEx struct {
	size, style              uint32
	proc                     uintptr
	classExtra, windowExtra  int32
	instance                 uintptr
	icon, cursor, background uintptr
	menuName, className      *uint16
	iconSmall                uintptr
}

type point struct{ x, y int32 }

type message struct {
	window  uintptr
	message uint32
	wParam  uintptr
	lParam  uintptr
	time    uint32
	at      point
	private uint32
}

type bitmapInfo struct {
	size                   uint32
	width, height          int32
	planes, bits           uint16
	compression, imageSize uint32
	perMeterX, perMeterY   int32
	used, important        uint32
	colours                [1]uint32
}

type blend struct{ op, flags, alpha, format byte }

func (b *layered) run(made chan<- bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	name, err := windows.UTF16PtrFromString("MadoguchiNotice")
	if err != nil || updateLayeredWindow.Find() != nil {
		made <- false
		return
	}
	instance, _, _ := getModuleHandle.Call(0)
	class := classEx{proc: windows.NewCallback(b.proc), instance: instance, className: name}
	class.size = uint32(unsafe.Sizeof(class))
	if atom, _, _ := registerClass.Call(uintptr(unsafe.Pointer(&class))); atom == 0 {
		made <- false
		return
	}
	defer unregisterClass.Call(uintptr(unsafe.Pointer(name)), instance)
	b.window, _, _ = createWindow.Call(exStyle, uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(name)), wsPopup, 0, 0, 1, 1, 0, 0, instance, 0)
	made <- b.window != 0
	if b.window == 0 {
		return
	}
	var m message
	for {
		if got, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0); int32(got) <= 0 {
			return
		}
		dispatchMessage.Call(uintptr(unsafe.Pointer(&m)))
	}
}

// proc is the window's procedure.
func (b *layered) proc(window uintptr, what uint32, wParam, lParam uintptr) uintptr {
	switch what {
	case wmMouseActivate:
		return maNoActivate
	case wmLeftDown:
		if b.live {
			b.clicked()
		}
		return 0
	case wmWish:
		select {
		case <-b.post.rings:
		default:
		}
		if n := b.post.take(); n != nil {
			b.show(window, *n)
		} else {
			b.live = false
			showWindow.Call(window, swHide)
		}
		return 0
	case wmClose:
		destroyWindow.Call(window)
		return 0
	case wmDestroy:
		postQuitMessage.Call(0)
		return 0
	}
	result, _, _ := defWindowProc.Call(window, uintptr(what), wParam, lParam)
	return result
}

func (b *layered) px(v float32) int32 { return int32(math.Round(float64(v * b.scale))) }

func (b *layered) show(window uintptr, n Notice) {
	size := n.Picture.Bounds().Size()
	screen, _, _ := getDC.Call(0)
	defer releaseDC.Call(0, screen)
	dc, _, _ := createCompatibleDC.Call(screen)
	defer deleteDC.Call(dc)
	info := bitmapInfo{width: int32(size.X), height: -int32(size.Y), planes: 1, bits: 32}
	info.size = uint32(unsafe.Sizeof(info)) - 4
	var bits unsafe.Pointer
	bitmap, _, _ := createDIBSection.Call(dc, uintptr(unsafe.Pointer(&info)), 0, uintptr(unsafe.Pointer(&bits)), 0, 0)
	if bitmap == 0 || bits == nil {
		return
	}
	defer deleteObject.Call(bitmap)
	premultiplied(unsafe.Slice((*byte)(bits), 4*size.X*size.Y), n.Picture)
	before, _, _ := selectObject.Call(dc, bitmap)
	defer selectObject.Call(dc, before)

	style := uintptr(exStyle)
	if !n.Live {
		style |= wsExTransparent // clicks fall through
	}
	index := -20 // GWL_EXSTYLE
	setWindowLong.Call(window, uintptr(index), style)
	b.live = n.Live
	var area struct{ left, top, right, bottom int32 } // without the task bar
	systemParameters.Call(spiGetWorkArea, 0, uintptr(unsafe.Pointer(&area)), 0)
	at := point{area.right - int32(size.X) - b.px(marginRight), area.bottom - int32(size.Y) - b.px(marginRight)}
	extent, origin, mix := point{int32(size.X), int32(size.Y)}, point{}, blend{alpha: 0xff, format: 1}
	updateLayeredWindow.Call(window, screen, uintptr(unsafe.Pointer(&at)), uintptr(unsafe.Pointer(&extent)), dc,
		uintptr(unsafe.Pointer(&origin)), 0, uintptr(unsafe.Pointer(&mix)), ulwAlpha)
	showWindow.Call(window, swShowNoActivate)
	topmost := -1 // HWND_TOPMOST
	setWindowPos.Call(window, uintptr(topmost), uintptr(at.x), uintptr(at.y), 0, 0, swpNoSize|swpNoActivate)
}

// premultiplied fills a DIB: BGRA, top row first.
func premultiplied(to []byte, picture image.Image) {
	rgba := image.NewRGBA(image.Rectangle{Max: picture.Bounds().Size()})
	draw.Draw(rgba, rgba.Bounds(), picture, picture.Bounds().Min, draw.Src)
	for i := 0; i < len(to) && i < len(rgba.Pix); i += 4 {
		to[i], to[i+1], to[i+2], to[i+3] = rgba.Pix[i+2], rgba.Pix[i+1], rgba.Pix[i], rgba.Pix[i+3]
	}
}
