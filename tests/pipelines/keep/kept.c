// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A rung file of the package, cut at its fragments, with each tfdt moved.
#include "tests/pipelines/keep/kept.h"

#include <string.h>

#include <glib/gstdio.h>

#include "pipelines/package/index.h"
#include "tests/pipelines/package/coded.h"

#define RATE 25
#define SAMPLES 48000
#define SMALL_WIDTH 64 // what is long costs less
#define SMALL_HEIGHT 36
#define MOOF_SEARCH 4096 // bytes in which the boxes before the samples lie

static void
pack(KeptRung *rung, PackageCoded *coded, const char *folder)
{
    GError *error = NULL;
    PackageWriterPosition position;
    gsize length = 0;
    g_autofree char *text = NULL, *data = NULL;
    g_autoptr(PackageWriter) writer =
        package_writer_open(folder, rung->rung, coded->tracks, &position, &error);
    g_assert_no_error(error);
    g_assert_true(package_coded_feed(coded, writer, KEPT_SEGMENT_PTS90K, G_MAXUINT, &error));
    g_autoptr(PackageResult) result = package_writer_finish(writer, &error);
    g_assert_no_error(error);
    g_autofree char *file = g_build_filename(folder, result->file, NULL);
    g_autofree char *index_file = g_build_filename(folder, result->index, NULL);
    g_assert_true(g_file_get_contents(file, &data, &rung->bytes, &error));
    g_assert_true(g_file_get_contents(index_file, &text, &length, &error));
    g_autoptr(PackageIndex) index = package_index_parse(text, length, rung->bytes, &error);
    g_assert_no_error(error);
    rung->width = coded->tracks->width;
    rung->init_bytes = index->init_bytes;
    rung->spans = g_array_ref(index->segments);
    rung->data = (guint8 *)g_steal_pointer(&data);
}

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

KeptRun *
kept_run_new(guint seconds)
{
    return kept_run_new_of(seconds, 0, 0);
}

static KeptRun *
code_run(guint seconds, const PackageCodedWish *wishes, const char *const *names, guint rung_count)
{
    KeptRun *run = g_new0(KeptRun, 1);
    g_autofree char *folder = g_dir_make_tmp("daorian-kept-XXXXXX", NULL);
    run->rung_count = rung_count;
    for (guint i = 0; i < rung_count; i++) {
        g_autoptr(PackageCoded) coded = package_coded_new(&wishes[i]);
        run->rungs[i].rung = names[i];
        pack(&run->rungs[i], coded, folder);
    }
    run->count = MIN(run->rungs[0].spans->len, seconds);
    remove_folder(folder);
    return run;
}

KeptRun *
kept_run_new_of(guint seconds, guint programme, gint64 from_ms)
{
    static const char *const names[KEPT_RUNGS] = {"voice", "small"};
    const PackageCodedWish wishes[KEPT_RUNGS] = {
        {.samples = (guint64)seconds * SAMPLES, .programme = programme, .from_ms = from_ms},
        {.pictures = seconds * RATE,
         .grid = RATE,
         .samples = (guint64)seconds * SAMPLES,
         .programme = programme,
         .from_ms = from_ms,
         .width = programme > 0 ? SMALL_WIDTH : 0,
         .height = programme > 0 ? SMALL_HEIGHT : 0}};
    KeptRun *run = code_run(seconds, wishes, names, KEPT_RUNGS);
    g_assert_cmpuint(run->rungs[1].spans->len, ==, seconds);
    return run;
}

KeptRun *
kept_run_new_sound(const char *name, guint seconds, guint programme, gint64 from_ms)
{
    const PackageCodedWish wish = {
        .samples = (guint64)seconds * SAMPLES, .programme = programme, .from_ms = from_ms};
    return code_run(seconds, &wish, &name, 1);
}

void
kept_run_free(KeptRun *run)
{
    for (guint i = 0; i < run->rung_count; i++) {
        g_array_unref(run->rungs[i].spans);
        g_free(run->rungs[i].data);
    }
    g_free(run);
}

static void
write_file(const char *folder, const char *name, const guint8 *data, gsize bytes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    GError *error = NULL;
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_file_set_contents(path, (const char *)data, (gssize)bytes, &error);
    g_assert_no_error(error);
}

void
kept_run_write_inits(const KeptRun *run, const char *folder, guint init)
{
    for (guint i = 0; i < run->rung_count; i++) {
        const KeptRung *rung = &run->rungs[i];
        g_autofree char *name = g_strdup_printf("%s/init-%u.mp4", rung->rung, init + i);
        write_file(folder, name, rung->data, rung->init_bytes);
    }
}

/* The n-th tfdt is of the n-th track; sound is alone, or the second. */
static void
move_times(guint8 *data, gsize bytes, const gint64 *away, guint tracks)
{
    guint found = 0;
    for (gsize at = 0; at + 20 < MIN(bytes, MOOF_SEARCH) && found < tracks; at++) {
        guint64 time = 0;
        if (memcmp(data + at, "tfdt\1", 5) != 0)
            continue;
        memcpy(&time, data + at + 8, sizeof time);
        guint64 moved = GUINT64_FROM_BE(time) + (guint64)away[found];
        time = GUINT64_TO_BE(moved);
        memcpy(data + at + 8, &time, sizeof time);
        found++;
    }
    g_assert_cmpuint(found, ==, tracks);
}

void
kept_run_write_segment(const KeptRun *run, const char *folder, guint place, guint number,
                       guint64 time, guint32 *bytes)
{
    g_assert_cmpuint(time % 15, ==, 0);
    for (guint i = 0; i < run->rung_count; i++) {
        const KeptRung *rung = &run->rungs[i];
        const PackageIndexSegment *span = &g_array_index(rung->spans, PackageIndexSegment, place);
        gint64 away = (gint64)time - (gint64)place * KEPT_SEGMENT_PTS90K;
        const gint64 moves[] = {away, away * 8 / 15};
        g_autofree guint8 *copy = g_memdup2(rung->data + span->offset_bytes, span->bytes);
        g_autofree char *name = g_strdup_printf("%s/0/%u.m4s", rung->rung, number);
        move_times(copy, span->bytes, i == 0 ? moves + 1 : moves, i == 0 ? 1 : 2);
        write_file(folder, name, copy, span->bytes);
        bytes[i] = (guint32)span->bytes;
    }
}
