// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A disk that fills up in mid-upload: this program's own pwrite refuses what would pass the byte
// that its environment names. What fitted is kept but for a breath, and the upload goes on when
// there is room again.
#include "tests/server/flows/receive-harness.h"

#include "catalog/lessonlist.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOW_MS G_GINT64_CONSTANT(1700000000000)
#define SIZE (6 * 1024 * 1024)
#define ROOM (4 * 1024 * 1024)
#define BREATH (2 * 1024 * 1024)
#define PAGE 8192

ssize_t
pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    const char *full = getenv("RECEIVE_FULL_AT");
    if (full != NULL && size > PAGE && offset + (off_t)size > atoll(full)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

static FlowsReceiveStatus *
append(ReceiveHarness *harness, const char *id, const guint8 *bytes, gint64 offset_bytes)
{
    gsize size = (gsize)(SIZE - offset_bytes);
    FlowsReceiveAppendRequest request =
        receive_harness_request(harness, id, offset_bytes, (gint64)size);
    return receive_harness_append(harness, &request, bytes + offset_bytes, size, TRUE);
}

static void
test_resumes_when_there_is_room(void)
{
    g_autofree char *folder = g_dir_make_tmp("daorian-full-XXXXXX", NULL);
    g_autofree guint8 *bytes = receive_harness_make_bytes(5, SIZE);
    g_autofree char *limit = g_strdup_printf("%d", ROOM);
    ReceiveHarness *harness = receive_harness_open(folder, NOW_MS);
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    g_test_expect_message(NULL, G_LOG_LEVEL_WARNING, "*No space left*");
    g_setenv("RECEIVE_FULL_AT", limit, TRUE);
    g_autoptr(FlowsReceiveStatus) full = append(harness, id, bytes, 0);
    g_unsetenv("RECEIVE_FULL_AT");
    g_test_assert_expected_messages();
    g_assert_cmpint(full->outcome, ==, FLOWS_RECEIVE_NO_SPACE);
    g_assert_cmpint(full->upload->offset_bytes, ==, ROOM - BREATH);
    g_autoptr(FlowsReceiveStatus) looked = receive_harness_look(harness, id);
    g_assert_cmpint(looked->upload->offset_bytes, ==, ROOM - BREATH);
    g_autoptr(FlowsReceiveStatus) done = append(harness, id, bytes, ROOM - BREATH);
    g_assert_cmpint(done->outcome, ==, FLOWS_RECEIVE_DONE);
    g_assert_cmpint(done->upload->state, ==, CATALOG_UPLOAD_STATE_FINISHED);
    g_autofree char *path =
        server_storage_build_original_path(harness->storage, created->upload->lesson_id);
    g_autofree char *stored = receive_harness_hash_file(path);
    g_autofree char *sent = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, SIZE);
    g_assert_cmpstr(stored, ==, sent);
    receive_harness_close(harness);
    receive_harness_remove(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/flows/receive/disk-full", test_resumes_when_there_is_room);
    return g_test_run();
}
