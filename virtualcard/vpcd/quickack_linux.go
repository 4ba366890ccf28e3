package vpcd

import (
	"net"
	"syscall"
)

// acknowledgeAtOnce sets TCP_QUICKACK. Linux clears it again by itself, so it is set around every
// read; where it cannot be set, the card is only slow.
func acknowledgeAtOnce(conn net.Conn) {
	tcp, is := conn.(*net.TCPConn)
	if !is {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
