from __future__ import annotations

from dataclasses import replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.node.platform import (
    State,
    Wanted,
    kept_files,
    plan_platform,
)

WANTED = Wanted(
    modules=("overlay", "br_netfilter"),
    sysctls={"net.ipv4.ip_forward": "1", "net.bridge.bridge-nf-call-iptables": "1"},
    minimums={"fs.inotify.max_user_instances": 8192},
    services=("iscsid.service",),
    programs=("iscsiadm",),
    kvm="required",
    time="wanted",
)
READY = State(
    modules=frozenset({"overlay", "br_netfilter"}),
    sysctls={
        "net.ipv4.ip_forward": "1",
        "net.bridge.bridge-nf-call-iptables": "1",
        "fs.inotify.max_user_instances": "65536",
    },
    services={"iscsid.service": "active"},
    programs=frozenset({"iscsiadm"}),
    kvm=True,
    time_synchronized=True,
)


def test_a_ready_node_has_nothing_to_do() -> None:
    plan = plan_platform(READY, WANTED, shared_kernel=False)
    assert (plan.steps, plan.faults, plan.notes) == ((), (), ())


def test_a_fresh_node_is_brought_there_in_order() -> None:
    fresh = replace(
        READY,
        modules=frozenset({"overlay"}),
        sysctls={"net.ipv4.ip_forward": "0", "fs.inotify.max_user_instances": "128"},
        services={"iscsid.service": "inactive"},
    )
    assert plan_platform(fresh, WANTED, shared_kernel=False).steps == (
        "load module br_netfilter",
        "set net.ipv4.ip_forward = 1",
        "set fs.inotify.max_user_instances = 8192",
        "set net.bridge.bridge-nf-call-iptables = 1",
        "start iscsid.service",
    )


def test_what_is_right_already_needs_no_right_to_write() -> None:
    fixed = replace(READY, fixed=frozenset(READY.sysctls))
    assert plan_platform(fixed, WANTED, shared_kernel=False).faults == ()


def test_all_faults_come_at_once() -> None:
    poor = State(loadable=False, sysctls={"net.ipv4.ip_forward": "0"}, fixed=frozenset({"net.ipv4.ip_forward"}))
    places = [fault.place for fault in plan_platform(poor, WANTED, shared_kernel=False).faults]
    assert places == [
        "kernel module overlay",
        "kernel module br_netfilter",
        "sysctl net.ipv4.ip_forward",
        "sysctl net.bridge.bridge-nf-call-iptables",
        "sysctl fs.inotify.max_user_instances",
        "program iscsiadm",
        "unit iscsid.service",
        "/dev/kvm",
    ]


def test_a_kernel_of_another_system_is_told_and_no_fault() -> None:
    poor = replace(READY, modules=frozenset(), loadable=False)
    plan = plan_platform(poor, WANTED, shared_kernel=True)
    assert (plan.faults, plan.steps) == ((), ())
    assert "kernel module overlay: neither loaded nor built in, and this host cannot load modules" in plan.notes[0]


def test_what_is_only_wanted_is_told() -> None:
    plan = plan_platform(replace(READY, kvm=False, time_synchronized=False), replace(WANTED, kvm="wanted"), False)
    assert plan.faults == ()
    assert plan.notes == ("no KVM: virtual machines run in emulation here", "the clock is not synchronized")


def test_values_are_compared_by_their_words() -> None:
    state = State(sysctls={"net.ipv4.ip_local_port_range": "32768\t60999"})
    wanted = Wanted(sysctls={"net.ipv4.ip_local_port_range": "32768 60999"})
    assert plan_platform(state, wanted, False).steps == ()


def test_it_survives_a_restart() -> None:
    files = kept_files(WANTED)
    assert files["/etc/modules-load.d/ironacre.conf"].splitlines()[1:] == ["overlay", "br_netfilter"]
    assert "fs.inotify.max_user_instances = 8192" in files["/etc/sysctl.d/90-ironacre.conf"]
