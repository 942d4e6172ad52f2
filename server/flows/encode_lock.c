// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// flock for the lock, the file's times for the bell.
#include "server/flows/encode_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

struct _FlowsEncodeLock {
    char *path;               // (owned)
    int descriptor;           // (owned) −1: not taken
    GFileMonitor *monitor;    // (owned) (nullable)
    FlowsEncodeLockRung rung; // (value)
    gpointer user_data;       // (unowned)
};

FlowsEncodeLock *
flows_encode_lock_new(const char *path, FlowsEncodeLockRung rung, gpointer user_data)
{
    FlowsEncodeLock *lock = g_new0(FlowsEncodeLock, 1);
    lock->path = g_strdup(path);
    lock->descriptor = -1;
    lock->rung = rung;
    lock->user_data = user_data;
    return lock;
}

static void
on_monitor_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                   gpointer user_data)
{
    FlowsEncodeLock *lock = user_data;
    if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
        lock->rung(lock->user_data);
}

static void
listen_for_bell(FlowsEncodeLock *lock)
{
    g_autoptr(GFile) file = g_file_new_for_path(lock->path);
    lock->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
    if (lock->monitor != NULL)
        g_signal_connect(lock->monitor, "changed", G_CALLBACK(on_monitor_changed), lock);
}

gboolean
flows_encode_lock_take(FlowsEncodeLock *lock)
{
    if (lock->descriptor >= 0)
        return TRUE;
    int descriptor = g_open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return FALSE;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        close(descriptor);
        return FALSE;
    }
    lock->descriptor = descriptor;
    listen_for_bell(lock);
    return TRUE;
}

void
flows_encode_lock_release(FlowsEncodeLock *lock)
{
    if (lock->monitor != NULL) {
        g_signal_handlers_disconnect_by_data(lock->monitor, lock);
        g_file_monitor_cancel(lock->monitor);
    }
    g_clear_object(&lock->monitor);
    if (lock->descriptor >= 0)
        close(lock->descriptor);
    lock->descriptor = -1;
}

void
flows_encode_lock_ring(const char *path)
{
    utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
}

void
flows_encode_lock_free(FlowsEncodeLock *lock)
{
    flows_encode_lock_release(lock);
    g_free(lock->path);
    g_free(lock);
}
