package layout

import "net"

// OutgoingAddress returns the address this machine talks from: the default route's, else the first that is global.
func OutgoingAddress() string {
	if connection, err := net.Dial("udp", "192.0.2.1:9"); err == nil {
		defer connection.Close()
		return connection.LocalAddr().(*net.UDPAddr).IP.String()
	}
	addresses, _ := net.InterfaceAddrs()
	for _, item := range addresses {
		if network, ok := item.(*net.IPNet); ok && network.IP.IsGlobalUnicast() && network.IP.To4() != nil {
			return network.IP.String()
		}
	}
	return ""
}
