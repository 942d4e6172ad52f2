// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A list of what is refused, not of what is allowed: codecs, drivers and the C library need
// different calls on each architecture, and the namespaces around the child already take away what
// the rest could reach.
#include "pipelines/child/lockdown.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "pipelines/child/report.h"

#define MAX_DESCRIPTORS 512

static const char *const refused_calls[] = {
    "execve",
    "execveat",
    "fork",
    "vfork",
    // other processes
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "pidfd_open",
    "kcmp",
    "process_madvise",
    // the file system's shape
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "open_by_handle_at",
    "name_to_handle_at",
    "mknod",
    "mknodat",
    "swapon",
    "swapoff",
    "quotactl",
    "acct",
    // the kernel
    "unshare",
    "setns",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "keyctl",
    "add_key",
    "request_key",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "personality",
    "reboot",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "sethostname",
    "setdomainname",
    "syslog",
    "vhangup",
    "iopl",
    "ioperm",
    "fanotify_init",
};

// Talking to anything but the inherited descriptors: refused to decoders alone.
static const char *const refused_talk[] = {"socket", "connect", "bind",
                                           "listen", "accept",  "accept4"};

static gboolean
refuse(GError **error, const char *what, int error_number)
{
    g_set_error(error, CHILD_ERROR, CHILD_ERROR_REFUSED, "%s: %s", what, g_strerror(error_number));
    return FALSE;
}

/* A call that this architecture does not have needs no rule. */
static int
add_names(scmp_filter_ctx filter, const char *const *names, gsize count)
{
    int result = 0;
    for (gsize i = 0; i < count && result == 0; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        result = number < 0 ? 0 : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
    }
    return result;
}

static int
add_refusals(scmp_filter_ctx filter, gboolean talks)
{
    int result = add_names(filter, refused_calls, G_N_ELEMENTS(refused_calls));
    if (result == 0 && !talks)
        result = add_names(filter, refused_talk, G_N_ELEMENTS(refused_talk));
    if (result != 0)
        return result;
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (result != 0)
        return result;
    // Its flags lie in memory that a filter cannot see; the C library then uses clone.
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static gboolean
load_filter(gboolean talks, GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        return refuse(error, "seccomp", ENOMEM);
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = add_refusals(filter, talks);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result == 0 ? TRUE : refuse(error, "seccomp", -result);
}

static gboolean
lower_limit(int resource, rlim_t value, GError **error)
{
    struct rlimit limit = {0};
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return refuse(error, "getrlimit", errno);
    limit.rlim_max = MIN(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return refuse(error, "setrlimit", errno);
    return TRUE;
}

static gboolean
enter(gboolean talks, GError **error)
{
    if (!lower_limit(RLIMIT_CORE, 0, error) || !lower_limit(RLIMIT_NOFILE, MAX_DESCRIPTORS, error))
        return FALSE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refuse(error, "no new privileges", errno);
    return load_filter(talks, error);
}

gboolean
child_lockdown_enter(GError **error)
{
    return enter(FALSE, error);
}

gboolean
child_lockdown_enter_receiver(GError **error)
{
    return enter(TRUE, error);
}
