// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The live child on a disk that is really full: it says so and ends, nothing that it told is
// broken, and when there is room the next child goes on where the told segments end.
#include <libavutil/log.h>

#include <glib/gstdio.h>

#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"
#include "tests/support/disk.h"

#define DISK "size=64k"
#define START_MS G_GINT64_CONSTANT(1795276800000)
#define SECOND 90000

static ChildLiveJob *
make_job(const Viewing *before)
{
    ChildLiveJob *job = child_live_job_new();
    job->rungs = g_strsplit("voice,small", ",", 0);
    job->first_number = before != NULL ? before->next_number : 7;
    job->first_time = before != NULL ? before->next_time : 900001;
    job->first_init = before != NULL ? before->next_init : 3;
    job->behind_ms = 24 * 3600 * 1000;
    return job;
}

static Viewing *
view(ChildLiveJob *job, const GByteArray *stream)
{
    return viewer_run(g_getenv("DAORIAN_MEDIA"), job, stream, 0);
}

/* As the daemon does it, which takes files away as they are told. */
static void
take_files(const Viewing *viewing)
{
    g_autoptr(GDir) folder = g_dir_open(viewing->folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(viewing->folder, name, NULL);
        g_unlink(path);
    }
}

static void
test_full(void)
{
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, FALSE, 12, NULL, NULL};
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(GByteArray) rest = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job(NULL);
    broadcast_run(broadcast, 20000, stream);
    broadcast_run(broadcast, 4000, rest);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_FAILED, "no-space"), ==, 1);
    g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 0);
    // What fitted was told, and what was told was whole: the viewer has read all of it.
    g_assert_cmpuint(viewing->next_number, >, job->first_number);
    g_assert_cmpint(viewing_measure_ms(viewing, job), <, 20000);
    // Not a byte is left: the next one says the same and tells nothing.
    g_autofree char *others = disk_fill(g_get_tmp_dir());
    g_autoptr(ChildLiveJob) again = make_job(viewing);
    g_autoptr(Viewing) nothing = view(again, rest);
    g_assert_cmpuint(viewing_count(nothing, CHILD_LIVE_REPORT_FAILED, "no-space"), ==, 1);
    g_assert_cmpuint(nothing->next_number, ==, again->first_number);
    // With room it goes on.
    take_files(viewing);
    g_assert_cmpint(g_unlink(others), ==, 0);
    g_autoptr(ChildLiveJob) next = make_job(nothing);
    g_autoptr(Viewing) more = view(next, rest);
    g_assert_cmpuint(viewing_count(more, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    g_assert_cmpuint(more->next_number, >, next->first_number);
    g_assert_cmpint(ABS(viewing_measure_ms(more, next) - 4000), <, 600);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    char *disk = disk_mount_small(DISK);
    g_assert_true(g_setenv("TMPDIR", disk, TRUE));
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/full", test_full);
    int status = g_test_run();
    disk_unmount(disk);
    return status;
}
