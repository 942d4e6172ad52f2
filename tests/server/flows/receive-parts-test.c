// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parts of receiving that need no catalogue: quotas, leases, files.
#include "server/flows/receive_file.h"
#include "server/flows/receive_lease.h"
#include "server/flows/receive_quota.h"

#include <glib/gstdio.h>
#include <fcntl.h>
#include <unistd.h>

static void
test_quota(void)
{
    FlowsReceiveQuotaLimits limits = {100, 300, 50};
    FlowsReceiveQuotaUse use = {200, 500, 1000};
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, 100, 0), ==, FLOWS_RECEIVE_QUOTA_FITS);
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, 101, 0), ==,
                    FLOWS_RECEIVE_QUOTA_UPLOAD_TOO_LARGE);
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, G_MAXINT64, 0), ==,
                    FLOWS_RECEIVE_QUOTA_UPLOAD_TOO_LARGE);
    use.user_bytes = 201;
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, 100, 0), ==,
                    FLOWS_RECEIVE_QUOTA_USER_FULL);
    use.user_bytes = 0;
    use.promised_bytes = 851;
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, 100, 0), ==,
                    FLOWS_RECEIVE_QUOTA_DISK_FULL);
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, 100, 1), ==, FLOWS_RECEIVE_QUOTA_FITS);
    limits.upload_limit_bytes = limits.user_limit_bytes = 0;
    g_assert_cmpint(flows_receive_quota_judge(&limits, &use, G_MAXINT64, 0), ==,
                    FLOWS_RECEIVE_QUOTA_DISK_FULL);
}

typedef struct {
    FlowsReceiveLease *lease; // (owned) (nullable)
    gboolean refused;         // busy
    int evictions;            // asked to let go
} Taker;

static void
on_taken(GObject *source, GAsyncResult *result, gpointer data)
{
    Taker *taker = data;
    g_autoptr(GError) error = NULL;
    taker->lease = flows_receive_lease_take_finish(result, &error);
    taker->refused = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

static void
on_evicted(gpointer data)
{
    ((Taker *)data)->evictions++;
}

static void
run_pending(void)
{
    for (int i = 0; i < 100 && g_main_context_iteration(NULL, FALSE); i++)
        continue;
}

static void
take(FlowsReceiveLeases *leases, gboolean patient, Taker *taker)
{
    flows_receive_lease_take_async(leases, "a", patient, on_taken, taker);
    run_pending();
}

static void
test_lease_hand_over(void)
{
    g_autoptr(FlowsReceiveLeases) leases = flows_receive_lease_new_table();
    Taker old = {0}, new = {0}, third = {0};
    take(leases, FALSE, &old);
    g_assert_nonnull(old.lease);
    flows_receive_lease_set_evict(old.lease, on_evicted, &old);
    take(leases, FALSE, &new);
    g_assert_null(new.lease);
    g_assert_cmpint(old.evictions, ==, 1);
    take(leases, FALSE, &third);
    g_assert_cmpint(old.evictions, ==, 1);
    flows_receive_lease_release(old.lease);
    run_pending();
    g_assert_nonnull(new.lease);
    g_assert_null(third.lease);
    flows_receive_lease_set_evict(new.lease, on_evicted, &new);
    run_pending();
    g_assert_cmpint(new.evictions, ==, 1);
    flows_receive_lease_release(new.lease);
    run_pending();
    g_assert_nonnull(third.lease);
    flows_receive_lease_release(third.lease);
}

static void
test_lease_closing(void)
{
    g_autoptr(FlowsReceiveLeases) leases = flows_receive_lease_new_table();
    Taker holder = {0}, early = {0}, late = {0}, patient = {0};
    take(leases, FALSE, &holder);
    take(leases, FALSE, &early);
    take(leases, TRUE, &patient);
    flows_receive_lease_close(holder.lease);
    run_pending();
    g_assert_true(early.refused);
    take(leases, FALSE, &late);
    g_assert_true(late.refused);
    g_assert_false(patient.refused);
    flows_receive_lease_release(holder.lease);
    run_pending();
    g_assert_nonnull(patient.lease);
    take(leases, FALSE, &late);
    flows_receive_lease_release(patient.lease);
    run_pending();
    g_assert_nonnull(late.lease);
    flows_receive_lease_release(late.lease);
}

static void
test_lease_keeps_the_digest(void)
{
    g_autoptr(FlowsReceiveLeases) leases = flows_receive_lease_new_table();
    Taker first = {0}, second = {0};
    take(leases, FALSE, &first);
    FlowsReceiveDigest *digest = flows_receive_digest_new(FLOWS_RECEIVE_DIGEST_SHA256);
    flows_receive_digest_add(digest, (const guint8 *)"abc", 3);
    flows_receive_lease_keep_digest(first.lease, digest);
    flows_receive_lease_release(first.lease);
    take(leases, FALSE, &second);
    g_autoptr(FlowsReceiveDigest) kept = flows_receive_lease_take_digest(second.lease);
    g_assert_cmpint(flows_receive_digest_get_bytes(kept), ==, 3);
    g_assert_null(flows_receive_lease_take_digest(second.lease));
    flows_receive_lease_release(second.lease);
}

static void
test_file_steps(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("daorian-receive-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *part = g_build_filename(folder, "a.part", NULL);
    g_autofree char *whole = g_build_filename(folder, "whole", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_static("0123456789", 10);
    gsize written = 0;
    int descriptor = flows_receive_file_open(part, 0, &error);
    g_assert_no_error(error);
    g_assert_true(flows_receive_file_write(descriptor, bytes, 0, &written, &error));
    g_assert_cmpuint(written, ==, 10);
    g_assert_true(flows_receive_file_sync(descriptor, &error));
    close(descriptor);
    g_assert_cmpint(flows_receive_file_open(part, 11, &error), ==, -1);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
    g_clear_error(&error);
    descriptor = flows_receive_file_open(part, 4, &error);
    g_assert_cmpint(flows_receive_file_measure(part), ==, 4);
    g_assert_true(g_file_set_contents(whole, "abc", 3, NULL));
    lseek(descriptor, 0, SEEK_END);
    g_assert_true(flows_receive_file_append_copy(descriptor, whole, &error));
    g_assert_true(flows_receive_file_append_copy(descriptor, whole, &error));
    close(descriptor);
    g_autofree char *joined = NULL;
    g_assert_true(g_file_get_contents(part, &joined, NULL, NULL));
    g_assert_cmpstr(joined, ==, "0123abcabc");
    g_assert_true(flows_receive_file_move(part, whole, &error));
    g_assert_true(flows_receive_file_move(part, whole, &error));
    g_assert_cmpint(flows_receive_file_measure(part), ==, -1);
    g_assert_true(flows_receive_file_remove(whole, &error));
    g_assert_true(flows_receive_file_remove(whole, &error));
    g_assert_no_error(error);
    g_rmdir(folder);
}

static void
test_file_full_disk(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree guint8 *data = g_malloc0(4096);
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, 4096);
    gsize written = 1;
    int descriptor = open("/dev/full", O_WRONLY);
    g_assert_cmpint(descriptor, >=, 0);
    g_assert_false(flows_receive_file_write(descriptor, bytes, 0, &written, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    g_assert_cmpuint(written, ==, 0);
    close(descriptor);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/flows/receive/quota", test_quota);
    g_test_add_func("/server/flows/receive/lease/hand-over", test_lease_hand_over);
    g_test_add_func("/server/flows/receive/lease/closing", test_lease_closing);
    g_test_add_func("/server/flows/receive/lease/digest", test_lease_keeps_the_digest);
    g_test_add_func("/server/flows/receive/file/steps", test_file_steps);
    g_test_add_func("/server/flows/receive/file/full-disk", test_file_full_disk);
    return g_test_run();
}
