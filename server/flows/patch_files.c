// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Gaps are told to the child in the order of media; which ones they are is the order of the ledger.
#include "server/flows/patch_files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "pipelines/captions/parse.h"
#include "pipelines/captions/webvtt.h"
#include "pipelines/keep/patch_plan.h"
#include "pipelines/package/disk.h"
#include "server/flows/sounds.h"
#include "server/flows/window_files.h"

#define HASH_DIGITS 8

/* Rungs whose place a neighbour may take: the same kinds of tracks. */
static const char *const ladder[] = {"small", "medium", "large"};

static const CatalogRung *
find_rung(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (strcmp(rung->name, name) == 0 && rung->file != NULL && rung->index_file != NULL)
            return rung;
    }
    return NULL;
}

/* The rung of that name, or the next lower, or the next higher one with pictures. */
static const CatalogRung *
find_stand_in(const CatalogLesson *lesson, const char *name)
{
    const CatalogRung *found = find_rung(lesson, name);
    guint place = 0;
    while (place < G_N_ELEMENTS(ladder) && strcmp(ladder[place], name) != 0)
        place++;
    if (found != NULL || place == G_N_ELEMENTS(ladder))
        return found;
    for (guint i = place; found == NULL && i > 0; i--)
        found = find_rung(lesson, ladder[i - 1]);
    for (guint i = place + 1; found == NULL && i < G_N_ELEMENTS(ladder); i++)
        found = find_rung(lesson, ladder[i]);
    return found;
}

static gboolean
fail(GError **error, const char *path)
{
    int code = errno;
    g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code), "%s: %s", path,
                g_strerror(code));
    return FALSE;
}

/* Two rungs may be filled from one file. */
static gboolean
link_file(const char *bundle, const char *file, const char *folder, gint64 *bytes, GError **error)
{
    struct stat status;
    g_autofree char *from = g_build_filename(bundle, file, NULL);
    g_autofree char *to = g_build_filename(folder, file, NULL);
    if (link(from, to) != 0 && errno != EEXIST)
        return fail(error, from);
    if (stat(to, &status) != 0)
        return fail(error, to);
    *bytes += status.st_size;
    return TRUE;
}

/* The child's plan in the making. */
typedef struct {
    const FlowsPatchFilesPlaces *places; // (unowned)
    GString *text;                       // (unowned)
    GStrvBuilder *names;                 // (unowned) of rungs and sounds
    gint64 bytes;                        // of all that is linked
} Order;

static gboolean
link_rung(Order *order, const CatalogRung *own, const CatalogRung *repeat, GError **error)
{
    const FlowsPatchFilesPlaces *places = order->places;
    gint64 *bytes = &order->bytes;
    g_autofree char *own_folder = g_build_filename(places->folder, "own", NULL);
    g_autofree char *repeat_folder = g_build_filename(places->folder, "repeat", NULL);
    return link_file(places->own, own->file, own_folder, bytes, error) &&
           link_file(places->own, own->index_file, own_folder, bytes, error) &&
           (repeat == NULL ||
            (link_file(places->repeat, repeat->file, repeat_folder, bytes, error) &&
             link_file(places->repeat, repeat->index_file, repeat_folder, bytes, error)));
}

/* @repeat: (nullable): silence. */
static gboolean
add_rung(Order *order, const CatalogRung *own, const CatalogRung *repeat, GError **error)
{
    if (!link_rung(order, own, repeat, error))
        return FALSE;
    g_string_append_printf(order->text, "rung %s own/%s own/%s", own->name, own->file,
                           own->index_file);
    if (repeat != NULL)
        g_string_append_printf(order->text, " repeat/%s repeat/%s\n", repeat->file,
                               repeat->index_file);
    else
        g_string_append(order->text, " - -\n");
    g_strv_builder_add(order->names, own->name);
    return TRUE;
}

/* What a better rung was worked out from the others later has to be made again, too. */
static gboolean
is_recorded(const CatalogRung *rung)
{
    static const char *const names[] = {"voice", "voice-opus", "small", "medium", "large", NULL};
    return rung->file != NULL && rung->index_file != NULL && g_strv_contains(names, rung->name);
}

/* Lowest first. */
static gboolean
add_rungs(Order *order, const FlowsPatchRowsFacts *facts, GError **error)
{
    static const char *const steps[] = {"voice", "voice-opus", "small", "medium", "large"};
    guint count = 0;
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        const CatalogRung *own = find_rung(facts->own, steps[i]);
        if (own == NULL || !is_recorded(own))
            continue;
        const CatalogRung *repeat = find_stand_in(facts->repeat, steps[i]);
        if (repeat == NULL) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the repeat has no %s",
                        steps[i]);
            return FALSE;
        }
        if (!add_rung(order, own, repeat, error))
            return FALSE;
        count++;
    }
    if (count == 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the lesson has no rung");
    return count > 0;
}

/* Where the repeat lacks a sound its own stands in; what it alone has would be silent in all the
 * rest, and is left. */
static gboolean
add_sounds(Order *order, const FlowsPatchRowsFacts *facts, GError **error)
{
    g_autoptr(GPtrArray) sounds = flows_sounds_list(facts->own);
    for (guint i = 0; i < sounds->len; i++) {
        const CatalogRung *own = sounds->pdata[i];
        const CatalogRung *repeat = find_rung(facts->repeat, own->name);
        if (repeat == NULL)
            repeat = find_rung(facts->repeat, "voice");
        if (own->index_file != NULL && !add_rung(order, own, repeat, error))
            return FALSE;
    }
    return TRUE;
}

static void
add_gaps(GString *text, const char *word, const GArray *gaps, gint64 since_ms, guint most)
{
    for (guint i = 0, count = 0; i < gaps->len && count < most; i++) {
        const CatalogGap *gap = &g_array_index(gaps, CatalogGap, i);
        if (catalog_gap_is_patched(gap) || gap->from_ms < since_ms || gap->to_ms <= gap->from_ms)
            continue;
        g_string_append_printf(text, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", word,
                               MAX(gap->media_ms, 0) * 90, (gap->to_ms - gap->from_ms) * 90);
        count++;
    }
}

static gboolean
make_folders(const FlowsPatchFilesPlaces *places, GError **error)
{
    static const char *const names[] = {"own", "repeat"};
    flows_window_files_remove(places->folder);
    if (!flows_window_files_make(places->folder, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(places->folder, names[i], NULL);
        if (g_mkdir(path, 0700) != 0)
            return fail(error, path);
    }
    return TRUE;
}

gboolean
flows_patch_files_prepare(const FlowsPatchFilesPlaces *places, const FlowsPatchRowsFacts *facts,
                          const char *plan, char ***rungs, gint64 *bytes, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    Order order = {places, text, names, 0};
    if (!make_folders(places, error) || !add_rungs(&order, facts, error) ||
        !add_sounds(&order, facts, error))
        return FALSE;
    *bytes = order.bytes;
    add_gaps(text, "gap", facts->own->gaps, G_MININT64, KEEP_PATCH_PLAN_GAPS_MAX);
    add_gaps(text, "hole", facts->repeat->gaps, facts->repeat_ms, G_MAXUINT);
    *rungs = g_strv_builder_end(names);
    return g_file_set_contents(plan, text->str, (gssize)text->len, error);
}

/* Returns: (transfer full) (nullable): what is said, NULL: it cannot be read. */
static CaptionsCues *
read_cues(const char *bundle, const CatalogCaptions *captions)
{
    g_autofree char *path = g_build_filename(bundle, captions->file, NULL);
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, NULL) || length > CAPTIONS_CUES_MAX_FILE_BYTES)
        return NULL;
    return captions_parse_bytes((const guint8 *)text, length, faults);
}

static CaptionsCues *
read_repeat(const FlowsPatchFilesPlaces *places, const CatalogLesson *repeat, const char *language)
{
    for (guint i = 0; i < repeat->captions->len; i++) {
        const CatalogCaptions *captions = repeat->captions->pdata[i];
        if (strcmp(captions->language, language) == 0)
            return read_cues(places->repeat, captions);
    }
    return NULL;
}

static gboolean
move_one(const FlowsPatchFilesPlaces *places, const FlowsPatchRowsFacts *facts, const GArray *cuts,
         CatalogCaptions *moved, GError **error)
{
    g_autoptr(CaptionsCues) own = read_cues(places->own, moved);
    if (own == NULL)
        return TRUE; // it stays as it is
    g_autoptr(CaptionsCues) repeat = read_repeat(places, facts->repeat, moved->language);
    g_autoptr(CaptionsCues) cues = flows_patch_ledger_move_cues(own, repeat, cuts);
    g_autofree char *text = captions_webvtt_write(cues);
    gsize bytes = strlen(text);
    g_free(moved->sha256);
    g_free(moved->file);
    moved->bytes = (gint64)bytes;
    moved->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, (gssize)bytes);
    g_autofree char *name =
        g_strdup_printf("%s.%.*s.vtt", moved->language, HASH_DIGITS, moved->sha256);
    g_autofree char *folder = g_build_filename(places->own, "captions", NULL);
    moved->file = g_strconcat("captions/", name, NULL);
    return package_disk_replace(folder, name, text, bytes, error);
}

gboolean
flows_patch_files_move_captions(const FlowsPatchFilesPlaces *places,
                                const FlowsPatchRowsFacts *facts, const GArray *cuts,
                                CatalogLesson *made, GError **error)
{
    for (guint i = 0; i < facts->own->captions->len; i++) {
        CatalogCaptions *moved = catalog_captions_copy(facts->own->captions->pdata[i]);
        g_ptr_array_add(made->captions, moved);
        if (!move_one(places, facts, cuts, moved, error))
            return FALSE;
    }
    return TRUE;
}
