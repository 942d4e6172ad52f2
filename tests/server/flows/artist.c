// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A child that makes a whole slide lesson in no time, for the tests of the supervisor. Its source
// says what it does: `stills=3`, `large` (a source that is worth refining), `late-stills`,
// `fail=RUNG` (that rung fails), `break=RUNG` (the whole job fails instead of it), `lie=KIND` (that
// asset is not what it says). The interpreter's width is in all that it makes, so that another wish
// makes other files.
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>

#include "pipelines/analyse/result.h"
#include "pipelines/child/channel.h"
#include "tests/pipelines/package/coded.h"

#define GRID 50
#define DURATION_MS 2000

typedef struct {
    ChildChannel *channel; // (unowned)
    const ChildJob *job;   // (unowned)
    const char *script;    // (unowned)
    guint stills;          // (value)
} Artist;

static gboolean
is_told(const Artist *artist, const char *what, const char *word)
{
    g_autofree char *text = g_strdup_printf("%s=%s\n", what, word);
    return strstr(artist->script, text) != NULL;
}

static void
say(const Artist *artist, ChildReportKind kind, const char *name, const char *code)
{
    g_autoptr(ChildReport) report = child_report_new(kind);
    report->name = g_strdup(name);
    report->code = g_strdup(code);
    report->detail = g_strdup("");
    report->duration_ms = DURATION_MS;
    child_channel_send(artist->channel, report);
}

static void
say_probe(const Artist *artist)
{
    gboolean large = strstr(artist->script, "large\n") != NULL;
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROBE);
    report->has_picture = TRUE;
    report->has_sound = TRUE;
    report->width = large ? 1280 : 320;
    report->height = large ? 720 : 180;
    report->container = g_strdup("artist");
    report->duration_ms = DURATION_MS;
    child_channel_send(artist->channel, report);
}

static gboolean
is_wanted(const Artist *artist, const char *rung)
{
    gboolean suits = strcmp(rung, "clear") != 0 || strstr(artist->script, "large\n") != NULL;
    return suits && g_strv_contains((const char *const *)artist->job->rungs, rung);
}

static gboolean
is_done(const Artist *artist, const char *rung)
{
    return g_strv_contains((const char *const *)artist->job->done, rung);
}

static void
say_plan(const Artist *artist)
{
    static const char *const rungs[] = {"voice", "slides", "small", "medium", "clear", NULL};
    g_autoptr(GStrvBuilder) plan = g_strv_builder_new();
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PLAN);
    for (guint i = 0; rungs[i] != NULL; i++)
        if (is_wanted(artist, rungs[i]))
            g_strv_builder_add(plan, rungs[i]);
    report->rungs = g_strv_builder_end(plan);
    child_channel_send(artist->channel, report);
}

static void
say_rung(const Artist *artist, const char *name, guint pictures)
{
    if (!is_wanted(artist, name) || is_done(artist, name))
        return;
    if (is_told(artist, "fail", name)) {
        say(artist, CHILD_REPORT_RUNG_FAILED, name, "damaged");
        return;
    }
    if (is_told(artist, "break", name)) {
        say(artist, CHILD_REPORT_FAILED, NULL, "damaged");
        exit(0);
    }
    g_autofree char *part = g_strconcat(name, ".part", NULL);
    g_autofree char *path = g_build_filename(artist->job->staging, part, NULL);
    g_unlink(path); // every attempt begins anew
    guint more = artist->job->interpreter.width > 0 ? GRID / 2 : 0;
    const PackageCodedWish wish = {.pictures = pictures > 0 ? pictures + more : 0,
                                   .grid = GRID,
                                   .samples = (GRID + more) * 1920};
    g_autoptr(PackageCoded) coded = package_coded_new(&wish);
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer =
        package_writer_open(artist->job->staging, name, coded->tracks, &position, NULL);
    if (writer == NULL || !package_coded_feed(coded, writer, GRID * 3600, G_MAXUINT, NULL))
        exit(70);
    g_autoptr(PackageResult) result = package_writer_finish(writer, NULL);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG);
    report->name = g_strdup(name);
    report->file = g_strdup(result->file);
    report->index = g_strdup(result->index);
    report->sha256 = g_strdup(result->sha256);
    report->codecs = g_strdup(result->codecs);
    report->bytes = result->bytes;
    report->duration_ms = result->duration_ms;
    report->width = 320;
    report->height = 180;
    report->frame_rate = 25;
    report->ssim = 0.99;
    child_channel_send(artist->channel, report);
}

static void
say_asset(const Artist *artist, ChildAssetKind kind, guint position, const char *text, gsize bytes)
{
    g_autofree char *name = g_strdup_printf("%s-%u", child_asset_get_name(kind), position);
    g_autofree char *path = g_build_filename(artist->job->staging, name, NULL);
    const char *content =
        is_told(artist, "lie", child_asset_get_name(kind)) ? "nonsense, nonsense" : text;
    gsize length = content == text ? bytes : strlen(content);
    if (!g_file_set_contents(path, content, (gssize)length, NULL))
        exit(70);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_ASSET);
    report->asset = kind;
    report->position = position;
    report->file = g_strdup(name);
    report->bytes = length;
    report->sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, length);
    report->width = 320;
    report->height = 180;
    report->language = g_strdup(kind == CHILD_ASSET_CAPTIONS ? "tha" : "");
    if (kind == CHILD_ASSET_STILL) {
        report->start_ms = (position - 1) * DURATION_MS / artist->stills;
        report->end_ms = position * DURATION_MS / artist->stills;
        report->grows = position > 1;
    } else if (kind == CHILD_ASSET_STORYBOARD) {
        report->columns = 2;
        report->count = 2;
        report->interval_ms = DURATION_MS / 2;
    }
    child_channel_send(artist->channel, report);
}

static void
say_picture(const Artist *artist, ChildAssetKind kind, guint position)
{
    g_autofree char *text = g_strdup_printf("RIFF....WEBPVP8 a picture %d %u of %u", (int)kind,
                                            position, artist->job->interpreter.width);
    say_asset(artist, kind, position, text, strlen(text));
}

static void
say_texts(const Artist *artist)
{
    static const char waveform[] = "{\"version\":1,\"interval_ms\":1000,\"peaks\":[0,255]}";
    static const char captions[] = "WEBVTT\n\n00:00.000 --> 00:01.000\nสวัสดี\n";
    static const char pdf[] = "%PDF-1.4 all the slides";
    say_asset(artist, CHILD_ASSET_WAVEFORM, 0, waveform, strlen(waveform));
    say_asset(artist, CHILD_ASSET_SLIDES_PDF, 0, pdf, strlen(pdf));
    say_asset(artist, CHILD_ASSET_CAPTIONS, 0, captions, strlen(captions));
}

static void
say_analysis(const Artist *artist)
{
    g_autoptr(AnalyseResult) result = analyse_result_new();
    result->has_picture = TRUE;
    result->picture.inset = (AnalyseResultRect){160, 0, 160, 90};
    result->picture.crop = (AnalyseResultRect){0, 0, 320, 180};
    g_autofree char *text = analyse_result_to_json(result);
    say_asset(artist, CHILD_ASSET_ANALYSIS, 0, text, strlen(text));
}

static void
say_slides(const Artist *artist)
{
    if (!is_wanted(artist, "slides") || is_done(artist, "slides"))
        return;
    for (guint i = 1; i <= artist->stills; i++)
        say_picture(artist, CHILD_ASSET_STILL, i);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_SLIDES);
    report->count = artist->stills + (strstr(artist->script, "late-stills\n") != NULL ? 1 : 0);
    report->width = 320;
    report->height = 180;
    report->duration_ms = DURATION_MS;
    child_channel_send(artist->channel, report);
}

static void
play(const Artist *artist)
{
    say_probe(artist);
    say_plan(artist);
    say_rung(artist, "voice", 0);
    if (is_wanted(artist, "slides")) {
        say_analysis(artist);
        say_slides(artist);
        say_picture(artist, CHILD_ASSET_POSTER, 0);
        say_picture(artist, CHILD_ASSET_STORYBOARD, 0);
        say_texts(artist);
    }
    say_rung(artist, "small", GRID);
    if (is_wanted(artist, "medium"))
        say(artist, CHILD_REPORT_RUNG_SKIPPED, "medium", "no-gain");
    say_rung(artist, "clear", GRID);
    say(artist, CHILD_REPORT_DONE, NULL, NULL);
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    g_autoptr(ChildChannel) channel = child_channel_new(atoi(argv[2]));
    g_autoptr(ChildReport) hello = child_report_new(CHILD_REPORT_HELLO);
    child_channel_send(channel, hello);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, NULL);
    g_autofree char *script = NULL;
    if (job == NULL || !g_file_get_contents(job->source, &script, NULL, NULL))
        return 65;
    const char *stills = strstr(script, "stills=");
    const Artist artist = {channel, job, script,
                           stills != NULL ? (guint)strtoul(stills + 7, NULL, 10) : 3};
    play(&artist);
    return 0;
}
