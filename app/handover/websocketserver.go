package handover

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	pagePath     = "/handover"
	pageProtocol = "madoguchi.handover.1"
	pageHeader   = 5 * time.Second // for a request's head
	pageMost     = 8               // connections at once, not yet authenticated ones included
)

// listenLoopback listens on 127.0.0.1 and, where there is one, on ::1: nothing
// outside this machine reaches it.
func listenLoopback(port int) ([]net.Listener, error) {
	four, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	if !hasLoopback6() {
		return []net.Listener{four}, nil
	}
	port = four.Addr().(*net.TCPAddr).Port
	six, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(port)))
	if err != nil { // somebody else answers pages that say localhost
		four.Close()
		return nil, err
	}
	return []net.Listener{four, six}, nil
}

func hasLoopback6() bool {
	addresses, _ := net.InterfaceAddrs() // none: as without IPv6
	return slices.ContainsFunc(addresses, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(net.IPv6loopback)
	})
}

// door lets in what may speak with this desk, before any upgrade.
type door struct {
	hosts   []string // a foreign name here is DNS rebinding
	origins []string
	free    chan struct{} // one token for each connection that may come
	log     *slog.Logger
	enter   func(c *websocket.Conn, origin string)
}

func newDoor(port int, origins []string, log *slog.Logger, enter func(*websocket.Conn, string)) *door {
	return &door{
		hosts: []string{
			fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("[::1]:%d", port), fmt.Sprintf("localhost:%d", port),
		},
		origins: origins,
		free:    make(chan struct{}, pageMost),
		log:     log,
		enter:   enter,
	}
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, why := d.refuses(r)
	if status != 0 {
		d.log.Warn("page refused", "why", why)
		http.Error(w, why, status)
		return
	}
	origin := r.Header.Get("Origin")
	if r.Method == http.MethodOptions {
		allow(w.Header(), origin, r.Header.Get("Access-Control-Request-Private-Network") == "true")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	select {
	case d.free <- struct{}{}:
		defer func() { <-d.free }()
	default:
		http.Error(w, "too many pages", http.StatusServiceUnavailable)
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{pageProtocol},
		InsecureSkipVerify: true, // origins are compared above, exactly: here they would be patterns
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		d.log.Warn("page refused", "why", "no WebSocket")
		return
	}
	defer c.CloseNow()
	d.enter(c, origin)
}

// refuses gives the status and the reason, or 0. The reason holds nothing of the
// request.
func (d *door) refuses(r *http.Request) (int, string) {
	origin := r.Header.Values("Origin")
	switch {
	case !slices.Contains(d.hosts, strings.ToLower(r.Host)):
		return http.StatusMisdirectedRequest, "this host name is not this desk"
	case len(origin) != 1 || !slices.Contains(d.origins, origin[0]):
		return http.StatusForbidden, "this origin is not in the desk's list"
	case r.URL.Path != pagePath || r.URL.RawQuery != "":
		return http.StatusNotFound, "only " + pagePath + ", without a query"
	case r.Method == http.MethodOptions:
		return 0, ""
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, "only GET"
	case !offers(r.Header, pageProtocol):
		return http.StatusBadRequest, "the subprotocol is " + pageProtocol
	}
	return 0, ""
}

func offers(h http.Header, protocol string) bool {
	for _, line := range h.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(p) == protocol {
				return true
			}
		}
	}
	return false
}

// allow answers a browser's preflight (Fetch §4.8; Private Network Access).
func allow(h http.Header, origin string, private bool) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", http.MethodGet)
	h.Add("Vary", "Origin, Access-Control-Request-Private-Network")
	if private {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: pageHeader,
		IdleTimeout:       pageHeader,
		MaxHeaderBytes:    16 << 10, // cookies of the page's host name come along
		ErrorLog:          slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelError),
	}
}
