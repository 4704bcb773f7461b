"""What the kernel no longer does for a child that reads photos: nothing leads out of it.

A photo that takes its decoder over then has a process without network, without other programs,
and with no file to read but photos and libraries (seccomp(2), landlock(7)).
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from services.gateway.pixels.cage import ROOT

#: To talk, to become or spy on another process, to get around this very list. Doing without any
#: of these, decoders were measured on the whole corpus.
FORBIDDEN = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
    "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg",
    "execve", "execveat", "fork", "vfork",
    "kill", "tkill", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    "mount", "unshare", "setns", "bpf", "userfaultfd", "perf_event_open",
    "keyctl", "add_key", "request_key",
)  # fmt: skip
EPERM = 1
#: From seccomp.h; libseccomp knows each machine's own numbers of the calls.
SCMP_ACT_ALLOW, SCMP_ACT_ERRNO = 0x7FFF0000, 0x00050000

#: The same on every machine, unlike most numbers of system calls.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
WHICH_VERSION, PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
#: How many rights over files each version of Landlock knows.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
MOST_FILE_RIGHTS = 16
#: Modules that are loaded late, and how many cores there are, which decoders ask.
LIBRARIES = (sys.prefix, sys.base_prefix, "/usr/lib", "/lib", "/lib64", "/sys/devices/system/cpu")


def forbid_calls() -> bool:
    """Every forbidden call fails with EPERM from now on. False where libseccomp is missing."""
    try:
        seccomp = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_rule_add.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint
    ]  # fmt: skip
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    rules = seccomp.seccomp_init(SCMP_ACT_ALLOW)
    for name in FORBIDDEN:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # or this machine has no such call
            seccomp.seccomp_rule_add(rules, SCMP_ACT_ERRNO | EPERM, number, 0)
    return bool(seccomp.seccomp_load(rules) == 0)


def read_only(folders: Iterable[Path]) -> bool:
    """No file may be opened from now on but those below ``folders``, and these only to be read.
    False where the kernel has no Landlock.
    """
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), WHICH_VERSION)
    if version < 1:
        return False
    every = (1 << FILE_RIGHTS.get(version, MOST_FILE_RIGHTS)) - 1
    handled = struct.pack("=Q", every)
    rules = call(LANDLOCK_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    for folder in folders:
        try:
            there = os.open(folder, os.O_PATH)
        except OSError:
            continue
        rule = struct.pack("=Qi", READ_FILE | READ_DIR, there)
        call(LANDLOCK_ADD_RULE, rules, PATH_BENEATH, rule, 0)
        os.close(there)
    restricted = call(LANDLOCK_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return bool(restricted)


def seal(photos: Path) -> list[str]:
    """Seal this process for ever; ``photos`` is where it reads photos from.

    Gives what could not be sealed here: "files", "network", both or none.
    """
    files = read_only([photos, ROOT / "services", *map(Path, LIBRARIES)])
    network = forbid_calls()
    return [name for name, well in (("files", files), ("network", network)) if not well]
