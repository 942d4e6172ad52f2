// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A child that a hostile file owns, for the tests of the supervisor: it speaks the protocol, makes
// true rungs, and says about them what it should not. Its part is what its source contains.
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "pipelines/child/channel.h"
#include "tests/pipelines/package/coded.h"

#define GRID 50
#define FLOOD 20000

static void
say(ChildChannel *channel, ChildReportKind kind, const char *code)
{
    g_autoptr(ChildReport) report = child_report_new(kind);
    report->code = g_strdup(code);
    child_channel_send(channel, report);
}

static void
say_plan(ChildChannel *channel)
{
    const char *const rungs[] = {"voice", "small", NULL};
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PLAN);
    report->rungs = g_strdupv((char **)rungs);
    child_channel_send(channel, report);
}

/* Makes the files called @file and says that they are the rung @name. */
static gboolean
say_rung(ChildChannel *channel, const ChildJob *job, const char *file, const char *name)
{
    const PackageCodedWish wish = {.pictures = GRID, .grid = GRID, .samples = GRID * 1920};
    g_autoptr(PackageCoded) coded = package_coded_new(&wish);
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer =
        package_writer_open(job->staging, file, coded->tracks, &position, NULL);
    if (writer == NULL || !package_coded_feed(coded, writer, GRID * 3600, G_MAXUINT, NULL))
        return FALSE;
    g_autoptr(PackageResult) result = package_writer_finish(writer, NULL);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG);
    report->name = g_strdup(name);
    report->file = g_strdup(result->file);
    report->index = g_strdup(result->index);
    report->sha256 = g_strdup(result->sha256);
    report->codecs = g_strdup(result->codecs);
    report->bytes = result->bytes;
    report->duration_ms = result->duration_ms;
    report->bandwidth_bps = result->bandwidth_bps;
    report->average_bandwidth_bps = result->average_bandwidth_bps;
    report->width = 320;
    report->height = 180;
    report->frame_rate = 25;
    return child_channel_send(channel, report);
}

static void
flood(ChildChannel *channel)
{
    for (guint i = 0; i < FLOOD; i++) {
        g_autofree char *code = g_strdup_printf("odd-%u", i);
        say(channel, CHILD_REPORT_WARNING, code);
    }
}

static void
play(ChildChannel *channel, const ChildJob *job, const char *part)
{
    if (strcmp(part, "unplanned") == 0) {
        say_rung(channel, job, "large", "large");
    } else if (strcmp(part, "repeated") == 0) {
        say_rung(channel, job, "voice", "voice");
        say_rung(channel, job, "small", "voice");
    } else if (strcmp(part, "warnings") == 0) {
        flood(channel);
    }
    say(channel, CHILD_REPORT_DONE, NULL);
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    g_autoptr(ChildChannel) channel = child_channel_new(atoi(argv[2]));
    say(channel, CHILD_REPORT_HELLO, NULL);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, NULL);
    g_autofree char *part = NULL;
    if (job == NULL || !g_file_get_contents(job->source, &part, NULL, NULL))
        return 65;
    say_plan(channel);
    play(channel, job, part);
    return 0;
}
