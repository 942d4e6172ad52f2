// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A live child that does what its packets say, for the tests of the supervisor: it speaks the
// protocol and makes files that are no media. The byte after a packet's sync byte is an order:
// S segment, I init files, Z scrambled, L a number that was there already, D die, others nothing.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"

#define PACKET_BYTES 188
#define SEGMENT 270000

typedef struct {
    int control;       // descriptor
    ChildLiveJob *job; // (owned)
    guint64 number;    // of the next segment
    guint64 time;      // 90 kHz
    guint64 init;      // of the next init file
    gboolean begun;    // init files were made
} Actor;

static void
say(Actor *actor, const ChildLiveReport *report)
{
    g_autofree char *line = child_live_report_to_line(report);
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    if (write(actor->control, whole, strlen(whole)) < 0)
        _exit(1);
}

static void
write_file(Actor *actor, const char *name)
{
    g_autofree char *path = g_build_filename(actor->job->staging, name, NULL);
    if (!g_file_set_contents(path, "0123456789", 10, NULL))
        _exit(2);
}

static void
make_inits(Actor *actor)
{
    for (guint i = 0; actor->job->rungs[i] != NULL; i++) {
        g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_INIT);
        report->rung = g_strdup(actor->job->rungs[i]);
        report->file = g_strdup_printf("init-%u", i);
        report->codecs = g_strdup("avc1.42c01e,mp4a.40.2");
        report->init = actor->init + i;
        report->bytes = 10;
        report->width = 480;
        report->height = 270;
        report->frame_rate = 12.5;
        write_file(actor, report->file);
        say(actor, report);
    }
    actor->begun = TRUE;
}

static void
make_segment(Actor *actor)
{
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_SEGMENT);
    report->number = actor->number++;
    report->time = actor->time;
    report->duration = SEGMENT;
    report->wall_ms = 1795273200000 + report->number * 3000;
    actor->time += SEGMENT;
    for (guint i = 0; actor->job->rungs[i] != NULL; i++) {
        g_autofree char *name =
            g_strdup_printf("%s-%" G_GUINT64_FORMAT, actor->job->rungs[i], report->number);
        write_file(actor, name);
        child_live_report_add_part(report, actor->job->rungs[i], actor->init + i, name, 10);
    }
    say(actor, report);
}

static void
say_scrambled(Actor *actor)
{
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_HEALTH);
    report->scrambled = TRUE;
    report->clock = g_strdup("system");
    say(actor, report);
}

/* What it is to draw, as its sound's language, if it is to be drawn where it should. */
static void
say_subtitles(Actor *actor)
{
    gboolean small = strcmp(actor->job->burn_rung, "small") == 0;
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_HEALTH);
    report->clock = g_strdup("system");
    report->language = g_strdup(small ? actor->job->burn_language : "");
    say(actor, report);
}

static void
obey(Actor *actor, char order)
{
    if (strchr("SL", order) != NULL && !actor->begun)
        make_inits(actor);
    if (order == 'L')
        actor->number--;
    if (order == 'S' || order == 'L')
        make_segment(actor);
    else if (order == 'Z')
        say_scrambled(actor);
    else if (order == 'B')
        say_subtitles(actor);
    else if (order == 'D')
        abort();
}

static char *
read_line(int descriptor)
{
    g_autoptr(GString) line = g_string_new(NULL);
    char letter = 0;
    while (read(descriptor, &letter, 1) == 1 && letter != '\n')
        g_string_append_c(line, letter);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

static int
find_descriptor(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return atoi(argv[i + 1]);
    }
    _exit(3);
}

int
main(int argc, char **argv)
{
    int input = find_descriptor(argc, argv, "--input-fd");
    Actor actor = {.control = find_descriptor(argc, argv, "--control-fd")};
    g_autoptr(ChildLiveReport) hello = child_live_report_new(CHILD_LIVE_REPORT_HELLO);
    say(&actor, hello);
    g_autofree char *line = read_line(actor.control);
    actor.job = child_live_job_parse(line, strlen(line), NULL);
    if (actor.job == NULL)
        return 4;
    actor.number = actor.job->first_number;
    actor.time = actor.job->first_time;
    actor.init = actor.job->first_init;
    char packet[PACKET_BYTES];
    while (read(input, packet, sizeof packet) == sizeof packet)
        obey(&actor, packet[1]);
    g_autoptr(ChildLiveReport) done = child_live_report_new(CHILD_LIVE_REPORT_DONE);
    say(&actor, done);
    return 0;
}
