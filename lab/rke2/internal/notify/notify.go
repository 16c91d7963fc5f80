// Package notify tells systemd when the service is up.
package notify

import (
	"net"
	"os"
)

// Ready sends READY=1 to the service manager, if one waits for it.
func Ready() error {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	connection, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer connection.Close()
	_, err = connection.Write([]byte("READY=1\n"))
	return err
}
