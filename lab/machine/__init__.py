"""Emulated machines: real firmware under QEMU, switched by BMCs that speak IPMI and Redfish."""
